import { RetryStageExecutionCommand } from '@aws-sdk/client-codepipeline';
import { err, ok, type Result } from '../result';
import type { Aws } from './aws';
import { chooseStage } from './control';
import { type OpsError, refused, usage } from './ops-error';
import type { PipelineStatus, StageStatus } from './status-view';

export interface Retry {
  readonly stage: string;
  readonly execution: string;
  readonly mode: 'FAILED_ACTIONS' | 'ALL_ACTIONS';
  /** Name of an action that is run again, and what comes after it, though it succeeded: in this process, not through the API. */
  readonly from?: string;
}

/**
 * What to retry: the named stage, or the only one that failed or was stopped.
 *
 * `from` is a stage (all its actions run again) or `Stage/Action`. CodePipeline goes on with the actions that failed, and what
 * comes after them, or begins the stage again; so an action is a place to go on from where it failed, or where
 * nothing that succeeded comes before it. `anywhere`: who retries can begin with any action.
 */
export function chooseRetry(
  status: PipelineStatus,
  wanted: { readonly stage?: string; readonly all?: boolean; readonly from?: string },
  anywhere = false,
): Result<Retry, OpsError> {
  const [fromStage, fromAction] = wanted.from?.split(/\/(.*)/s) ?? [];
  const name = wanted.stage ?? fromStage;
  const stage = name === undefined ? onlyFailed(status) : named(status, name);
  if (!stage.ok) return stage;
  const { execution, name: stageName, actions } = stage.value;
  if (!execution || !isRetryable(stage.value))
    return err(
      refused(
        `stage ${stageName} has not failed (${stage.value.status}): only a failed or stopped stage can be retried`,
      ),
    );
  const retry = (mode: Retry['mode']) => ok({ stage: stageName, execution: execution.execution, mode });
  if (fromAction === undefined) return retry(wanted.all || fromStage !== undefined ? 'ALL_ACTIONS' : 'FAILED_ACTIONS');

  const action = actions.find((each) => each.name === fromAction);
  if (!action)
    return err(
      usage(`no action ${fromAction} in stage ${stageName}; there are: ${actions.map((each) => each.name).join(', ')}`),
    );
  if (action.status !== 'Succeeded') return retry('FAILED_ACTIONS');
  const before = actions.slice(0, actions.indexOf(action)).filter((each) => each.status === 'Succeeded');
  if (before.length === 0) return retry('ALL_ACTIONS');
  if (anywhere)
    return ok({ stage: stageName, execution: execution.execution, mode: 'FAILED_ACTIONS', from: action.name });
  return err(
    refused(
      `${stageName}/${fromAction} succeeded, and CodePipeline does not run it again by itself: --from ${stageName} begins the whole stage again (${before.map((each) => each.name).join(', ')} too), --stage ${stageName} goes on with what failed`,
    ),
  );
}

const isRetryable = ({ status }: StageStatus): boolean => status === 'Failed' || status === 'Stopped';

function onlyFailed({ stages, pipeline }: PipelineStatus): Result<StageStatus, OpsError> {
  const failed = stages.filter(isRetryable);
  const [only] = failed;
  if (!only) return err(refused(`${pipeline}: no stage has failed`));
  if (failed.length === 1) return ok(only);
  return err(
    usage(
      `${pipeline}: several stages can be retried; name one with --stage: ${failed.map(({ name }) => name).join(', ')}`,
    ),
  );
}

function named({ stages }: PipelineStatus, wanted: string): Result<StageStatus, OpsError> {
  const chosen = chooseStage(
    stages.map(({ name }) => name),
    wanted,
  );
  return chosen.ok ? ok(stages.find(({ name }) => name === chosen.value) as StageStatus) : chosen;
}

export async function retryStage(
  aws: Aws,
  pipeline: string,
  { stage, execution, mode }: Retry,
): Promise<Result<string, OpsError>> {
  const answer = await aws.call('codepipeline:RetryStageExecution', (options) =>
    aws.codepipeline.send(
      new RetryStageExecutionCommand({
        pipelineName: pipeline,
        stageName: stage,
        pipelineExecutionId: execution,
        retryMode: mode,
      }),
      options,
    ),
  );
  return answer.ok ? ok(answer.value.pipelineExecutionId ?? execution) : answer;
}
