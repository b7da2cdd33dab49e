import { randomUUID } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { type Clock, timestamp } from './clock';
import { NODE } from './kubelet/context';
import type { Store } from './store/store';

const NAMESPACES = ['default', 'kube-system'];
const MAXIMUM_PODS = '110';

/** What every cluster has from the start: its namespaces and the one node that is this machine. */
export function bootstrap(store: Store, clock: Clock): void {
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
  if (store.get('Node', undefined, NODE)) return;
  const capacity = {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: MAXIMUM_PODS,
  };
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
