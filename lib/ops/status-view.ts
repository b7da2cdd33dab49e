import type {
  ActionState,
  GetPipelineStateOutput,
  StageConditionState,
  StageExecution,
  StageState,
} from '@aws-sdk/client-codepipeline';
import type { Execution } from './executions';
import { oneLine } from './text';

/** A pipeline as `slipway status --json` prints it. Members are only ever added. Times are ISO 8601. */
export interface PipelineStatus {
  readonly pipeline: string;
  readonly version: number;
  readonly mode: string;
  readonly stages: readonly StageStatus[];
  /** The newest executions: those that run or wait, and the last one. Newest first. */
  readonly executions: readonly Execution[];
}

export interface StageStatus {
  readonly name: string;
  /** `NotStarted`: no execution has entered it. */
  readonly status: string;
  readonly execution?: Execution;
  /** When the last of its actions changed. */
  readonly changed?: string;
  /** Executions in front of it, the next one first. */
  readonly waiting: readonly Execution[];
  readonly transition: {
    readonly enabled: boolean;
    readonly reason?: string;
    readonly by?: string;
    readonly changed?: string;
  };
  readonly conditions: readonly ConditionStatus[];
  readonly actions: readonly ActionStatus[];
  readonly retries?: number;
}

export interface ConditionStatus {
  readonly hook: 'beforeEntry' | 'onSuccess' | 'onFailure';
  readonly status: string;
  readonly summary?: string;
  readonly rules: readonly { readonly name: string; readonly status: string; readonly reason?: string }[];
}

export interface ActionStatus {
  readonly name: string;
  /** `NotStarted`: it has not run in the stage's present execution. */
  readonly status: string;
  readonly changed?: string;
  readonly summary?: string;
  readonly error?: string;
  readonly link?: string;
  /** What its provider calls this run: a build's id, a commit. */
  readonly externalId?: string;
  /** It waits for somebody's answer. */
  readonly approval?: true;
}

/**
 * GetPipelineState, with what is known of the executions that it names, as a view.
 *
 * The API tells an action's latest run in any execution; one that changed last before its stage's present execution
 * started has not run in that one.
 */
export function pipelineStatus(
  state: GetPipelineStateOutput,
  mode: string,
  executions: readonly Execution[],
): PipelineStatus {
  const known = new Map(executions.map((each) => [each.execution, each]));
  const stages = (state.stageStates ?? []).map((stage) => stageStatus(stage, known));
  const [last] = executions;
  return {
    pipeline: state.pipelineName ?? '',
    version: state.pipelineVersion ?? 0,
    mode,
    stages,
    executions: executions.filter((each) => each === last || isUnderWay(each)),
  };
}

/** Ids of the executions that a state names. */
export const executionsIn = ({ stageStates = [] }: GetPipelineStateOutput): readonly string[] => [
  ...new Set(
    stageStates.flatMap((stage) =>
      [stage.latestExecution, ...inbound(stage)].flatMap((each) => each?.pipelineExecutionId ?? []),
    ),
  ),
];

const isUnderWay = ({ status }: Execution): boolean => status === 'InProgress' || status === 'Stopping';

function stageStatus(stage: StageState, known: ReadonlyMap<string, Execution>): StageStatus {
  const { latestExecution: latest, inboundTransitionState: transition, retryStageMetadata: retry } = stage;
  const execution = latest && executionOf(latest, known);
  const actions = (stage.actionStates ?? []).map((action) => actionStatus(action, latest?.status, execution?.started));
  const changed = actions
    .flatMap((action) => action.changed ?? [])
    .sort()
    .at(-1);
  const retries = (retry?.autoStageRetryAttempt ?? 0) + (retry?.manualStageRetryAttempt ?? 0);
  return {
    name: stage.stageName ?? '',
    status: latest?.status ?? 'NotStarted',
    ...(execution && { execution }),
    ...(changed !== undefined && { changed }),
    waiting: inbound(stage).map((each) => ({
      ...executionOf(each, known),
      ...(each.status !== undefined && { status: each.status }),
    })),
    transition: {
      enabled: transition?.enabled ?? true,
      ...(transition?.disabledReason && { reason: oneLine(transition.disabledReason) }),
      ...(transition?.lastChangedBy && { by: transition.lastChangedBy }),
      ...(transition?.lastChangedAt && { changed: transition.lastChangedAt.toISOString() }),
    },
    conditions: [
      ...conditions('beforeEntry', stage.beforeEntryConditionState),
      ...conditions('onSuccess', stage.onSuccessConditionState),
      ...conditions('onFailure', stage.onFailureConditionState),
    ],
    actions,
    ...(retries > 0 && { retries }),
  };
}

/** `inboundExecution` is the older member, and the only one in mode SUPERSEDED of older regions. */
const inbound = ({ inboundExecutions, inboundExecution }: StageState): readonly StageExecution[] =>
  inboundExecutions ?? (inboundExecution ? [inboundExecution] : []);

const executionOf = (
  { pipelineExecutionId = '', status = 'InProgress', type }: StageExecution,
  known: ReadonlyMap<string, Execution>,
): Execution =>
  known.get(pipelineExecutionId) ?? {
    execution: pipelineExecutionId,
    status,
    type: type ?? 'STANDARD',
    revisions: [],
  };

function actionStatus(
  { actionName = '', latestExecution: latest, entityUrl }: ActionState,
  stageNow: string | undefined,
  stageStarted: string | undefined,
): ActionStatus {
  const changed = latest?.lastStatusChange?.toISOString();
  const isEarlier = changed !== undefined && stageStarted !== undefined && changed < stageStarted;
  if (!latest || stageNow === undefined || isEarlier) return { name: actionName, status: 'NotStarted' };
  const { summary, errorDetails, externalExecutionUrl, externalExecutionId, status = 'InProgress', token } = latest;
  const error = errorDetails && [errorDetails.code, errorDetails.message].filter(Boolean).join(': ');
  const link = externalExecutionUrl ?? entityUrl;
  return {
    name: actionName,
    status,
    ...(changed !== undefined && { changed }),
    ...(summary && { summary: oneLine(summary) }),
    ...(error && { error: oneLine(error) }),
    ...(link && { link }),
    ...(externalExecutionId && { externalId: externalExecutionId }),
    ...(status === 'InProgress' && token !== undefined && { approval: true as const }),
  };
}

function conditions(hook: ConditionStatus['hook'], state: StageConditionState | undefined): ConditionStatus[] {
  const status = state?.latestExecution?.status;
  if (!state || status === undefined) return [];
  const rules = (state.conditionStates ?? []).flatMap(({ ruleStates = [] }) => ruleStates);
  const summary = state.latestExecution?.summary ?? state.conditionStates?.[0]?.latestExecution?.summary;
  return [
    {
      hook,
      status,
      ...(summary && { summary: oneLine(summary) }),
      rules: rules.map(({ ruleName = '', latestExecution: latest }) => {
        const reason = latest?.errorDetails?.message ?? latest?.summary;
        return { name: ruleName, status: latest?.status ?? 'NotStarted', ...(reason && { reason: oneLine(reason) }) };
      }),
    },
  ];
}
