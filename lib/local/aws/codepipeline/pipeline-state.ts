import type {
  ActionExecution,
  ActionState,
  GetPipelineStateOutput,
  StageConditionState,
  StageState,
} from '@aws-sdk/client-codepipeline';
import type { Hook } from '../../event';
import type { ExecutionView, PipelineHost, StageView } from '../../pipelines/host';
import type { StageState as StageRun } from '../../run-state';
import { type Attempt, externalIdOf, uuidOf } from '../attempts/attempts';
import { streamArn, streamOf } from '../logs/streams';
import type { PipelineContext } from './context';
import { declaredAction, isApproval } from './declaration';
import { actionStatus, conditionStatus, ruleStatus, stageStatus, summary } from './statuses';

/** GetPipelineState (CodePipeline API reference). */
export function pipelineState(context: PipelineContext, host: PipelineHost): GetPipelineStateOutput {
  const { pipeline, version, created, updated, stages } = host.view();
  return {
    pipelineName: pipeline,
    pipelineVersion: version,
    stageStates: stages.map((stage) => stageState(context, host, stage)),
    created: new Date(created),
    updated: new Date(updated),
  };
}

function stageState(context: PipelineContext, host: PipelineHost, stage: StageView): StageState {
  const { name, latest, inbound, transition } = stage;
  const view = latest && host.execution(latest.execution);
  const run = view?.state.stages.find((each) => each.name === name);
  const starts = view ? context.attempts.of(host, view).filter((attempt) => attempt.stage === name) : [];
  const status = view && run && stageStatus(run.status, view.status === 'Stopping');
  const inboundExecutions = inbound.map((waiting) => ({
    pipelineExecutionId: waiting.execution,
    status: waiting.status,
    type: host.execution(waiting.execution)?.type,
  }));
  const planned = host.plan.stages.find((each) => each.name === name);
  return {
    stageName: name,
    ...(inboundExecutions.length > 0 && { inboundExecution: inboundExecutions[0] }),
    inboundExecutions,
    inboundTransitionState: {
      enabled: transition.enabled,
      ...(transition.by !== undefined && { lastChangedBy: transition.by }),
      ...(transition.changed !== undefined && { lastChangedAt: new Date(transition.changed) }),
      ...(!transition.enabled && { disabledReason: transition.reason }),
    },
    actionStates: planned?.actions.map((action) =>
      actionState(
        context,
        host,
        view,
        name,
        action.name,
        starts.find((start) => start.name === action.name),
      ),
    ),
    ...(latest && status && { latestExecution: { pipelineExecutionId: latest.execution, status, type: latest.type } }),
    ...conditionStates(planned, run),
    ...(run?.retries && { retryStageMetadata: retryMetadata(run.retries) }),
  };
}

function retryMetadata({ automatic, manual, latest }: NonNullable<StageRun['retries']>) {
  return {
    autoStageRetryAttempt: automatic,
    manualStageRetryAttempt: manual,
    latestRetryTrigger: latest === 'automatic' ? ('AutomatedStageRetry' as const) : ('ManualStageRetry' as const),
  };
}

function actionState(
  context: PipelineContext,
  { plan }: PipelineHost,
  view: ExecutionView | undefined,
  stage: string,
  actionName: string,
  attempt: Attempt | undefined,
): ActionState {
  const declared = declaredAction(plan, stage, actionName);
  const revision = view?.revisions.find(({ action }) => action === actionName || action === `${stage}/${actionName}`);
  const link = attempt?.state.approval?.link;
  return {
    actionName,
    ...(revision &&
      attempt && {
        currentRevision: {
          revisionId: revision.id,
          revisionChangeId: revision.id,
          created: timeOf(attempt),
        },
      }),
    ...(attempt && {
      latestExecution: latestExecution(context, attempt, {
        // An approval of a pipeline in parallel mode has its token in ListActionExecutions alone (API, PutApprovalResultInput).
        withToken:
          isApproval(declared?.actionTypeId) || attempt.state.approval ? plan.executionMode !== 'PARALLEL' : false,
        revision: revision?.summary,
      }),
    }),
    ...(link !== undefined && { entityUrl: link }),
  };
}

const timeOf = ({ state }: Attempt): Date => new Date(state.endedAt ?? state.startedAt ?? 0);

function latestExecution(
  context: PipelineContext,
  attempt: Attempt,
  options: { readonly withToken: boolean; readonly revision?: string },
): ActionExecution {
  const { state } = attempt;
  const external = externalIdOf(attempt);
  const said = state.answer?.summary || options.revision || state.reason;
  const token = state.approval?.token;
  return {
    actionExecutionId: attempt.id,
    status: actionStatus(state.status),
    ...(said !== undefined && said !== '' && { summary: summary(said) }),
    lastStatusChange: timeOf(attempt),
    ...(options.withToken && token !== undefined && { token }),
    ...(state.answer?.by !== undefined && { lastUpdatedBy: state.answer.by }),
    ...(external !== undefined && { externalExecutionId: external }),
    ...errorDetails(attempt),
    ...logStream(context, attempt),
  };
}

/** Where the output of an action is, other than a build's, which its build tells. */
export function logStream(context: PipelineContext, attempt: Attempt): { readonly logStreamARN?: string } {
  const stream = attempt.planned?.kind === 'codebuild' ? undefined : streamOf(attempt);
  return stream ? { logStreamARN: streamArn(context, stream) } : {};
}

/** A rejected approval is no error of the action's. */
export function errorDetails({ state }: Pick<Attempt, 'state'>): Pick<ActionExecution, 'errorDetails'> {
  if (state.status !== 'Failed' || state.answer) return {};
  return { errorDetails: { code: 'JobFailed', message: state.reason ?? 'The action failed' } };
}

const HOOKS = {
  beforeEntryConditionState: 'beforeEntry',
  onSuccessConditionState: 'onSuccess',
  onFailureConditionState: 'onFailure',
} as const satisfies Readonly<Record<string, Hook>>;

/** Of each hook the condition that was judged last. */
function conditionStates(
  planned: PipelineHost['plan']['stages'][number] | undefined,
  run: StageRun | undefined,
): Partial<Record<keyof typeof HOOKS, StageConditionState>> {
  const states: Partial<Record<keyof typeof HOOKS, StageConditionState>> = {};
  for (const [member, hook] of Object.entries(HOOKS) as [keyof typeof HOOKS, Hook][]) {
    const condition = run?.conditions.findLast((each) => each.hook === hook);
    const isPlanned = hook === 'onFailure' ? planned?.onFailure?.condition : planned?.[hook];
    if (!condition || !run) {
      if (isPlanned)
        states[member] = { conditionStates: [{ ruleStates: isPlanned.rules.map(({ name }) => ({ ruleName: name })) }] };
      continue;
    }
    const status = conditionStatus(condition);
    const told = condition.reason === '' ? {} : { summary: summary(condition.reason) };
    const changed = condition.endedAt ?? condition.startedAt;
    states[member] = {
      latestExecution: { status, ...told },
      conditionStates: [
        {
          latestExecution: { status, ...told, ...(changed !== undefined && { lastStatusChange: new Date(changed) }) },
          ruleStates: (condition.rules ?? []).map((rule) => ({
            ruleName: rule.name,
            latestExecution: {
              ruleExecutionId: uuidOf(`${run.name}/${hook}/${rule.name}/${rule.startedAt}`),
              status: ruleStatus(rule),
              ...(rule.reason !== undefined && { summary: summary(rule.reason) }),
              lastStatusChange: new Date(rule.endedAt ?? rule.startedAt),
            },
          })),
        },
      ],
    };
  }
  return states;
}
