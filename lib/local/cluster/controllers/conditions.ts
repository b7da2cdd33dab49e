import type { Condition } from '../types';

/** Puts a condition into a list: the transition time moves only when its status does; equal ones change nothing. */
export function setCondition(list: readonly Condition[] | undefined, condition: Condition, now: string): Condition[] {
  const current = list?.find((c) => c.type === condition.type);
  const { status, reason, message } = condition;
  if (current && current.status === status && current.reason === reason && current.message === message)
    return [...(list ?? [])];
  const entry: Condition = {
    ...condition,
    lastUpdateTime: now,
    lastTransitionTime: current?.status === status ? (current.lastTransitionTime ?? now) : now,
  };
  return [...(list ?? []).filter((c) => c.type !== condition.type), entry];
}

export const findCondition = (list: readonly Condition[] | undefined, type: string): Condition | undefined =>
  list?.find((c) => c.type === type);

export const withoutCondition = (list: readonly Condition[] | undefined, type: string): Condition[] =>
  (list ?? []).filter((c) => c.type !== type);
