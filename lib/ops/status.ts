import { GetPipelineCommand, GetPipelineStateCommand, type GetPipelineStateOutput } from '@aws-sdk/client-codepipeline';
import { ok, type Result } from '../result';
import type { Aws } from './aws';
import { type Execution, getExecution, listExecutions } from './executions';
import type { OpsError } from './ops-error';
import { executionsIn, type PipelineStatus, pipelineStatus } from './status-view';

export const getState = (aws: Aws, pipeline: string): Promise<Result<GetPipelineStateOutput, OpsError>> =>
  aws.call('codepipeline:GetPipelineState', (options) =>
    aws.codepipeline.send(new GetPipelineStateCommand({ name: pipeline }), options),
  );

/** QUEUED, SUPERSEDED or PARALLEL. */
export async function getMode(aws: Aws, pipeline: string): Promise<Result<string, OpsError>> {
  const answer = await aws.call('codepipeline:GetPipeline', (options) =>
    aws.codepipeline.send(new GetPipelineCommand({ name: pipeline }), options),
  );
  return answer.ok ? ok(answer.value.pipeline?.executionMode ?? 'SUPERSEDED') : answer;
}

/** Everything that `slipway status` tells of a pipeline. */
export async function readStatus(aws: Aws, pipeline: string): Promise<Result<PipelineStatus, OpsError>> {
  const [state, mode, newest] = await Promise.all([
    getState(aws, pipeline),
    getMode(aws, pipeline),
    listExecutions(aws, pipeline),
  ]);
  if (!state.ok) return state;
  if (!mode.ok) return mode;
  if (!newest.ok) return newest;
  const executions = await completed(aws, pipeline, newest.value, executionsIn(state.value));
  return executions.ok ? ok(pipelineStatus(state.value, mode.value, executions.value)) : executions;
}

/** The executions with those of `ids` that are too old for the list, each at its end. */
export async function completed(
  aws: Aws,
  pipeline: string,
  executions: readonly Execution[],
  ids: readonly string[],
): Promise<Result<readonly Execution[], OpsError>> {
  const all = [...executions];
  for (const id of ids) {
    if (all.some(({ execution }) => execution === id)) continue;
    const one = await getExecution(aws, pipeline, id);
    // History ends after twelve months; what a state still names may be gone.
    if (one.ok) all.push(one.value);
    else if (one.errors[0]?.code !== 'PipelineExecutionNotFoundException') return one;
  }
  return ok(all);
}
