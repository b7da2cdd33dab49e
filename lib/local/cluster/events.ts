import { type Clock, timestamp } from './clock';
import { suffix } from './names';
import type { Store } from './store/store';
import type { ClusterEvent, KubeObject } from './types';

/** Events that are kept; the oldest go first. Kubernetes keeps an hour. */
const KEPT = 500;

/** Writes the cluster's events; the same thing said again about the same object counts up instead. */
export class Recorder {
  private readonly said = new Map<string, Map<string, string>>();

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
    const names = this.namesIn(namespace);
    const id = JSON.stringify([uid, reason, message, component, field]);
    const known = names.get(id);
    const same = known && this.store.get<ClusterEvent>('Event', namespace, known);
    if (same) {
      this.store.put({ ...same, count: same.count + 1, lastTimestamp: now });
      names.delete(id);
      names.set(id, known);
      return;
    }
    for (const [old, each] of [...names].slice(0, Math.max(0, names.size - KEPT))) {
      this.store.remove('Event', namespace, each);
      names.delete(old);
    }
    const event = `${name}.${suffix(16)}`;
    names.set(id, event);
    this.store.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: event,
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

  /** What has been said in a namespace -> the name of its event, least recently said first. */
  private namesIn(namespace: string): Map<string, string> {
    let names = this.said.get(namespace);
    if (!names) {
      const events = this.store.list<ClusterEvent>('Event', namespace);
      const byTime = events.sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
      names = new Map(byTime.map((event) => [idOf(event), event.metadata.name]));
      this.said.set(namespace, names);
    }
    return names;
  }
}

const idOf = ({ involvedObject, reason, message, source }: ClusterEvent): string =>
  JSON.stringify([involvedObject.uid, reason, message, source?.component, involvedObject.fieldPath]);
