import type { PlannedAction, PlannedCondition, PlannedStage } from '../plan';
import type { ActionState, StageState } from '../run-state';
import { runAction } from './action-run';
import { checkCondition, judge } from './condition-run';
import { type Execution, isBroken, isStopping, stageState } from './execution';
import { finder } from './finder';

export interface StageResult {
  readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Skipped';
  readonly reason?: string;
  /** What the template says is to follow. */
  readonly next?: 'RETRY' | 'ROLLBACK';
}

/**
 * Runs a stage whose `stage-started` is written, from where its state says it is, to its last `stage-ended`: its conditions, its
 * actions, its automatic retry. The caller has a rollback done, since that is an execution of its own. What `onFailure` says
 * engages when actions failed, or an onSuccess condition did; not when the stage was never entered, was stopped, or the runner
 * broke (then nothing is judged and nothing undone).
 */
export async function runStage(execution: Execution, stage: PlannedStage): Promise<StageResult> {
  for (;;) {
    if (stageState(execution, stage.name).status === 'InProgress') {
      const result = await stageResult(execution, stage);
      const { status, reason } = result;
      // A rollback asks for no other.
      const next = execution.state().type === 'ROLLBACK' && result.next === 'ROLLBACK' ? undefined : result.next;
      execution.emit({
        kind: 'stage-ended',
        stage: stage.name,
        status,
        ...(reason !== undefined && { reason }),
        ...(next !== undefined && { next }),
      });
      if (next !== 'RETRY') return { status, ...(reason !== undefined && { reason }), ...(next && { next }) };
    }
    // One more attempt, no matter how it ends (CodePipeline, stage-retry).
    const mode = stage.onFailure?.retryMode ?? 'FAILED_ACTIONS';
    execution.emit({ kind: 'stage-started', stage: stage.name, retry: { mode, by: 'automatic' } });
  }
}

async function stageResult(execution: Execution, stage: PlannedStage): Promise<StageResult> {
  const entry = await checkCondition(execution, stage, 'beforeEntry');
  if (entry === 'stopped') return { status: 'Stopped', reason: 'stopped' };
  if (entry !== undefined) return { status: entry.result === 'SKIP' ? 'Skipped' : 'Failed', reason: entry.reason };

  const result = await runGroups(execution, stage);
  if (isBroken(execution)) return { status: 'Failed', reason: result.reason ?? execution.broken[0]?.message ?? '' };
  if (result.status === 'Failed' && stage.onFailure?.result === 'RETRY') {
    const { retries } = stageState(execution, stage.name);
    return retries?.automatic ? result : { ...result, next: 'RETRY' };
  }
  if (result.status === 'Failed') return afterFailure(execution, stage, result);
  if (result.status !== 'Succeeded') return result;

  const success = await checkCondition(execution, stage, 'onSuccess');
  if (success === 'stopped') return { status: 'Stopped', reason: 'stopped' };
  if (success === undefined) return result;
  const ended = await afterFailure(execution, stage, { status: 'Failed', reason: success.reason });
  return success.result === 'ROLLBACK' && ended.status === 'Failed' ? { ...ended, next: 'ROLLBACK' } : ended;
}

/**
 * What `onFailure` says. Of a condition the result engages when all of its rules succeed ("met": CodePipeline, concepts-how-it-works,
 * API Condition); if one fails, the stage stays failed, and its reason tells that too.
 */
async function afterFailure(execution: Execution, stage: PlannedStage, failure: StageResult): Promise<StageResult> {
  const { result, condition } = stage.onFailure ?? {};
  if (condition === undefined) return result === 'ROLLBACK' ? { ...failure, next: 'ROLLBACK' } : failure;
  const met = await onFailure(execution, stage, condition);
  if (met === true) return condition.result === 'ROLLBACK' ? { ...failure, next: 'ROLLBACK' } : failure;
  return { status: 'Failed', reason: `${failure.reason ?? ''}; onFailure condition: ${met}` };
}

