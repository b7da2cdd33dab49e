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

/** Shares a new total among ReplicaSets in proportion to what each has, the rest to the first (the biggest). */
export function proportional(total: number, sizes: readonly number[]): number[] {
  const before = sizes.reduce((a, b) => a + b, 0);
  if (before === 0) return sizes.map((_, i) => (i === 0 ? total : 0));
  const shares = sizes.map((size) => Math.floor((size * total) / before));
  const rest = total - shares.reduce((a, b) => a + b, 0);
  return shares.map((share, i) => (i === 0 ? share + rest : share));
}
