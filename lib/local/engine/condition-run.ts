import type { PlannedCondition, PlannedStage } from '../plan';
import { runAction } from './action-run';
import { type ConditionOutcome, evaluateCondition } from './condition';
import { type Execution, stageState } from './execution';

type Hook = 'beforeEntry' | 'onSuccess' | 'onFailure';

/**
 * What engages, if the condition does not hold; undefined if it does or there is none; `stopped` if it could not be judged to its
 * end. One that has ended is not judged again: that of this attempt of the stage, and an entry that was allowed once.
 */
export async function checkCondition(
  execution: Execution,
  stage: PlannedStage,
  hook: 'beforeEntry' | 'onSuccess',
): Promise<
  { readonly result: NonNullable<PlannedCondition['result']>; readonly reason: string } | 'stopped' | undefined
> {
  const condition = stage[hook];
  if (condition === undefined) return undefined;
  const { attempt, conditions } = stageState(execution, stage.name);
  const before = conditions.findLast((state) => state.hook === hook);
  if (before?.status === 'Overridden') return undefined;
  if (before?.status === 'Succeeded' && (hook === 'beforeEntry' || before.attempt === attempt)) return undefined;
  if (before?.status === 'Failed' && before.attempt === attempt)
    return {
      result: (before.result ?? 'FAIL') as NonNullable<PlannedCondition['result']>,
      reason: `${hook} condition: ${before.reason}`,
    };
  const { status, reason } = await judge(execution, stage, hook, condition);
  if (status === 'Abandoned') return 'stopped';
  const ended = { kind: 'condition-ended', stage: stage.name, hook, reason } as const;
  if (status === 'Succeeded') {
    execution.emit({ ...ended, status: 'Succeeded' });
    return undefined;
  }
  const result = status === 'Errored' ? 'FAIL' : (condition.result ?? 'FAIL');
  execution.emit({ ...ended, status: 'Failed', result });
  return { result, reason: `${hook} condition: ${reason}` };
}

/** Judges a condition; one that a killed process has begun goes on: the builds and functions of rules that ended stay as they are. */
export function judge(
  execution: Execution,
  stage: PlannedStage,
  hook: Hook,
  condition: PlannedCondition,
): Promise<ConditionOutcome> {
  const at = { stage: stage.name, hook };
  const { attempt, conditions, actions } = stageState(execution, stage.name);
  const begun = conditions.findLast((state) => state.hook === hook);
  const since = begun?.status === 'InProgress' && begun.attempt === attempt ? begun.startedAt : undefined;
  const before = new Map(actions.map((action) => [action.id, action]));
  if (since === undefined) execution.emit({ kind: 'condition-started', ...at });
  return evaluateCondition(condition, {
    hook,
    scope: execution.scope,
    ports: execution.rules,
    run: async (rule) => {
      const ran = before.get(rule.action.id);
      const isOver = ran?.status === 'Succeeded' || ran?.status === 'Failed';
      if (since !== undefined && isOver && (ran.endedAt ?? '') >= since) return ran;
      return execution.limit(() => runAction(execution, rule.action));
    },
    onRule: (report) => execution.emit({ ...report, ...at }),
    signal: execution.signal,
  });
}
