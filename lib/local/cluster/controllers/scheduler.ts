import type { Clock } from '../clock';
import { timestamp } from '../clock';
import type { Recorder } from '../events';
import { NODE } from '../kubelet/context';
import type { Registry } from '../registry';
import type { Change } from '../store/store';
import type { Node, Pod } from '../types';
import { claimsOf } from './claims';
import { findCondition, setCondition } from './conditions';
import type { Controller } from './manager';
import { misplaced, Room } from './placement';
import { isFinished, isTerminating } from './pods';

const COMPONENT = 'default-scheduler';

/**
 * Puts pods on the one node, oldest first, where it takes them and has room for what they request; the others wait, with the
 * scheduler's own words, until something changes.
 */
export class Scheduler implements Controller {
  readonly name = 'scheduler';

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly recorder: Recorder,
  ) {}

  /** One key: every pod competes for the same room. */
  keys({ type, object, previous }: Change): readonly string[] {
    if (object.kind === 'Node' || object.kind === 'PersistentVolumeClaim') return [''];
    if (object.kind !== 'Pod') return [];
    const pod = object as Pod;
    const left = type === 'DELETED' || (isFinished(pod) && !(previous && isFinished(previous as Pod)));
    return left || waits(pod) ? [''] : [];
  }

  reconcile(): undefined {
    const { store } = this.registry;
    const pods = store.list<Pod>('Pod');
    const waiting = pods.filter(waits);
    const node = store.get<Node>('Node', undefined, NODE);
    if (waiting.length === 0 || !node) return;
    const room = new Room(node);
    for (const pod of pods) if (pod.spec.nodeName === NODE && !isFinished(pod)) room.take(pod.spec);
    for (const pod of waiting.sort(byAge)) {
      const why = this.obstacle(pod, node, room);
      if (why !== undefined) this.wait(pod, why);
      else {
        room.take(pod.spec);
        this.bind(pod);
      }
    }
  }

  private obstacle(pod: Pod, node: Node, room: Room): string | undefined {
    const claims = claimsOf(pod);
    const missing = claims.find(
      (name) => !this.registry.store.get('PersistentVolumeClaim', pod.metadata.namespace, name),
    );
    if (missing) return explain(`persistentvolumeclaim "${missing}" not found`, false);
    const elsewhere = misplaced(pod.spec, node);
    if (elsewhere) return explain(`1 ${elsewhere}`, false);
    const lacking = room.lacks(pod.spec);
    return lacking.length > 0 ? explain(lacking.map((what) => `1 ${what}`).join(', '), true) : undefined;
  }

  private bind(pod: Pod): void {
    this.registry.change<Pod>(pod, (copy) => {
      copy.spec.nodeName = NODE;
    });
    const { namespace, name } = pod.metadata;
    this.recorder.record(
      pod,
      'Normal',
      'Scheduled',
      `Successfully assigned ${namespace}/${name} to ${NODE}`,
      COMPONENT,
    );
  }

  private wait(pod: Pod, message: string): void {
    const before = findCondition(pod.status?.conditions, 'PodScheduled');
    if (before?.status === 'False' && before.message === message) return;
    this.registry.change<Pod>(pod, (copy) => {
      const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
      const conditions = setCondition(copy.status?.conditions, condition, timestamp(this.clock.now()));
      copy.status = {
        ...copy.status,
        phase: 'Pending',
        conditions: conditions.map(({ lastUpdateTime: _, ...rest }) => rest),
      };
    });
    this.recorder.record(pod, 'Warning', 'FailedScheduling', message, COMPONENT);
  }
}

const waits = (pod: Pod): boolean => !pod.spec.nodeName && !isTerminating(pod) && !isFinished(pod);

const byAge = (a: Pod, b: Pod): number =>
  a.metadata.creationTimestamp < b.metadata.creationTimestamp
    ? -1
    : a.metadata.creationTimestamp > b.metadata.creationTimestamp
      ? 1
      : Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion);

/** As the scheduler of Kubernetes 1.35 says it. */
function explain(why: string, room: boolean): string {
  const preemption = room ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling';
  return `0/1 nodes are available: ${why}. no new claims to deallocate, preemption: 0/1 nodes are available: 1 ${preemption}.`;
}
