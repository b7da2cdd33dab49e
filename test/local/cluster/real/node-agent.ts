import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sendLog } from '../../../../lib/local/cluster/api/logs';
import { systemClock } from '../../../../lib/local/cluster/clock';
import { Manager } from '../../../../lib/local/cluster/controllers/manager';
import { portMapOf, ServiceController } from '../../../../lib/local/cluster/controllers/service';
import { Recorder } from '../../../../lib/local/cluster/events';
import type { Images } from '../../../../lib/local/cluster/images';
import { NODE } from '../../../../lib/local/cluster/kubelet/context';
import { Kubelet } from '../../../../lib/local/cluster/kubelet/kubelet';
import { ServicePorts } from '../../../../lib/local/cluster/network/services';
import { Registry } from '../../../../lib/local/cluster/registry';
import { type Change, Store } from '../../../../lib/local/cluster/store/store';
import { identityOf } from '../../../../lib/local/cluster/tls';
import type { KubeObject, Pod, Service } from '../../../../lib/local/cluster/types';
import { PodAddress } from './pod-address';
import type { RemoteApi } from './remote-api';

/** What the node reads of the API; it writes the status of Pods and Services, and Events. */
const MIRRORED = {
  Namespace: '/api/v1/namespaces',
  ConfigMap: '/api/v1/configmaps',
  Secret: '/api/v1/secrets',
  Service: '/api/v1/services',
  Pod: `/api/v1/pods?fieldSelector=spec.nodeName%3D${NODE}`,
} as const;

const MERGE = 'application/merge-patch+json';

export interface NodeAgentOptions {
  readonly api: RemoteApi;
  readonly images: Images;
  /** For the pods' files and logs. */
  readonly folder: string;
  readonly onError: (message: string) => void;
}

/**
 * The embedded cluster's kubelet as a node of a real API server: its pods are processes here too, everything else (API, controllers,
 * scheduler) is Kubernetes' own. It mirrors what it needs into a store of its own and sends back what the kubelet writes there.
 */
export class NodeAgent {
  private readonly store: Store;
  private readonly ports: ServicePorts;
  private readonly kubelet: Kubelet;
  private readonly manager: Manager;
  private readonly ending = new AbortController();
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly addresses = new Map<string, PodAddress>();
  private count = 1;
  private fromApi = false;
  private logs: Server | undefined;
  private watches: Promise<void>[] = [];

  constructor(private readonly options: NodeAgentOptions) {
    const { folder, images, onError } = options;
    mkdirSync(folder, { recursive: true });
    this.store = Store.open(join(folder, `mirror-${process.pid}.jsonl`));
    const recorder = new Recorder(this.store, systemClock);
    const registry = new Registry(this.store, systemClock, []);
    this.ports = new ServicePorts(registry, recorder);
    this.kubelet = new Kubelet({
      registry,
      recorder,
      clock: systemClock,
      images,
      commands: () => ({}),
      path: () => process.env['PATH'] ?? '',
      folder,
      backOff: () => ({ initial: 1_000, maximum: 4_000 }),
      onError,
    } as ConstructorParameters<typeof Kubelet>[0]);
    this.manager = new Manager(this.store, [new ServiceController(registry, systemClock, this.ports)], onError);
  }

  async start(): Promise<void> {
    await this.register(await this.serveLogs());
    this.store.subscribe((change) => this.ports.see(change));
    this.store.subscribe((change) => {
      if (!this.fromApi) this.push(change);
    });
    for (const [kind, path] of Object.entries(MIRRORED)) {
      if (kind === 'Pod') this.kubelet.start();
      let { resourceVersion } = await this.resync(kind, path);
      const follow = async () => {
        while (!this.ending.signal.aborted) {
          await this.options.api
            .watch(
              path,
              resourceVersion,
              (event) => {
                if (event.type === 'ERROR') return;
                ({ resourceVersion = '' } = event.object.metadata);
                if (event.type === 'BOOKMARK') return;
                void this.receive({ ...event.object, kind }, event.type === 'DELETED');
              },
              this.ending.signal,
            )
            .catch(() => {});
          if (this.ending.signal.aborted) return;
          await delay(200);
          ({ resourceVersion } = await this.resync(kind, path).catch(() => ({ resourceVersion })));
        }
      };
      this.watches.push(follow());
    }
  }

  async stop(): Promise<void> {
    this.ending.abort();
    this.manager.stop();
    await this.kubelet.stop(1);
    await Promise.all(this.watches);
    this.logs?.close();
    this.logs?.closeAllConnections();
    this.ports.close();
    for (const address of this.addresses.values()) address.close();
    this.store.close();
  }

  private async resync(kind: string, path: string): Promise<{ resourceVersion: string }> {
    const { items, resourceVersion } = await this.options.api.list(path);
    for (const item of items) await this.receive(item, false);
    const known = new Set(items.map((item) => item.metadata.uid));
    for (const old of this.store.list(kind)) if (!known.has(old.metadata.uid)) await this.receive(old, true);
    return { resourceVersion };
  }

