import { readHistory } from '../lib/local/history';
import type { PipelineHost } from '../lib/local/pipelines/host';
import type { RunState } from '../lib/local/run-state';
import { connect } from '../lib/ops/aws';
import { chooseRetry, type Retry } from '../lib/ops/retry';
import { readStatus } from '../lib/ops/status';
import { noSuch } from '../lib/ops/text';
import { bindings } from './bindings';
import { exitCode } from './exit-codes';
import { Failure } from './failure';
import type { Hosting } from './hosting';
import { orFail } from './operations';
import { choosePipeline } from './pipelines';
import { openProject, type Project } from './project';
import { type HereOptions, runHere } from './run-here';

export interface LocalRetryOptions extends HereOptions {
  readonly stage?: string;
  readonly all?: boolean;
  readonly from?: string;
}

/** Retries the last run of this project in this process, as `slipway run` runs one; `wanted` names the pipeline. */
export async function retryHere(wanted: string | undefined, options: LocalRetryOptions): Promise<void> {
  const project = openProject(options);
  const named = wanted === undefined ? undefined : choosePipeline(project.config, wanted);
  const pipeline = await lastFailed(project, named, options);
  await runHere(project, options, {
    purpose: 'slipway retry',
    async choose(hosting, _reporter, signal) {
      const host = hosting.hosts.get(pipeline);
      if (!host)
        throw new Failure(
          `the configuration has no pipeline ${pipeline} any more: bring it back, or start anew with \`slipway run\``,
          exitCode['usage, configuration or template is wrong'],
        );
      const chosen = await chooseHere(hosting, pipeline, project, options, signal);
      return { host, begin: () => retryAt(host, chosen) };
    },
  });
}

/** The pipeline of the newest run; refused, before anything starts, if there is none or it has not failed. */
async function lastFailed(project: Project, wanted: string | undefined, options: LocalRetryOptions): Promise<string> {
  for await (const { execution, state } of readHistory(`${project.state}/runs`).runs()) {
    if (wanted !== undefined && state.pipeline !== wanted) continue;
    const { status } = state;
    if (status === 'Failed' || status === 'Stopped') return checkNames(state, options);
    const remedy = status === 'InProgress' ? '; `slipway resume` goes on with a run that was killed' : '';
    throw new Failure(
      `the last run${wanted === undefined ? '' : ` of ${wanted}`} has not failed: execution ${execution} is ${status}${remedy}`,
      exitCode['the operation is refused, or its service cannot be reached'],
    );
  }
  throw new Failure(
    `there is no run${wanted === undefined ? '' : ` of ${wanted}`} to retry: \`slipway run\` makes one, --aws retries on AWS`,
    exitCode['the operation is refused, or its service cannot be reached'],
  );
}

/** What needs no pipeline to be seen as wrong is told before one is opened. */
function checkNames({ pipeline, stages }: RunState, { stage, from }: LocalRetryOptions): string {
  const name = stage ?? from?.split('/')[0];
  const found = stages.find((each) => each.name === name);
  const wrong =
    name !== undefined && !found
      ? noSuch(
          'stage',
          name,
          stages.map((each) => each.name),
        )
      : found && from?.includes('/') && !found.actions.some(({ id }) => id === from)
        ? noSuch(
            'action',
            from,
            found.actions.map(({ id }) => id),
          )
        : undefined;
  if (wrong === undefined) return pipeline;
  throw new Failure(wrong, exitCode['usage, configuration or template is wrong']);
}

/** Through the endpoint, as every other command sees the pipeline. */
async function chooseHere(
  { machine: { endpoint } }: Hosting,
  pipeline: string,
  { config }: Project,
  options: LocalRetryOptions,
  signal: AbortSignal,
): Promise<Retry> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const aws = connect({ kind: 'local', url: endpoint.url, ...bindings(config), ...endpoint.operator }, signal);
  return orFail(chooseRetry(orFail(await readStatus(aws, pipeline)), options, true));
}

async function retryAt(host: PipelineHost, chosen: Retry): Promise<string> {
  const retried = await host.retryStage(chosen);
  if (retried.ok) return retried.value.execution;
  throw new Failure(
    retried.errors.map(({ message }) => message).join('\n'),
    exitCode['the operation is refused, or its service cannot be reached'],
  );
}
