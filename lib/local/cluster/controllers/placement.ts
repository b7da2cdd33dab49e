import { amountOf } from '../kubelet/downward';
import type { Node, PodSpec, Taint } from '../types';

type Toleration = NonNullable<PodSpec['tolerations']>[number];

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/**
 * Why a pod may not go to a node whatever room there is, in the scheduler's words; undefined: it may. Node affinity is not looked at.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/
 */
export function misplaced(spec: PodSpec, node: Node): string | undefined {
  if (node.spec.unschedulable && !tolerates(spec, UNSCHEDULABLE)) return 'node(s) were unschedulable';
  const taint = (node.spec.taints ?? []).find((t) => t.effect !== 'PreferNoSchedule' && !tolerates(spec, t));
  if (taint) return 'node(s) had untolerated taint(s)';
  const labels = node.metadata.labels ?? {};
  const selected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  return selected ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

const tolerates = (spec: PodSpec, taint: Taint): boolean => (spec.tolerations ?? []).some((t) => matches(t, taint));

function matches(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  return (
    toleration.operator === 'Exists' ||
    (toleration.key !== undefined && (toleration.value ?? '') === (taint.value ?? ''))
  );
}

/** What a pod reserves: the sum of its containers, or its biggest init container where that is more. */
export function requestsOf(spec: PodSpec): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  const amounts = (container: { resources?: { requests?: Record<string, string> } }) =>
    Object.entries(container.resources?.requests ?? {});
  const sidecars = (spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  for (const container of [...spec.containers, ...sidecars]) {
    for (const [name, amount] of amounts(container)) total[name] = (total[name] ?? 0) + amountOf(amount);
  }
  for (const container of spec.initContainers ?? []) {
    for (const [name, amount] of amounts(container)) total[name] = Math.max(total[name] ?? 0, amountOf(amount));
  }
  return total;
}

/** What a node has left for pods. */
export class Room {
  private readonly used: Record<string, number> = {};
  private pods = 0;

  constructor(private readonly node: Node) {}

  take(spec: PodSpec): void {
    this.pods++;
    for (const [name, value] of Object.entries(requestsOf(spec))) this.used[name] = (this.used[name] ?? 0) + value;
  }

  /** What there is too little of for one more pod, in the scheduler's words; empty: it fits. */
  lacks(spec: PodSpec): string[] {
    const amount = (name: string) => amountOf(this.node.status.allocatable?.[name] ?? '0');
    const short = Object.entries(requestsOf(spec))
      .filter(([name, value]) => value > 0 && (this.used[name] ?? 0) + value > amount(name) + ROUNDING)
      .map(([name]) => `Insufficient ${name}`)
      .sort();
    return this.pods + 1 > amount('pods') ? ['Too many pods', ...short] : short;
  }
}

/** Sums of thousandths are not exact. */
const ROUNDING = 1e-9;
