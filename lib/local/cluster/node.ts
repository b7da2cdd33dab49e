import { randomUUID } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { type Clock, timestamp } from './clock';
import { equal } from './equal';
import { NODE } from './kubelet/context';
import type { Store } from './store/store';
import type { Node } from './types';

const NAMESPACES = ['default', 'kube-system'];

/**
 * Room of the node by default: far more than a laptop has, since requests reserve nothing here, and a real cluster would bring more
 * nodes. The machine's own numbers where they are higher.
 */
const GENEROUS = { cpu: 64, memory: 256 * 2 ** 30, pods: 500 };

/** Quantities, e.g. `{cpu: '2', memory: '4Gi', pods: '10'}`. */
export interface NodeSize {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly pods?: string | undefined;
}

const capacityOf = (size: NodeSize) => ({
  cpu: size.cpu ?? String(Math.max(GENEROUS.cpu, availableParallelism())),
  memory: size.memory ?? `${Math.floor(Math.max(GENEROUS.memory, totalmem()) / 1024)}Ki`,
  pods: size.pods ?? String(GENEROUS.pods),
});

/** Tells the node how much room it has; pods that run already stay. */
export function resizeNode(store: Store, size: NodeSize): void {
  const node = store.get<Node>('Node', undefined, NODE);
  if (!node) return;
  const capacity = capacityOf(size);
  if (equal(node.status.allocatable, capacity) && equal(node.status.capacity, capacity)) return;
  store.put({ ...node, status: { ...node.status, capacity, allocatable: capacity } });
}

/** What every cluster has from the start: its namespaces and the one node that is this machine. */
export function bootstrap(store: Store, clock: Clock, size: NodeSize = {}): void {
  const now = timestamp(clock.now());
  const metadata = (name: string) => ({ name, uid: randomUUID(), resourceVersion: '', creationTimestamp: now });
  for (const name of NAMESPACES) {
    if (store.get('Namespace', undefined, name)) continue;
    store.put({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { ...metadata(name), labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  if (store.get('Node', undefined, NODE)) {
    resizeNode(store, size);
    return;
  }
  const capacity = capacityOf(size);
  store.put({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { ...metadata(NODE), labels: { 'kubernetes.io/hostname': NODE, 'kubernetes.io/os': 'linux' } },
    spec: {},
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: NODE },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'pods run as processes of this machine, without isolation',
          lastHeartbeatTime: now,
          lastTransitionTime: now,
        },
      ],
      nodeInfo: {
        architecture: process.arch,
        bootID: '',
        containerRuntimeVersion: 'process://1',
        kernelVersion: '',
        kubeProxyVersion: 'v1.35.0-slipway.local',
        kubeletVersion: 'v1.35.0-slipway.local',
        machineID: '',
        operatingSystem: process.platform,
        osImage: process.platform,
        systemUUID: '',
      },
    },
  });
}
