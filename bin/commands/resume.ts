import { readHistory } from '../../lib/local/history';
import type { ExecutionView, PipelineHost } from '../../lib/local/pipelines/host';
import type { Reporter } from '../../lib/local/reporters/reporter';
import type { RepositoryLocation } from '../../lib/local/source/revision';
import { answerApprovals } from '../approver';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { holdFolder } from '../folder';
import { type Hosting, openHosting } from '../hosting';
import { watchInvoked } from '../invoked';
import { type HoldOptions, pauseOf } from '../pauser';
import { openProject, type Project, serviceFolder } from '../project';
import { chooseReporter, type OutputOptions } from '../reporter';
import type { RoomOptions } from '../rooms';
import { checkSource } from '../source';
import { untilStopped } from '../stop';
import { endHosting, watchExecution } from '../watch-execution';

export interface ResumeOptions extends OutputOptions, RoomOptions, HoldOptions {
  readonly config?: string;
  readonly dirty?: boolean;
  readonly keep?: boolean;
  readonly approve?: boolean;
  readonly context?: string;
  readonly realTime?: boolean;
}

/**
 * Goes on with what a killed run left unfinished: every unfinished execution of the pipeline of `execution` (its id, or the beginning
 * of one; default: the newest that is unfinished), since they stand in one queue. The exit code tells how that one ended.
 */
export async function resume(execution: string | undefined, options: ResumeOptions): Promise<void> {
  const project = openProject(options);
  const source: RepositoryLocation = { folder: serviceFolder(project), dirty: options.dirty ?? false };
  process.exitCode = await untilStopped(async (signal) => {
    await checkSource(source, signal);
    await checkUnfinished(project, execution);
    const folder = holdFolder(project.state, 'slipway resume');
    const reporter = chooseReporter(options);
    try {
      return await resumeIn(project, execution, { ...options, source }, reporter, signal);
    } finally {
      reporter.close();
      folder.release();
    }
  });
}

async function resumeIn(
  project: Project,
  wanted: string | undefined,
  options: ResumeOptions & { readonly source: RepositoryLocation },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> {
  const pause = pauseOf(reporter, project, options);
  const hosting = await openHosting({ ...options, ...pause, project, reporter }, signal);
  let code: number | undefined;
  try {
    const { host, execution } = choose(hosting, wanted);
    host.subscribe((event) => reporter.event(event));
    for (const each of hosting.hosts.values()) answerApprovals(each, reporter, options);
    const invoked = watchInvoked(hosting.hosts, host.plan.pipeline, reporter, signal);
    await host.resume();
    code = await watchExecution(host, execution.execution, reporter, signal);
    await host.idle();
    await invoked();
    return code;
  } finally {
    await endHosting(hosting, reporter, { keep: code !== undefined && Boolean(options.keep) && !signal.aborted });
  }
}

/** That there is nothing to go on with is told before a cluster is started for it. */
async function checkUnfinished(project: Project, wanted: string | undefined): Promise<void> {
  const all: Known[] = [];
  for await (const { execution, state } of readHistory(`${project.state}/runs`).runs()) {
    const { status } = state;
    if (isUnfinished({ status }) && (wanted === undefined || execution.startsWith(wanted))) return;
    all.push({ execution, status });
  }
  throw usage(notFound(all, wanted));
}

interface Choice {
  readonly host: PipelineHost;
  readonly execution: ExecutionView;
}

type Known = Pick<ExecutionView, 'execution'> & { readonly status: string };

const isUnfinished = ({ status }: Pick<Known, 'status'>): boolean => status === 'InProgress' || status === 'Stopping';

function choose({ hosts }: Hosting, wanted: string | undefined): Choice {
  const all: Choice[] = [...hosts.values()].flatMap((host) =>
    host.executions().map((execution) => ({ host, execution })),
  );
  const unfinished = all
    .filter(({ execution }) => isUnfinished(execution))
    .sort((a, b) => (a.execution.started < b.execution.started ? 1 : -1));
  const chosen = unfinished.find(({ execution }) => wanted === undefined || execution.execution.startsWith(wanted));
  if (chosen === undefined)
    throw usage(
      notFound(
        all.map(({ execution }) => execution),
        wanted,
      ),
    );
  const { host, execution } = chosen;
  const { version, pipeline } = host.view();
  if (execution.state.structure !== host.plan.structure)
    throw usage(
      `execution ${execution.execution} began with version ${execution.version} of the pipeline ${pipeline}, and its structure is now version ${version}: bring the configuration back to what it was then, or start anew with \`slipway run\``,
    );
  return chosen;
}

function notFound(all: readonly Known[], wanted: string | undefined): string {
  const ended = wanted === undefined ? undefined : all.find(({ execution }) => execution.startsWith(wanted));
  if (ended !== undefined)
    return `execution ${ended.execution} has ended (${ended.status}): there is nothing to resume; \`slipway retry\` runs a failed stage of it again`;
  const unfinished = all.filter(isUnfinished);
  if (unfinished.length === 0) return 'no execution is unfinished: there is nothing to resume';
  return `no unfinished execution ${wanted}; there are: ${unfinished.map(({ execution }) => execution).join(', ')}`;
}

const usage = (message: string): Failure => new Failure(message, exitCode['usage, configuration or template is wrong']);
