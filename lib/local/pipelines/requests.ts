import { ok, type Result } from '../../result';
import type { Plan } from '../plan';
import { pipelineVariables } from '../variables';
import { refused } from './errors';
import type { HostError, RetryRequest, StartRequest } from './host';
import { withArtifacts } from './rollback-target';
import type { StageGate } from './stage-gate';
import type { Live, Tracked } from './tracked';

/** What CodePipeline's operations demand before they do anything (CodePipeline API; limits; stage-retry; stage-rollback). */

/** CodePipeline, limits: executions at once in modes QUEUED and PARALLEL. */
const CONCURRENT_EXECUTIONS = 50;

export const isUnfinished = (status: string): boolean => status === 'InProgress' || status === 'Stopping';

export function checkStart(
  plan: Plan,
  { variables = {}, sourceRevisions = [], stages = [] }: StartRequest,
  inProgress: number,
): Result<{ readonly variables: Readonly<Record<string, string>> }, HostError> {
  const values = pipelineVariables(plan, variables);
  const sources = plan.stages[0]?.actions.map(({ name }) => name) ?? [];
  const problems = [
    ...(values.ok ? [] : values.errors),
    ...sourceRevisions
      .filter(({ action }) => !sources.includes(action))
      .map(({ action }) => `the pipeline has no source action ${action} (it has: ${sources.join(', ')})`),
    ...stages
      .filter((name) => !plan.stages.some((stage) => stage.name === name))
      .map((name) => `pipeline ${plan.pipeline} has no stage ${name}`),
  ];
  if (!values.ok || problems.length > 0) return refused('ValidationException', problems.join('; '));
  const crowded = checkRoom(plan, inProgress);
  return crowded.ok ? ok({ variables: values.value }) : crowded;
}

function checkRoom(plan: Plan, inProgress: number): Result<void, HostError> {
  if (plan.executionMode === 'SUPERSEDED' || inProgress < CONCURRENT_EXECUTIONS) return ok(undefined);
  return refused(
    'ConcurrentPipelineExecutionsLimitExceededException',
    `pipeline ${plan.pipeline} has ${inProgress} executions in progress, at most ${CONCURRENT_EXECUTIONS} are allowed`,
  );
}

export function checkStop(
  plan: Plan,
  tracked: Tracked | undefined,
  {
    execution,
    abandon,
    reason = '',
  }: { readonly execution: string; readonly abandon: boolean; readonly reason?: string },
): Result<Live, HostError> {
  if (reason.length > 200)
    return refused('ValidationException', `the reason has ${reason.length} characters, at most 200 are allowed`);
  if (tracked === undefined)
    return refused('PipelineExecutionNotStoppableException', `pipeline ${plan.pipeline} has no execution ${execution}`);
  const { live, brief } = tracked;
  if (live === undefined || !isUnfinished(brief.status))
    return refused(
      'PipelineExecutionNotStoppableException',
      `execution ${execution} is not in progress: it is ${brief.status}`,
    );
  if (brief.stop && (brief.stop.abandon || !abandon))
    return refused('DuplicatedStopRequestException', `execution ${execution} is being stopped already`);
  return ok(live);
}

export function checkRetry(
  plan: Plan,
  tracked: Tracked | undefined,
  { stage, execution, from, mode }: RetryRequest,
  gate: StageGate,
  inProgress: number,
): Result<Tracked, HostError> {
  const known = checkKnown(plan, tracked, stage, execution);
  if (!known.ok) return known;
  const { brief } = known.value;
  const actions = plan.stages.find(({ name }) => name === stage)?.actions ?? [];
  if (from !== undefined && !actions.some(({ name }) => name === from))
    return refused('ValidationException', `stage ${stage} has no action ${from}`);
  const status = brief.stages.get(stage)?.status ?? 'Pending';
  const not = (why: string) => refused('StageNotRetryableException', `stage ${stage} cannot be retried: ${why}`);
  if (brief.structure !== plan.structure)
    return not(`the pipeline's structure has changed since execution ${execution} began`);
  if (isUnfinished(brief.status)) {
    const failed = mode === 'FAILED_ACTIONS' && from === undefined && failedBesideRunning(known.value, stage);
    return failed && brief.status === 'InProgress' ? known : not(`execution ${execution} is in progress`);
  }
  if (status !== 'Failed' && status !== 'Stopped') return not(`it is ${status} in execution ${execution}`);
  return checkLatest(plan, known.value, stage, gate, inProgress);
}

/** Whether actions of a stage have failed while others still run. */
function failedBesideRunning({ live, state }: Tracked, stage: string): boolean {
  const { status, actions = [] } = state.stages.find(({ name }) => name === stage) ?? {};
  const some = (wanted: string) => actions.some((action) => action.status === wanted);
  return live !== undefined && status === 'InProgress' && some('Failed') && some('InProgress');
}

/** Ids of the action that a retry begins with, and of those in later run orders. */
export function actionsFrom(plan: Plan, { stage, from }: Pick<RetryRequest, 'stage' | 'from'>): string[] {
  const actions = plan.stages.find(({ name }) => name === stage)?.actions ?? [];
  const first = actions.find(({ name }) => name === from);
  return first ? actions.filter((each) => each === first || each.runOrder > first.runOrder).map(({ id }) => id) : [];
}

