import { stringify } from 'yaml';

/** A Kubernetes object that a drill may still change. */
// biome-ignore lint/suspicious/noExplicitAny: manifests are edited freely, by path
export type Manifest = Record<string, any>;

export interface ManifestOptions {
  readonly service: string;
  /** As the deployer pins it. */
  readonly image: string;
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly replicas?: number;
  /** Of the container. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly serviceType?: 'ClusterIP' | 'LoadBalancer';
}

/** The drills' service: a workload and its Service, in this order. */
export function manifestsOf(options: ManifestOptions): [workload: Manifest, service: Manifest] {
  const { service, kind = 'Deployment', replicas = 2, serviceType = 'LoadBalancer' } = options;
  const labels = { 'app.kubernetes.io/name': service };
  return [
    {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name: service, labels },
      spec: {
        ...(kind === 'DaemonSet' ? {} : { replicas }),
        ...(kind === 'StatefulSet' ? { serviceName: service } : {}),
        ...(kind === 'Deployment' ? { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } : {}),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(options) },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service, labels },
      spec: { type: serviceType, selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
  ];
}

export function podSpec({ image, environment = {} }: Pick<ManifestOptions, 'image' | 'environment'>): Manifest {
  return {
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: 'server',
        image,
        ports: [{ name: 'http', containerPort: 8080 }],
        env: Object.entries(environment).map(([name, value]) => ({ name, value })),
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
        resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '256Mi' } },
      },
    ],
  };
}

/** The first container of a workload's pods. */
export const container = (workload: Manifest): Manifest => workload['spec'].template.spec.containers[0];

export const toYaml = (objects: readonly Manifest[]): string =>
  objects.map((object) => stringify(object, { lineWidth: 0, version: '1.1' })).join('---\n');
