import { parseQuantity } from '../../quantity';
import type { KubeObject } from '../objects';
import { fieldsAt, itemsOf } from '../render/fields';
import { podTemplateOf } from '../render/pod-template';

/** Amounts by the names that quotas have for them, e.g. `pods`, `requests.cpu`. */
export type Amounts = Readonly<Record<string, number>>;

/**
 * What one pod of the workload counts for: the sum over its containers, or the largest init container where that is more.
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export function podDemand(workload: KubeObject): Amounts {
  const spec = fieldsAt(podTemplateOf(workload), 'spec');
  const amounts: Record<string, number> = { pods: 1, 'count/pods': 1 };
  for (const [side, resource] of SIDES) {
    const of = (list: string): number[] =>
      itemsOf(spec?.[list]).map((container) => amountIn(container, side, resource));
    const sum = of('containers').reduce((total, each) => total + each, 0);
    const amount = Math.max(sum, ...of('initContainers'));
    if (amount === 0) continue;
    amounts[`${side}.${resource}`] = amount;
    if (side === 'requests') amounts[resource] = amount;
  }
  return amounts;
}

const SIDES = [
  ['requests', 'cpu'],
  ['requests', 'memory'],
  ['limits', 'cpu'],
  ['limits', 'memory'],
] as const;

/** A container without a request requests its limit. */
function amountIn(container: unknown, side: 'requests' | 'limits', resource: string): number {
  const own = parseQuantity(fieldsAt(container, 'resources', side)?.[resource]);
  const limit = parseQuantity(fieldsAt(container, 'resources', 'limits')?.[resource]);
  return own ?? (side === 'requests' ? limit : undefined) ?? 0;
}

/** How many pods of a workload there are, must be made in all, and must be made before an old one may go. */
export interface PodPlan {
  readonly old: number;
  readonly wanted: number;
  readonly surge: number;
  /** Whether the rollout can go on by ending an old pod first. */
  readonly endsFirst: boolean;
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment */
export function podPlan(workload: KubeObject, live: KubeObject | undefined): PodPlan {
  const spec = fieldsAt(workload, 'spec');
  const wanted = countIn(spec?.['replicas'], countIn(fieldsAt(live, 'spec')?.['replicas'], 1));
  const old = countIn(fieldsAt(live, 'status')?.['replicas'], 0);
  if (workload.kind !== 'Deployment') return { old, wanted, surge: 0, endsFirst: true };
  if (fieldsAt(spec, 'strategy')?.['type'] === 'Recreate') return { old, wanted, surge: 0, endsFirst: true };
  const rolling = fieldsAt(spec, 'strategy', 'rollingUpdate');
  const surge = share(rolling?.['maxSurge'] ?? '25%', wanted, Math.ceil);
  const unavailable = share(rolling?.['maxUnavailable'] ?? '25%', wanted, Math.floor);
  return { old, wanted, surge, endsFirst: unavailable > 0 || surge === 0 };
}

const countIn = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

function share(value: unknown, of: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(`${value}`)?.[1];
  return percent === undefined ? 0 : round((Number(percent) / 100) * of);
}
