import type { PlannedAction, PlannedCondition, PlannedStage } from '../plan';
import { type ActionResult, runAction } from './action-run';
import { type ConditionOutcome, evaluateCondition } from './condition';
import { type Execution, isBroken } from './execution';
import type { Hook } from './rules/rule';

export interface StageResult {
  readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Skipped';
  readonly reason?: string;
  /** The stage failed in a way that asks for the last good execution back. */
  readonly rollback?: boolean;
}

/**
 * Runs one stage, from its conditions to its retry, and writes its `stage-ended`. The caller has the rollback done, since that is
 * an execution of its own. What `onFailure` says engages when actions failed, or an onSuccess condition did; not when the stage
 * was never entered, was stopped, or the runner broke (then nothing is judged and nothing undone).
 */
export async function runStage(execution: Execution, stage: PlannedStage, signal: AbortSignal): Promise<StageResult> {
  const result = await stageResult(execution, stage, signal);
  const { status, reason } = result;
  execution.emit({ kind: 'stage-ended', stage: stage.name, status, ...(reason !== undefined && { reason }) });
  return result;
}

async function stageResult(execution: Execution, stage: PlannedStage, signal: AbortSignal): Promise<StageResult> {
  execution.emit({ kind: 'stage-started', stage: stage.name });
  const entry = await checkCondition(execution, stage, 'beforeEntry', signal);
  if (entry !== undefined) return { status: entry.result === 'SKIP' ? 'Skipped' : 'Failed', reason: entry.reason };

  const succeeded = new Set<string>();
  let result = await runGroups(execution, stage.actions, succeeded, signal);
  if (result.status === 'Failed' && stage.onFailure?.result === 'RETRY' && !isBroken(execution))
    result = await retry(execution, stage, succeeded, result, signal);
  if (isBroken(execution)) return { status: 'Failed', reason: result.reason ?? execution.broken[0]?.message ?? '' };
  if (result.status === 'Failed') return afterFailure(execution, stage, result, signal);
  if (result.status !== 'Succeeded') return result;

  const success = await checkCondition(execution, stage, 'onSuccess', signal);
  if (success === undefined) return result;
  const ended = await afterFailure(execution, stage, { status: 'Failed', reason: success.reason }, signal);
  return { ...ended, rollback: ended.rollback === true || success.result === 'ROLLBACK' };
}

/**
 * What `onFailure` says. Of a condition the result engages when all of its rules succeed ("met": CodePipeline, concepts-how-it-works,
 * API Condition); if one fails, the stage stays failed, and its reason tells that too.
 */
async function afterFailure(
  execution: Execution,
  stage: PlannedStage,
  failure: StageResult,
  signal: AbortSignal,
): Promise<StageResult> {
  const { result, condition } = stage.onFailure ?? {};
  if (condition === undefined) return { ...failure, rollback: result === 'ROLLBACK' };
  const { status, reason } = await judge(execution, condition, 'onFailure', signal);
  const ended = { kind: 'condition-ended', stage: stage.name, hook: 'onFailure', reason } as const;
  if (status === 'Succeeded' && !isBroken(execution)) {
    execution.emit({ ...ended, status, ...(condition.result && { result: condition.result }) });
    return { ...failure, rollback: condition.result === 'ROLLBACK' };
  }
  execution.emit({ ...ended, status: 'Failed' });
  return { status: 'Failed', reason: `${failure.reason ?? ''}; onFailure condition: ${reason}` };
}

const judge = (
  execution: Execution,
  condition: PlannedCondition,
  hook: Hook,
  signal: AbortSignal,
): Promise<ConditionOutcome> =>
  evaluateCondition(condition, {
    hook,
    scope: execution.scope,
    ports: execution.rulePorts,
    run: (rule) => runAction(execution, rule.action, signal),
    signal,
  });

/** One more attempt, no matter how it ends (CodePipeline, stage-retry). */
async function retry(
  execution: Execution,
  stage: PlannedStage,
  succeeded: Set<string>,
  failure: StageResult,
  signal: AbortSignal,
): Promise<StageResult> {
  const mode = stage.onFailure?.retryMode ?? 'FAILED_ACTIONS';
  const { reason = '' } = failure;
  execution.emit({ kind: 'stage-ended', stage: stage.name, status: 'Failed', reason });
  const what = mode === 'ALL_ACTIONS' ? 'all of its actions' : 'the actions that did not succeed';
  execution.emit({ kind: 'notice', level: 'warning', message: `Stage ${stage.name} failed; retrying ${what} once` });
  execution.emit({ kind: 'stage-started', stage: stage.name });
  if (mode === 'ALL_ACTIONS') succeeded.clear();
  const left = stage.actions.filter((action) => !succeeded.has(action.id));
  return runGroups(execution, left, succeeded, signal);
}

/** Equal run orders in parallel; the siblings of a failed action finish, later run orders do not start. */
async function runGroups(
  execution: Execution,
  actions: readonly PlannedAction[],
  succeeded: Set<string>,
  signal: AbortSignal,
): Promise<StageResult> {
  for (const group of byRunOrder(actions)) {
    if (signal.aborted) return { status: 'Stopped', reason: 'stopped' };
    const results = await Promise.all(group.map((action) => runAction(execution, action, signal)));
    results.forEach((result, index) => {
      if (result.status === 'Succeeded') succeeded.add((group[index] as PlannedAction).id);
    });
    const failed = results.filter((result) => result.status === 'Failed');
    if (results.some((result) => result.status === 'Stopped')) return { status: 'Stopped', reason: 'stopped' };
    if (failed.length > 0) return { status: 'Failed', reason: failed.map(failureOf).join('; ') };
    if (isBroken(execution)) return { status: 'Failed' };
  }
  return { status: 'Succeeded' };
}

const failureOf = ({ action, reason }: ActionResult): string => `${action}: ${reason}`;

function byRunOrder(actions: readonly PlannedAction[]): PlannedAction[][] {
  const groups = new Map<number, PlannedAction[]>();
  for (const action of actions) groups.set(action.runOrder, [...(groups.get(action.runOrder) ?? []), action]);
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

/** What engages, if the condition does not hold; undefined if it does or there is none. */
async function checkCondition(
  execution: Execution,
  stage: PlannedStage,
  hook: 'beforeEntry' | 'onSuccess',
  signal: AbortSignal,
): Promise<{ readonly result: NonNullable<PlannedCondition['result']>; readonly reason: string } | undefined> {
  const condition = stage[hook];
  if (condition === undefined) return undefined;
  const { status, reason } = await judge(execution, condition, hook, signal);
  const ended = { kind: 'condition-ended', stage: stage.name, hook, reason } as const;
  if (status === 'Succeeded') {
    execution.emit({ ...ended, status: 'Succeeded' });
    return undefined;
  }
  const result = status === 'Errored' ? 'FAIL' : (condition.result ?? 'FAIL');
  execution.emit({ ...ended, status: 'Failed', result });
  return { result, reason: `${hook} condition: ${reason}` };
}
