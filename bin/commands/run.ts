import type { PipelineHost } from '../../lib/local/pipelines/host';
import type { Reporter } from '../../lib/local/reporters/reporter';
import type { RepositoryLocation } from '../../lib/local/source/revision';
import { answerApprovals } from '../approver';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { holdFolder } from '../folder';
import { type Hosting, openHosting } from '../hosting';
import { watchInvoked } from '../invoked';
import { type HoldOptions, pauseOf } from '../pauser';
import { checkVariables, choosePipeline } from '../pipelines';
import { openProject, type Project, serviceFolder } from '../project';
import { chooseReporter, type OutputOptions } from '../reporter';
import type { RoomOptions } from '../rooms';
import { checkSource } from '../source';
import { untilStopped } from '../stop';
import { endHosting, watchExecution } from '../watch-execution';

export interface RunOptions extends OutputOptions, RoomOptions, HoldOptions {
  readonly config?: string;
  readonly dirty?: boolean;
  readonly keep?: boolean;
  readonly approve?: boolean;
  readonly context?: string;
  readonly realTime?: boolean;
  readonly variable?: Readonly<Record<string, string>>;
}

export async function run(pipeline: string, options: RunOptions): Promise<void> {
  const project = openProject(options);
  const name = choosePipeline(project.config, pipeline);
  checkVariables(project.config, name, options.variable ?? {});
  const source: RepositoryLocation = {
    folder: serviceFolder(project),
    dirty: options.dirty ?? false,
  };
  process.exitCode = await untilStopped(async (signal) => {
    await checkSource(source, signal);
    const folder = holdFolder(project.state, `slipway run ${pipeline}`);
    const reporter = chooseReporter(options);
    try {
      return await runIn(project, name, { ...options, source, trigger: `slipway run ${pipeline}` }, reporter, signal);
    } finally {
      reporter.close();
      folder.release();
    }
  });
}

async function runIn(
  project: Project,
  pipeline: string,
  options: RunOptions & { readonly source: RepositoryLocation; readonly trigger: string },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> {
  const pause = pauseOf(reporter, project, options);
  const hosting = await openHosting({ ...options, ...pause, project, reporter }, signal);
  let code: number | undefined;
  try {
    const host = hostOf(hosting, pipeline);
    tellUnfinished(host, reporter);
    host.subscribe((event) => reporter.event(event));
    for (const each of hosting.hosts.values()) answerApprovals(each, reporter, options);
    const invoked = watchInvoked(hosting.hosts, pipeline, reporter, signal);
    const started = await host.start({
      variables: options.variable ?? {},
      trigger: { type: 'StartPipelineExecution', detail: options.trigger },
    });
    if (!started.ok)
      throw new Failure(
        started.errors.map(({ message }) => message).join('\n'),
        exitCode['usage, configuration or template is wrong'],
      );
    code = await watchExecution(host, started.value.execution, reporter, signal);
    await invoked();
    return code;
  } finally {
    await endHosting(hosting, reporter, { keep: code !== undefined && Boolean(options.keep) && !signal.aborted });
  }
}

export function hostOf({ hosts }: Hosting, pipeline: string): PipelineHost {
  const host = hosts.get(pipeline);
  if (!host) throw new Error(`the synthesized templates hold no pipeline ${pipeline}`);
  return host;
}

/** An earlier run that was killed does not get lost: this one goes on beside it. */
function tellUnfinished(host: PipelineHost, reporter: Reporter): void {
  const [last, ...others] = host
    .executions()
    .filter(
      ({ status, state }) =>
        (status === 'InProgress' || status === 'Stopping') && state.structure === host.plan.structure,
    );
  if (last === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  reporter.text(
    `execution ${last.execution}${more} was killed before its end; \`slipway resume ${last.execution}\` goes on with it`,
  );
}
