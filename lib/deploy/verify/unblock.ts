import type { Expectation, Snapshot } from '../verdict';
import type { WatchPorts } from './looks';
import { isReady, isTerminating, podsOf } from './pods';
import type { Pod, WorkloadObject } from './shapes';
import { ordinalOf, partitionOf, revisionOf } from './stateful-set';

/** Looks that must have seen a pod stand in the way. */
const LOOKS = 3;

/**
 * A StatefulSet with ordered pods waits for a broken pod of an older revision to become ready before it replaces it, which never
 * happens: such pods must be deleted by hand. That makes a rollback, and a release that repairs a broken one, go on.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
export class Unblocker {
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly namespace: string,
    private readonly ports: WatchPorts,
  ) {}

  async unblock(snapshot: Snapshot, expectations: readonly Expectation[]): Promise<void> {
    const { log, kubectl } = this.ports;
    for (const pod of standingInTheWay(snapshot, expectations)) {
      const key = pod.metadata.uid ?? pod.metadata.name;
      const looks = (this.seen.get(key) ?? 0) + 1;
      this.seen.set(key, looks);
      if (looks !== LOOKS) continue;
      const { name } = pod.metadata;
      log.info(`Pod/${name} is broken and of an older revision: its StatefulSet would wait for it for ever`);
      const deleted = await kubectl.run(['delete', 'pod', name, '--namespace', this.namespace, '--wait=false']);
      if (!deleted.ok) log.info(`could not delete it: ${deleted.errors[0]?.message}`);
    }
  }
}

/** Pods that the controller would replace, were it not waiting for them. */
export function standingInTheWay(snapshot: Snapshot, expectations: readonly Expectation[]): readonly Pod[] {
  const sets = snapshot.workloads.filter(
    (live) => live.kind === 'StatefulSet' && expectations.some(({ workload }) => workload.name === live.metadata.name),
  ) as readonly WorkloadObject[];
  return sets.flatMap((set) => {
    const { status = {}, spec = {}, metadata } = set;
    if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return [];
    if (spec.podManagementPolicy === 'Parallel' || spec.updateStrategy?.type === 'OnDelete') return [];
    return podsOf(snapshot, set).filter(
      (pod) =>
        !isReady(pod) &&
        !isTerminating(pod) &&
        status.updateRevision !== undefined &&
        revisionOf(pod) !== status.updateRevision &&
        ordinalOf(pod, set) >= partitionOf(set),
    );
  });
}
