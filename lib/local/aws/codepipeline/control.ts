import type {
  DisableStageTransitionInput,
  EnableStageTransitionInput,
  OverrideStageConditionInput,
  PutApprovalResultInput,
  PutApprovalResultOutput,
  RetryStageExecutionInput,
  RetryStageExecutionOutput,
  RollbackStageInput,
  RollbackStageOutput,
  StartPipelineExecutionInput,
  StartPipelineExecutionOutput,
  StopPipelineExecutionInput,
  StopPipelineExecutionOutput,
} from '@aws-sdk/client-codepipeline';
import { err, ok, type Result } from '../../../result';
import { type AwsError, type Operation, takes } from '../service';
import { findPipeline, type PipelineContext, pipelineArn, refused } from './context';

/** What moves executions (CodePipeline API reference). The host decides; here its answer gets the API's form. */
export function controlOperations(context: PipelineContext): Readonly<Record<string, Operation>> {
  const about = ({ pipelineName }: { readonly pipelineName?: string | undefined }): string =>
    pipelineArn(context, pipelineName ?? '');

  return {
    StartPipelineExecution: takes<StartPipelineExecutionInput, StartPipelineExecutionOutput>()(
      ['name', 'variables', 'clientRequestToken', 'sourceRevisions'],
      async ({ name = '', variables = [], clientRequestToken, sourceRevisions = [] }, { arn }) => {
        const host = findPipeline(context, name);
        if (!host.ok) return host;
        const twice = repeated(variables.map((variable) => variable.name ?? ''));
        if (twice !== undefined)
          return err({ code: 'ValidationException', message: `variables holds ${twice} more than once` });
        const started = await host.value.start({
          variables: Object.fromEntries(variables.map((variable) => [variable.name ?? '', variable.value ?? ''])),
          sourceRevisions: sourceRevisions.map(
            ({ actionName = '', revisionType = 'COMMIT_ID', revisionValue = '' }) => ({
              action: actionName,
              type: revisionType,
              value: revisionValue,
            }),
          ),
          trigger: { type: 'StartPipelineExecution', detail: arn },
          ...(clientRequestToken !== undefined && { token: clientRequestToken }),
        });
        return started.ok ? ok({ pipelineExecutionId: started.value.execution }) : refused(started.errors);
      },
      ({ name = '' }) => pipelineArn(context, name),
    ),
    StopPipelineExecution: takes<StopPipelineExecutionInput, StopPipelineExecutionOutput>()(
      ['pipelineName', 'pipelineExecutionId', 'abandon', 'reason'],
      ({ pipelineName = '', pipelineExecutionId = '', abandon = false, reason }) => {
        const host = findPipeline(context, pipelineName);
        if (!host.ok) return host;
        const stopped = host.value.stop({
          execution: pipelineExecutionId,
          abandon,
          ...(reason !== undefined && { reason }),
        });
        return stopped.ok ? ok({ pipelineExecutionId }) : refused(stopped.errors);
      },
      about,
    ),
    RetryStageExecution: takes<RetryStageExecutionInput, RetryStageExecutionOutput>()(
      ['pipelineName', 'stageName', 'pipelineExecutionId', 'retryMode'],
      async ({ pipelineName = '', stageName = '', pipelineExecutionId = '', retryMode = 'FAILED_ACTIONS' }) => {
        const host = findPipeline(context, pipelineName);
        if (!host.ok) return host;
        const retried = await host.value.retryStage({
          stage: stageName,
          execution: pipelineExecutionId,
          mode: retryMode,
        });
        return retried.ok ? ok({ pipelineExecutionId: retried.value.execution }) : refused(retried.errors);
      },
      about,
    ),
    RollbackStage: takes<RollbackStageInput, RollbackStageOutput>()(
      ['pipelineName', 'stageName', 'targetPipelineExecutionId'],
      async ({ pipelineName = '', stageName = '', targetPipelineExecutionId = '' }) => {
        const host = findPipeline(context, pipelineName);
        if (!host.ok) return host;
        const begun = await host.value.rollbackStage({ stage: stageName, target: targetPipelineExecutionId });
        return begun.ok ? ok({ pipelineExecutionId: begun.value.execution }) : refused(begun.errors);
      },
      about,
    ),
    EnableStageTransition: takes<EnableStageTransitionInput, object>()(
      ['pipelineName', 'stageName', 'transitionType'],
      ({ pipelineName = '', stageName = '', transitionType }, { arn }) =>
        setTransition(context, { pipelineName, stageName, transitionType, enabled: true, by: arn }),
      about,
    ),
    DisableStageTransition: takes<DisableStageTransitionInput, object>()(
      ['pipelineName', 'stageName', 'transitionType', 'reason'],
      ({ pipelineName = '', stageName = '', transitionType, reason }, { arn }) =>
        setTransition(context, { pipelineName, stageName, transitionType, enabled: false, by: arn, reason }),
      about,
    ),
    PutApprovalResult: takes<PutApprovalResultInput, PutApprovalResultOutput>()(
      ['pipelineName', 'stageName', 'actionName', 'result', 'token'],
      ({ pipelineName = '', stageName = '', actionName = '', result, token = '' }, { arn }) => {
        const host = findPipeline(context, pipelineName);
        if (!host.ok) return host;
        const answered = host.value.answerApproval({
          stage: stageName,
          action: actionName,
          token,
          status: result?.status ?? 'Rejected',
          summary: result?.summary ?? '',
          by: arn,
        });
        return answered.ok ? ok({ approvedAt: new Date(answered.value.approvedAt) }) : refused(answered.errors);
      },
      ({ pipelineName = '', stageName, actionName }) =>
        `${pipelineArn(context, pipelineName)}/${stageName}/${actionName}`,
    ),
    OverrideStageCondition: takes<OverrideStageConditionInput, object>()(
      ['pipelineName', 'stageName', 'pipelineExecutionId', 'conditionType'],
      ({ pipelineName = '', stageName = '', pipelineExecutionId = '', conditionType = 'BEFORE_ENTRY' }) => {
        const host = findPipeline(context, pipelineName);
        if (!host.ok) return host;
        const overridden = host.value.overrideCondition({
          stage: stageName,
          execution: pipelineExecutionId,
          type: conditionType,
        });
        return overridden.ok ? ok({}) : refused(overridden.errors);
      },
      about,
    ),
  };
}

function setTransition(
  context: PipelineContext,
  request: {
    readonly pipelineName: string;
    readonly stageName: string;
    readonly transitionType: string | undefined;
    readonly enabled: boolean;
    readonly by: string;
    readonly reason?: string | undefined;
  },
): Result<object, AwsError> {
  const { pipelineName, stageName, transitionType, enabled, by, reason } = request;
  const host = findPipeline(context, pipelineName);
  if (!host.ok) return host;
  if (transitionType === 'Outbound')
    return err({
      code: 'ValidationException',
      message: 'Transitions are inbound: transitionType Outbound is not supported by the local endpoint',
    });
  const set = host.value.setTransition({ stage: stageName, enabled, by, ...(reason !== undefined && { reason }) });
  return set.ok ? ok({}) : refused(set.errors);
}

const repeated = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) < index);