/** Whether it is met, or why not. */
async function onFailure(
  execution: Execution,
  stage: PlannedStage,
  condition: PlannedCondition,
): Promise<true | string> {
  const { attempt, conditions } = stageState(execution, stage.name);
  const before = conditions.findLast(({ hook }) => hook === 'onFailure');
  if (before?.attempt === attempt && before.endedAt !== undefined)
    return before.status === 'Succeeded' ? true : before.reason;
  const { status, reason } = await judge(execution, stage, 'onFailure', condition);
  const ended = { kind: 'condition-ended', stage: stage.name, hook: 'onFailure', reason } as const;
  if (status === 'Succeeded' && !isBroken(execution)) {
    execution.emit({ ...ended, status, ...(condition.result && { result: condition.result }) });
    return true;
  }
  execution.emit({ ...ended, status: 'Failed' });
  return reason;
}

/** Equal run orders in parallel; the siblings of a failed action finish, later run orders do not start. What has ended stays. */
async function runGroups(execution: Execution, stage: PlannedStage): Promise<StageResult> {
  for (const group of byRunOrder(stage.actions)) {
    let states = statesOf(stageState(execution, stage.name), group);
    if (isStopping(execution)) {
      endInterrupted(execution, group, states);
      return { status: 'Stopped', reason: stopReason(execution) };
    }
    await runGroup(execution, stage, group);
    states = statesOf(stageState(execution, stage.name), group);
    const failed = states.flatMap((state, index) =>
      state?.status === 'Failed' ? [`${group[index]?.name}: ${state.reason ?? ''}`] : [],
    );
    if (isStopping(execution) || states.some((state) => state?.status === 'Stopped' || state?.status === 'Abandoned'))
      return { status: 'Stopped', reason: stopReason(execution) };
    if (failed.length > 0) return { status: 'Failed', reason: failed.join('; ') };
    if (isBroken(execution)) return { status: 'Failed' };
  }
  return { status: 'Succeeded' };
}

/** Runs what has not ended; and what failed, as soon as somebody has it retried while others still run (CodePipeline, stage-retry). */
async function runGroup(execution: Execution, stage: PlannedStage, group: readonly PlannedAction[]): Promise<void> {
  const running = new Map<string, Promise<unknown>>();
  // At first also what a killed process has left in the middle; later only what a retry has set back.
  const launch = (isLeft: (status: string | undefined) => boolean) => {
    const states = statesOf(stageState(execution, stage.name), group);
    group.forEach((action, index) => {
      if (running.has(action.id) || !isLeft(states[index]?.status)) return;
      const ran = execution.limit(() => runAction(execution, action)).finally(() => running.delete(action.id));
      running.set(action.id, ran);
    });
  };
  const isSetBack = (status: string | undefined) => status === 'Pending' && !execution.signal.aborted;
  const leave = execution.journal.subscribe((event) => {
    if (event.kind === 'pipeline-resumed') launch(isSetBack);
  });
  for (launch((status) => !isOver(status)); running.size > 0; launch(isSetBack)) await Promise.all(running.values());
  leave();
}

const stopReason = (execution: Execution): string => execution.state().stop?.reason ?? 'stopped';

const isOver = (status: string | undefined): boolean => status === 'Succeeded' || status === 'Failed';

/** Of a process that was killed while the execution was being stopped: they are not run again. */
function endInterrupted(
  execution: Execution,
  group: readonly PlannedAction[],
  states: readonly (StageState['actions'][number] | undefined)[],
): void {
  group.forEach((action, index) => {
    if (states[index]?.status !== 'InProgress') return;
    const reason = 'the process that ran it was killed while the execution was stopping';
    const at = { stage: action.stage, action: action.id };
    execution.emit({ kind: 'action-ended', ...at, status: 'Abandoned', reason, variables: {}, artifacts: {} });
  });
}

const statesOf = ({ actions }: StageState, group: readonly PlannedAction[]) =>
  group.map(({ id }): ActionState | undefined => actions[indexOf(actions, id)]);

const indexOf = finder((action: ActionState) => action.id);

function byRunOrder(actions: readonly PlannedAction[]): PlannedAction[][] {
  const groups = new Map<number, PlannedAction[]>();
  for (const action of actions) {
    const group = groups.get(action.runOrder);
    if (group === undefined) groups.set(action.runOrder, [action]);
    else group.push(action);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
