import type { KubeObject } from '../../../lib/deploy/objects';
import type { Colour } from '../../../lib/deploy/strategy/labels';
import type { Live } from '../../../lib/deploy/strategy/live';

export const NAME = { 'app.kubernetes.io/name': 'shop' };
const SET = { 'slipway.dev/service': 'shop', 'slipway.dev/environment': 'dev' };

export interface DeploymentOptions {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly replicas?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Pods that are available; absent: all. */
  readonly available?: number;
}

/** As it is on the cluster. */
export function deployment(options: DeploymentOptions = {}): KubeObject {
  const { name = 'shop', labels = {}, version = '1', replicas = 2, annotations = {}, available = replicas } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, uid: `uid-${name}`, generation: 1, labels: { ...NAME, ...SET, ...labels }, annotations },
    spec: {
      replicas,
      selector: { matchLabels: { ...NAME, ...labels } },
      template: {
        metadata: { labels: { ...NAME, 'app.kubernetes.io/version': version, ...labels } },
        spec: { containers: [{ name: 'server', image: 'shop', ports: [{ name: 'http', containerPort: 8080 }] }] },
      },
    },
    status: { observedGeneration: 1, availableReplicas: available, updatedReplicas: replicas },
  };
}

export const inColour = (colour: Colour, options: DeploymentOptions = {}): KubeObject =>
  deployment({ name: `shop-${colour}`, labels: { 'slipway.dev/colour': colour }, ...options });

export const service = (selector: Readonly<Record<string, string>> = NAME, name = 'shop'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels: SET },
  spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
});

export const replicaSet = (of: KubeObject, hash: string, readyReplicas = 2): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `${of.metadata.name}-${hash}`,
    uid: `uid-${of.metadata.name}-${hash}`,
    labels: { ...NAME, 'pod-template-hash': hash },
    ownerReferences: [{ kind: 'Deployment', name: of.metadata.name, uid: of.metadata.uid as string }],
  },
  status: { readyReplicas },
});

export const autoscaler = (target = 'shop'): KubeObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'shop' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target }, minReplicas: 3, maxReplicas: 9 },
});

export const budget = (matchLabels: Readonly<Record<string, string>> = NAME): KubeObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'shop' },
  spec: { maxUnavailable: 1, selector: { matchLabels } },
});

export const live = (...objects: readonly KubeObject[]): Live => ({
  deployments: objects.filter(({ kind }) => kind === 'Deployment'),
  services: objects.filter(({ kind }) => kind === 'Service'),
  replicaSets: objects.filter(({ kind }) => kind === 'ReplicaSet'),
});
