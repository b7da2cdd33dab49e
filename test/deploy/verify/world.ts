import type { KubeObject } from '../../../lib/deploy/objects';
import type { Expectation, Snapshot } from '../../../lib/deploy/verdict';
import type { Rules } from '../../../lib/deploy/verify/judge';
import type { Event, Pod, ReplicaSet, WorkloadObject } from '../../../lib/deploy/verify/shapes';

/** Objects as kube-apiserver 1.35 gives them, with what verification reads, put together for one look. */

export const DIGEST = `sha256:${'a'.repeat(64)}`;
export const OTHER = `sha256:${'b'.repeat(64)}`;
export const START = Date.parse('2026-01-01T12:00:00Z');
export const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString().replace('.000', '');

export const template = (image = `repo/app@${DIGEST}`, hash?: string): object => ({
  metadata: { creationTimestamp: null, labels: { app: 'web', ...(hash ? { 'pod-template-hash': hash } : {}) } },
  spec: { containers: [{ name: 'app', image, imagePullPolicy: 'IfNotPresent' }], restartPolicy: 'Always' },
});

export const NEW = template();
export const OLD = template(`repo/app@${OTHER}`);

type Spec<T extends KubeObject> = { metadata?: object; spec?: T['spec']; status?: T['status'] };

export const workload = (kind: string, { metadata, spec, status }: Spec<WorkloadObject> = {}): WorkloadObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name: 'web', namespace: 'shop', uid: 'workload', generation: 2, ...metadata },
  spec: { ...(kind === 'DaemonSet' || kind === 'Job' ? {} : { replicas: 2 }), template: NEW, ...spec },
  status: { observedGeneration: 2, ...status },
});

const owned = (kind: string, name: string, uid: string) => ({
  namespace: 'shop',
  ownerReferences: [{ kind, name, uid, controller: true }],
});

export const replicaSet = (hash: string, { spec, status, metadata }: Spec<ReplicaSet> = {}): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `web-${hash}`,
    uid: `rs-${hash}`,
    creationTimestamp: at(0),
    ...owned('Deployment', 'web', 'workload'),
    ...metadata,
  },
  spec: { replicas: 2, template: template(hash === 'new' ? undefined : `repo/app@${OTHER}`, hash), ...spec },
  status: { replicas: 2, readyReplicas: 2, availableReplicas: 2, ...status },
});

export interface PodOptions {
  readonly owner?: readonly [kind: string, name: string, uid: string];
  readonly metadata?: object;
  readonly spec?: Pod['spec'];
  readonly status?: Pod['status'];
  readonly container?: object;
  readonly ready?: boolean;
}

export const pod = (name: string, options: PodOptions = {}): Pod => {
  const { owner = ['ReplicaSet', 'web-new', 'rs-new'], ready = true, container } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, uid: `uid-${name}`, creationTimestamp: at(1), ...owned(...owner), ...options.metadata },
    spec: {
      restartPolicy: 'Always',
      containers: [{ name: 'app', image: `repo/app@${DIGEST}`, resources: { limits: { memory: '64Mi' } } }],
      ...options.spec,
    },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: ready ? 'True' : 'False' },
      ],
      containerStatuses: [
        {
          name: 'app',
          ready,
          restartCount: 0,
          imageID: `repo/app@${DIGEST}`,
          state: { running: { startedAt: at(2) } },
          lastState: {},
          ...container,
        },
      ],
      ...options.status,
    },
  };
};

/** A pod whose only container waits. */
export const waitingPod = (name: string, reason: string, message = '', more: object = {}): Pod =>
  pod(name, {
    ready: false,
    container: { imageID: '', state: { waiting: { reason, message } }, ...more },
    status: undefined,
  });

export const event = (about: KubeObject, reason: string, message: string, more: object = {}): Event => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: `${about.metadata.name}.${reason}`,
    uid: `event-${about.metadata.name}-${reason}`,
    namespace: 'shop',
  },
  involvedObject: {
    kind: about.kind,
    name: about.metadata.name,
    ...(about.metadata.uid ? { uid: about.metadata.uid } : {}),
  },
  type: 'Warning',
  reason,
  message,
  count: 1,
  lastTimestamp: at(3),
  ...more,
});

export const look = (parts: Partial<Snapshot> = {}, seconds = 5): Snapshot => ({
  workloads: [],
  replicaSets: [],
  pods: [],
  events: [],
  at: START + seconds * 1000,
  ...parts,
});

export const expected = (kind: Expectation['workload']['kind'], more: Partial<Expectation> = {}): Expectation => ({
  workload: { kind, namespace: 'shop', name: 'web' },
  generation: 2,
  template: NEW,
  digests: { app: DIGEST },
  minimumPods: 1,
  ...more,
});

export const rules = (more: Partial<Rules> = {}): Rules => ({
  startedAt: START,
  limit: 300,
  until: START + 300_000,
  ...more,
});