export function checkOverride(
  plan: Plan,
  tracked: Tracked | undefined,
  { stage, execution, type }: { readonly stage: string; readonly execution: string; readonly type: string },
  gate: StageGate,
  inProgress: number,
): Result<Tracked, HostError> {
  const known = checkKnown(plan, tracked, stage, execution);
  if (!known.ok) return known;
  const { brief, live } = known.value;
  const not = (why: string) => refused('ConditionNotOverridableException', `stage ${stage}: ${why}`);
  if (live && !isUnfinished(brief.status))
    return refused('ConflictException', `execution ${execution} is just ending: try again`);
  const hook = type === 'BEFORE_ENTRY' ? 'beforeEntry' : 'onSuccess';
  const condition = known.value.state.stages
    .find(({ name }) => name === stage)
    ?.conditions.findLast((each) => each.hook === hook);
  if (brief.structure !== plan.structure) return not("the pipeline's structure has changed since");
  if (condition === undefined) return not(`it has no ${hook} condition that was judged in execution ${execution}`);
  if (condition.status !== 'Failed' || brief.stages.get(stage)?.status !== 'Failed')
    return not(`its ${hook} condition has not failed the stage, there is nothing to override`);
  return checkLatest(plan, known.value, stage, gate, inProgress);
}

function checkKnown(
  plan: Plan,
  tracked: Tracked | undefined,
  stage: string,
  execution: string,
): Result<Tracked, HostError> {
  if (!plan.stages.some(({ name }) => name === stage))
    return refused('StageNotFoundException', `pipeline ${plan.pipeline} has no stage ${stage}`);
  if (tracked === undefined)
    return refused('PipelineExecutionNotFoundException', `pipeline ${plan.pipeline} has no execution ${execution}`);
  return ok(tracked);
}

/** Whoever entered the stage last may do something about it, and nobody else (CodePipeline, stage-retry). */
function checkLatest(
  plan: Plan,
  tracked: Tracked,
  stage: string,
  gate: StageGate,
  inProgress: number,
): Result<Tracked, HostError> {
  const latest = gate.latest(stage);
  if (plan.executionMode !== 'PARALLEL' && latest !== undefined && latest.execution !== tracked.id)
    return refused(
      'NotLatestPipelineExecutionException',
      `execution ${latest.execution} has entered stage ${stage} since execution ${tracked.id}`,
    );
  const crowded = checkRoom(plan, inProgress);
  return crowded.ok ? ok(tracked) : crowded;
}

export function checkRollback(
  plan: Plan,
  tracked: Tracked | undefined,
  { stage, target }: { readonly stage: string; readonly target: string },
  gate: StageGate,
): Result<Tracked, HostError> {
  if (!plan.stages.some(({ name }) => name === stage))
    return refused('StageNotFoundException', `pipeline ${plan.pipeline} has no stage ${stage}`);
  if (tracked === undefined)
    return refused('PipelineExecutionNotFoundException', `pipeline ${plan.pipeline} has no execution ${target}`);
  const { brief } = tracked;
  const not = (why: string) =>
    refused('UnableToRollbackStageException', `stage ${stage} cannot be rolled back: ${why}`);
  if (plan.executionMode === 'PARALLEL') return not('the pipeline is in mode PARALLEL');
  if (stage === plan.stages[0]?.name) return not('it is the source stage');
  if (brief.structure !== plan.structure) return not(`the pipeline's structure has changed since execution ${target}`);
  if (brief.type === 'ROLLBACK') return not(`execution ${target} is a rollback itself`);
  const status = brief.stages.get(stage)?.status ?? 'Pending';
  if (status !== 'Succeeded') return not(`it is ${status} in execution ${target}, not Succeeded`);
  const inside = gate.holder(stage);
  if (inside !== undefined) return not(`execution ${inside} is in it`);
  const whole = withArtifacts(tracked);
  return whole.ok ? whole : not(whole.errors.join('; '));
}

/**
 * Whether an execution that was left unfinished may no longer go on, since another one has gone past it meanwhile; and which.
 * `executions`: oldest first.
 */
export function overtakenBy(
  plan: Plan,
  tracked: Tracked,
  executions: Iterable<Tracked>,
  gate: StageGate,
): string | undefined {
  if (plan.executionMode === 'PARALLEL') return undefined;
  const at = [...tracked.brief.stages].find(([, { status }]) => status !== 'Succeeded' && status !== 'Skipped');
  if (at === undefined) return undefined;
  const [stage, { order }] = at;
  const latest = gate.latest(stage);
  if (order > 0) return latest && latest.execution !== tracked.id ? latest.execution : undefined;
  let later = false;
  for (const other of executions) {
    if (other === tracked) later = true;
    else if (later && other.brief.type === 'STANDARD' && (other.brief.stages.get(stage)?.order ?? 0) > 0)
      return other.id;
  }
  return undefined;
}
