import { type Clock, timestamp } from './clock';
import { suffix } from './names';
import type { Store } from './store/store';
import type { ClusterEvent, KubeObject } from './types';

/** Events that are kept; the oldest go first. Kubernetes keeps an hour. */
const KEPT = 500;

/** Writes the cluster's events; the same thing said again about the same object counts up instead. */
export class Recorder {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  record(
    about: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    component: string,
    field?: string,
  ): void {
    const { name, uid, resourceVersion } = about.metadata;
    const namespace = about.metadata.namespace ?? (about.kind === 'Namespace' ? name : 'default');
    if (!this.store.get('Namespace', undefined, namespace)) return;
    const now = timestamp(this.clock.now());
    const events = this.store.list<ClusterEvent>('Event', namespace);
    const same = events.find(
      (e) =>
        e.involvedObject.uid === uid &&
        e.reason === reason &&
        e.message === message &&
        e.source.component === component &&
        e.involvedObject.fieldPath === field,
    );
    if (same) {
      this.store.put({ ...same, count: same.count + 1, lastTimestamp: now });
      return;
    }
    for (const old of oldest(events, events.length - KEPT)) this.store.remove('Event', namespace, old.metadata.name);
    this.store.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: `${name}.${suffix(16)}`,
        namespace,
        uid: `${uid}-${suffix(8)}`,
        resourceVersion: '',
        creationTimestamp: now,
      },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        ...(about.metadata.namespace ? { namespace } : {}),
        name,
        uid,
        resourceVersion,
        ...(field ? { fieldPath: field } : {}),
      },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
      eventTime: null,
    });
  }
}

function oldest(events: readonly ClusterEvent[], count: number): readonly ClusterEvent[] {
  if (count <= 0) return [];
  return [...events]
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .slice(0, count);
}
