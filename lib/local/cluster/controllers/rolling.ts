import type { DeploymentStrategy, IntOrString } from '../types';

/** How far a rolling update may go over and under the wanted number of pods. */
export interface Bounds {
  readonly surge: number;
  readonly unavailable: number;
}

/** Percentages of `replicas`: a surge rounds up, unavailability down; both zero would never move, so then one may be missing. */
export function boundsOf(strategy: DeploymentStrategy, replicas: number): Bounds {
  if (strategy.type === 'Recreate') return { surge: 0, unavailable: replicas };
  const surge = portion(strategy.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
  const unavailable = portion(strategy.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
  return surge === 0 && unavailable === 0
    ? { surge, unavailable: 1 }
    : { surge, unavailable: Math.min(unavailable, replicas) };
}

/** A number, or a percentage of `of`. */
export function portion(value: IntOrString, of: number, round: (x: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? Number.parseInt(value, 10) || 0 : round((Number(percent) * of) / 100);
}

/** A ReplicaSet in numbers. */
export interface Size {
  readonly replicas: number;
  readonly available: number;
}

/** Pods that the new ReplicaSet may have now. */
export function newSize(wanted: number, bounds: Bounds, current: Size, old: readonly Size[]): number {
  if (current.replicas >= wanted) return wanted;
  const room = wanted + bounds.surge - current.replicas - sum(old, 'replicas');
  return room <= 0 ? current.replicas : Math.min(wanted, current.replicas + room);
}

/**
 * Pods that each old ReplicaSet keeps, in the order given (oldest first): first those go that serve nobody, then available ones
 * as far as `unavailable` allows.
 */
export function oldSizes(wanted: number, bounds: Bounds, current: Size, old: readonly Size[]): number[] {
  const total = current.replicas + sum(old, 'replicas');
  const minimum = wanted - bounds.unavailable;
  const currentMissing = Math.max(0, current.replicas - current.available);
  let excess = total - minimum - currentMissing;
  if (excess <= 0) return old.map((set) => set.replicas);
  const sizes = old.map((set) => set.replicas);
  for (const [i, set] of old.entries()) {
    const idle = Math.min(excess, set.replicas - set.available);
    if (idle <= 0) continue;
    sizes[i] = set.replicas - idle;
    excess -= idle;
  }
  let spare = current.available + sum(old, 'available') - minimum;
  for (const [i, size] of sizes.entries()) {
    if (spare <= 0) break;
    const fewer = Math.min(spare, size);
    sizes[i] = size - fewer;
    spare -= fewer;
  }
  return sizes;
}

const sum = (sizes: readonly Size[], field: keyof Size): number =>
  sizes.reduce((total, size) => total + size[field], 0);

/** A ReplicaSet that takes part in proportional scaling. */
export interface Share {
  readonly replicas: number;
  /** Pods that all ReplicaSets might have together when this one was last scaled. */
  readonly before: number;
  readonly created: string;
}

/**
 * Shares a new total (`wanted` and the surge; nothing for 0) among active ReplicaSets in proportion to what each has, the rest to the
 * biggest: `scale` and `GetProportion` of Kubernetes' deployment controller.
 */
export function proportional<T extends Share>(
  wanted: number,
  surge: number,
  shares: readonly T[],
): { share: T; size: number }[] {
  const allowed = wanted > 0 ? wanted + surge : 0;
  const toAdd = allowed - shares.reduce((total, share) => total + share.replicas, 0);
  // Growing favours the newer of equals, shrinking the older.
  const age = (a: T, b: T) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0) * (toAdd > 0 ? 1 : -1);
  const sorted = [...shares].sort((a, b) => b.replicas - a.replicas || age(a, b));
  let added = 0;
  const result = sorted.map((share) => {
    if (toAdd === 0 || toAdd === added) return { share, size: share.replicas };
    const fraction =
      wanted === 0 ? -share.replicas : Math.round((share.replicas * (wanted + surge)) / share.before) - share.replicas;
    const portion = toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
    added += portion;
    return { share, size: share.replicas + portion };
  });
  const [first] = result;
  if (first) first.size = Math.max(0, first.size + toAdd - added);
  return result;
}
