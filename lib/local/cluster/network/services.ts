import type { Recorder } from '../events';
import type { Registry } from '../registry';
import type { Change } from '../store/store';
import type { KubeObject, Service, ServicePort } from '../types';
import { type Backend, PortProxy } from './proxy';

/** Kubernetes' default range of node ports. */
const FIRST = 30_000;
const LAST = 32_767;

/**
 * The node ports of every service: a loopback port each, listened on from before the service exists until it is gone. They are
 * the only way to a service here, so a ClusterIP service has them too.
 */
export class ServicePorts {
  private readonly proxies = new Map<number, PortProxy>();

  constructor(
    private readonly registry: Registry,
    private readonly recorder: Recorder,
  ) {}

  /** Gives each port of a service that is about to be stored a node port of its own, keeping those it has. */
  async reserve(object: KubeObject): Promise<void> {
    const service = object as Service;
    if (!isProxied(service)) return;
    const { namespace = '', name } = service.metadata;
    const stored = this.registry.store.get<Service>('Service', namespace, name);
    const inherited = new Map(stored?.spec.ports?.map((port) => [portId(port), port.nodePort]));
    for (const port of service.spec.ports ?? []) {
      const wanted = port.nodePort ?? inherited.get(portId(port));
      if (wanted !== undefined && this.proxies.has(wanted)) port.nodePort = wanted;
      else port.nodePort = await this.listen(wanted ?? start(`${namespace}/${name}/${portId(port)}`));
    }
  }

  /** Listens again for services of an earlier life; one whose port was taken meanwhile gets another. */
  async restore(): Promise<void> {
    for (const service of this.registry.store.list<Service>('Service')) {
      if (!isProxied(service)) continue;
      const ports = structuredClone(service.spec.ports ?? []);
      for (const port of ports) {
        const before = port.nodePort;
        port.nodePort = await this.listen(before ?? FIRST);
        if (before === port.nodePort) continue;
        const message = `Node port ${before} of port ${port.port} is in use; ${port.nodePort} takes its place`;
        this.recorder.record(service, 'Warning', 'PortAlreadyAllocated', message, 'portallocator');
      }
      this.registry.change<Service>(service, (copy) => {
        copy.spec.ports = ports;
      });
    }
  }

  /** Closes what a change leaves without a service. */
  see({ type, object, previous }: Change): void {
    if (object.kind !== 'Service') return;
    const kept = new Set(type === 'DELETED' ? [] : nodePorts(object as Service));
    for (const port of nodePorts(previous as Service | undefined)) {
      if (kept.has(port)) continue;
      this.proxies.get(port)?.close();
      this.proxies.delete(port);
    }
  }

  route(nodePort: number, backends: readonly Backend[]): void {
    this.proxies.get(nodePort)?.route(backends);
  }

  close(): void {
    for (const proxy of this.proxies.values()) proxy.close();
    this.proxies.clear();
  }

  private async listen(from: number): Promise<number> {
    const range = LAST - FIRST + 1;
    for (let i = 0; i < range; i++) {
      // Steps of a prime spread the attempts, so that two clusters on one machine seldom meet.
      const port = FIRST + ((((from - FIRST + i * 1_009) % range) + range) % range);
      if (this.proxies.has(port)) continue;
      const proxy = await PortProxy.listen(port);
      if (!proxy) continue;
      this.proxies.set(port, proxy);
      return port;
    }
    throw new Error(`no free port on 127.0.0.1 between ${FIRST} and ${LAST}`);
  }
}

export const isProxied = (service: Service): boolean =>
  service.spec.type !== 'ExternalName' && service.spec.clusterIP !== 'None';

const portId = (port: ServicePort): string => `${port.port}/${port.protocol}`;

const nodePorts = (service: Service | undefined): number[] =>
  (service?.spec.ports ?? []).flatMap((port) => (port.nodePort === undefined ? [] : [port.nodePort]));

/** Where to look first: the same service finds the same port again. */
function start(id: string): number {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  return FIRST + (hash % (LAST - FIRST + 1));
}
