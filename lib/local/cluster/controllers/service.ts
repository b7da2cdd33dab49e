import type { Clock } from '../clock';
import { timestamp } from '../clock';
import type { Backend } from '../network/proxy';
import { isProxied, type ServicePorts } from '../network/services';
import type { Registry } from '../registry';
import { matchesLabels } from '../selectors';
import type { Change } from '../store/store';
import type { Container, KubeObject, Pod, Service, ServicePort } from '../types';
import { type Controller, keyFor, splitKey } from './manager';
import { controlledBy, isFinished, isReady, isTerminating } from './pods';

/** Port on the machine of each port that a container declares: `containerPort` -> loopback port. */
export type PortMap = Readonly<Record<string, number>>;

/** Annotation of a pod that says where its container ports really are (JSON of PortMap). */
export const PORTS = 'slipway.dev/ports';

export const portMapOf = (pod: Pod): PortMap => {
  const text = pod.metadata.annotations?.[PORTS];
  return text ? (JSON.parse(text) as PortMap) : {};
};

/** Keeps endpoints, the proxies' backends and the load balancer's address of each service. */
export class ServiceController implements Controller {
  readonly name = 'service';

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly ports: ServicePorts,
  ) {}

  keys({ object, previous }: Change): readonly string[] {
    if (object.kind === 'Service') return [keyFor(object)];
    if (object.kind !== 'Pod') return [];
    return this.registry.store
      .list<Service>('Service', object.metadata.namespace)
      .filter((s) => selects(s, object as Pod) || (previous && selects(s, previous as Pod)))
      .map(keyFor);
  }

  reconcile(key: string): undefined {
    const [namespace, name] = splitKey(key);
    const { store } = this.registry;
    const service = store.get<Service>('Service', namespace, name);
    if (!service) return;
    this.balance(service);
    if (!service.spec.selector) return;
    const pods = store
      .list<Pod>('Pod', namespace)
      .filter((pod) => selects(service, pod) && !isFinished(pod) && pod.status?.podIP);
    const serving = pods.filter(
      (pod) => !isTerminating(pod) && (isReady(pod) || service.spec.publishNotReadyAddresses),
    );
    for (const port of service.spec.ports ?? []) {
      if (port.nodePort !== undefined)
        this.ports.route(
          port.nodePort,
          serving.flatMap((pod) => backend(pod, port) ?? []),
        );
    }
    this.publish(service, pods, serving);
  }

  private balance(service: Service): void {
    if (service.spec.type !== 'LoadBalancer' || !isProxied(service)) return;
    this.registry.change<Service>(service, (copy) => {
      const ports = (copy.spec.ports ?? []).flatMap((p) =>
        p.nodePort ? [{ port: p.nodePort, protocol: p.protocol }] : [],
      );
      copy.status = { loadBalancer: { ingress: [{ ip: '127.0.0.1', ports }] } };
    });
  }

  private publish(service: Service, pods: readonly Pod[], serving: readonly Pod[]): void {
    const { name, namespace, labels } = service.metadata;
    const ports = service.spec.ports ?? [];
    const target = (pod: Pod) => ({ kind: 'Pod', name: pod.metadata.name, namespace, uid: pod.metadata.uid });
    // Every pod has the same address and ports of its own, so each is a subset, and a slice has one per pod and port.
    const subsets = pods.flatMap((pod) => {
      const list = serving.includes(pod) ? 'addresses' : isTerminating(pod) ? undefined : 'notReadyAddresses';
      const found = ports.flatMap((port) => {
        const to = backend(pod, port);
        return to ? [{ ...(port.name ? { name: port.name } : {}), port: to.port, protocol: port.protocol }] : [];
      });
      if (!list || found.length === 0) return [];
      return [{ [list]: [{ ip: '127.0.0.1', nodeName: pod.spec.nodeName, targetRef: target(pod) }], ports: found }];
    });
    this.put(service, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name, namespace, labels },
      ...(subsets.length > 0 ? { subsets } : {}),
    });
    const owner = controlledBy(service);
    for (const slice of this.registry.store.list('EndpointSlice', namespace)) {
      const mine = slice.metadata.ownerReferences?.some((o) => o.uid === service.metadata.uid);
      const pod = slice.metadata.name.slice(name.length + 1);
      if (mine && !pods.some((p) => p.metadata.uid === pod))
        this.registry.store.remove('EndpointSlice', namespace, slice.metadata.name);
    }
    for (const pod of pods) {
      this.put(service, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${name}-${pod.metadata.uid}`,
          namespace,
          labels: {
            ...labels,
            'kubernetes.io/service-name': name,
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
          ownerReferences: [owner],
        },
        addressType: 'IPv4',
        endpoints: [
          {
            addresses: ['127.0.0.1'],
            conditions: { ready: serving.includes(pod), serving: isReady(pod), terminating: isTerminating(pod) },
            nodeName: pod.spec.nodeName,
            targetRef: target(pod),
          },
        ],
        ports: ports.flatMap((port) => {
          const to = backend(pod, port);
          return to ? [{ name: port.name ?? '', port: to.port, protocol: port.protocol }] : [];
        }),
      });
    }
  }

  private put(
    service: Service,
    object: Record<string, unknown> & { kind: string; metadata: { name: string } & Record<string, unknown> },
  ): void {
    const { store } = this.registry;
    const current = store.get(object.kind, service.metadata.namespace, object.metadata.name);
    if (!current) {
      const made = JSON.parse(JSON.stringify(object)) as KubeObject;
      made.metadata.creationTimestamp = timestamp(this.clock.now());
      made.metadata.uid = `${service.metadata.uid}-${object.kind}-${store.revision}`;
      store.put(made);
      return;
    }
    this.registry.change(current, (copy) => {
      const { metadata, ...rest } = JSON.parse(JSON.stringify(object)) as KubeObject;
      delete copy['subsets'];
      Object.assign(copy, rest, { metadata: { ...copy.metadata, labels: metadata.labels } });
      if (!metadata.labels) delete copy.metadata.labels;
    });
  }
}

const selects = (service: Service, pod: Pod): boolean =>
  service.spec.selector !== undefined && matchesLabels({ matchLabels: service.spec.selector }, pod.metadata.labels);

function backend(pod: Pod, port: ServicePort): Backend | undefined {
  const number = resolvePort([...pod.spec.containers, ...(pod.spec.initContainers ?? [])], port.targetPort);
  const real = number === undefined ? undefined : portMapOf(pod)[String(number)];
  return real === undefined ? undefined : { host: '127.0.0.1', port: real };
}

/** The container port that a name or a number means. */
export function resolvePort(containers: readonly Container[], port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  return containers.flatMap((c) => c.ports ?? []).find((p) => p.name === port)?.containerPort;
}
