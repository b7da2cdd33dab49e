import { readHistory } from '../../lib/local/history';
import type { ExecutionView, PipelineHost } from '../../lib/local/pipelines/host';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import type { Hosting } from '../hosting';
import { openProject, type Project } from '../project';
import { type HereOptions, runHere } from '../run-here';

/**
 * Goes on with what a killed run left unfinished: every unfinished execution of the pipeline of `wanted` (an id, or the beginning
 * of one; default: the newest that is unfinished), since they stand in one queue. The exit code tells how that one ended.
 */
export async function resume(wanted: string | undefined, options: HereOptions): Promise<void> {
  const project = openProject(options);
  await runHere(project, options, {
    purpose: 'slipway resume',
    check: () => checkUnfinished(project, wanted),
    choose(hosting) {
      const { host, execution } = choose(hosting, wanted);
      return {
        host,
        async begin() {
          await host.resume();
          return execution.execution;
        },
      };
    },
  });
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