  private async receive(object: KubeObject, gone: boolean): Promise<void> {
    const { namespace, name, uid } = object.metadata;
    const mine = this.store.get(object.kind, namespace, name);
    if (object.kind === 'Service' && !gone) await this.ports.reserve(object as Service);
    if (mine?.metadata.uid === uid && object.kind === 'Pod') {
      // What the kubelet knows is newer than what it hears of itself.
      if (mine['status'] && 'containerStatuses' in (mine['status'] as object)) object['status'] = mine['status'];
      object.metadata.annotations = { ...object.metadata.annotations, ...mine.metadata.annotations };
    }
    this.fromApi = true;
    if (gone) {
      if (mine?.metadata.uid === uid) this.store.remove(object.kind, namespace, name);
    } else this.store.put(object);
    this.fromApi = false;
  }

  private push({ type, object, previous }: Change): void {
    const { namespace, name, uid } = object.metadata;
    const path = `/api/v1/namespaces/${namespace}/${object.kind.toLowerCase()}s/${name}`;
    if (object.kind === 'Event') {
      if ((object as unknown as { source: { component: string } }).source.component === 'default-scheduler') return;
      if (type === 'ADDED') this.send(path, 'POST', path.slice(0, path.lastIndexOf('/')), bare(object));
      else if (type === 'MODIFIED')
        this.send(path, 'PATCH', path, { count: object['count'], lastTimestamp: object['lastTimestamp'] }, MERGE);
    } else if (object.kind === 'Pod' && type === 'DELETED') {
      this.addresses.get(uid)?.close();
      this.send(path, 'DELETE', path, { gracePeriodSeconds: 0, preconditions: { uid } });
    } else if ((object.kind === 'Pod' || object.kind === 'Service') && type === 'MODIFIED') {
      if (object.kind === 'Pod') this.addresses.get(uid)?.listen(portMapOf(object as Pod));
      if (object.metadata.annotations !== previous?.metadata.annotations && object.kind === 'Pod')
        this.send(path, 'PATCH', path, { metadata: { uid, annotations: object.metadata.annotations } }, MERGE);
      if (JSON.stringify(object['status']) !== JSON.stringify(previous?.['status']))
        this.send(path, 'PATCH', `${path}/status`, { metadata: { uid }, status: this.outside(object) }, MERGE);
    }
  }

  private outside({ kind, metadata, status }: KubeObject): unknown {
    if (kind !== 'Pod') return status;
    const address = this.addresses.get(metadata.uid) ?? PodAddress.of(++this.count);
    this.addresses.set(metadata.uid, address);
    const { ip } = address;
    return { ...(status as object), hostIP: '192.0.2.1', podIP: ip, podIPs: [{ ip }] };
  }

  /** One after the other for each object. */
  private send(key: string, method: string, path: string, body: unknown, type?: string): void {
    const before = this.queues.get(key) ?? Promise.resolve();
    const attempt = async (): Promise<void> => {
      for (let tries = 0; !this.ending.signal.aborted && tries < 100; tries++) {
        const answer = await this.options.api.send(method, path, body, type).catch(() => undefined);
        if (answer && answer.status < 500 && answer.status !== 429) {
          if (answer.status >= 400 && answer.status !== 404 && answer.status !== 409)
            this.options.onError(`${method} ${path}: ${answer.status} ${answer.body}`);
          return;
        }
        await delay(250);
      }
    };
    this.queues.set(key, before.then(attempt));
  }

  /** The one part of a kubelet's own API that the API server asks for. Gives its port. */
  private async serveLogs(): Promise<number> {
    const server = createServer(await identityOf(this.options.folder), (request, response) => {
      const url = new URL(request.url ?? '/', 'https://node');
      const [, kind, namespace = '', name = '', container = ''] = url.pathname.split('/');
      const pod = this.store.get<Pod>('Pod', namespace, name);
      if (kind !== 'containerLogs' || !pod) {
        response.writeHead(404).end();
        return;
      }
      url.searchParams.set('container', container);
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      sendLog(
        { request, response, query: url.searchParams, signal: gone.signal } as unknown as Parameters<typeof sendLog>[0],
        pod,
        (of, which) => this.kubelet.log(of, which),
      );
    });
    this.logs = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  private async register(port: number): Promise<void> {
    const { api } = this.options;
    const amounts = { cpu: '8', memory: '16Gi', pods: '200', 'ephemeral-storage': '50Gi' };
    const metadata = { name: NODE, labels: { 'kubernetes.io/hostname': NODE, 'kubernetes.io/os': 'linux' } };
    await api.send('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata });
    const now = new Date().toISOString();
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    };
    const status = {
      capacity: amounts,
      allocatable: amounts,
      conditions: [ready],
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    };
    await api.send('PATCH', `/api/v1/nodes/${NODE}/status`, { status }, MERGE);
    await api.send('PATCH', `/api/v1/nodes/${NODE}`, { spec: { taints: null } }, MERGE);
  }
}

function bare(event: KubeObject): object {
  const { name, namespace } = event.metadata;
  return { ...event, metadata: { name, namespace } };
}
