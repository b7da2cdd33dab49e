import type {
  ClusterEvent,
  ContainerStatus,
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  KubeObject,
  LabelSelector,
  Namespace,
  Pod,
  PodTemplate,
  ReplicaSet,
  Secret,
  Service,
  StatefulSet,
} from '../types';

export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer';
  /** Only with `-o wide`. */
  readonly wide?: boolean;
  readonly cell: (object: KubeObject, now: number) => unknown;
}

/** The columns of a kind; those without columns of their own show name and age. A custom kind's own take the place of the age. */
export const columnsOf = (kind: string, custom?: readonly Column[]): readonly Column[] => {
  const own = (custom ?? COLUMNS[kind] ?? []) as readonly Column[];
  const before = own.filter((column) => !column.wide);
  const wide = own.filter((column) => column.wide);
  if (kind === 'Event') return own;
  if (custom && custom.length > 0) return [NAME, ...before, ...wide];
  return [NAME, ...before, AGE, ...wide];
};

const NAME: Column = { name: 'Name', cell: (object) => object.metadata.name };
const AGE: Column = { name: 'Age', cell: () => '' };

/** kubectl's own short form of a duration: 5s, 3m12s, 47m, 3h4m, 12d. */
export function age(since: string | undefined, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since ?? '')) / 1000));
  if (Number.isNaN(seconds)) return '<unknown>';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  return hours < 192 && hours % 24 !== 0 ? `${Math.floor(hours / 24)}d${hours % 24}h` : `${Math.floor(hours / 24)}d`;
}

const col = <T extends KubeObject>(
  name: string,
  cell: (object: T, now: number) => unknown,
  extra: Partial<Column> = {},
) => ({
  name,
  cell: cell as (object: KubeObject, now: number) => unknown,
  ...extra,
});
const wide = { wide: true } as const;
const integer = { type: 'integer' } as const;

const selectorText = (selector: LabelSelector | undefined): string =>
  Object.entries(selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || '<none>';

const containers = [
  col<Deployment>('Containers', (o) => o.spec.template.spec.containers.map((c) => c.name).join(','), wide),
  col<Deployment>('Images', (o) => o.spec.template.spec.containers.map((c) => c.image).join(','), wide),
];
const templated = [...containers, col<Deployment>('Selector', (o) => selectorText(o.spec.selector), wide)];

const entries = (key: string) =>
  col(key === 'data' ? 'Data' : key, (o) => Object.keys((o[key] as object | undefined) ?? {}).length, integer);
const spec = (object: KubeObject) => object['spec'] as Record<string, unknown> | undefined;
const status = (object: KubeObject) => object['status'] as Record<string, unknown> | undefined;

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    col<Pod>('Ready', (o) => {
      const sidecars = sidecarsOf(o);
      const beside = (o.status?.initContainerStatuses ?? []).filter((c) => sidecars.has(c.name));
      const ready = [...beside, ...(o.status?.containerStatuses ?? [])].filter((c) => c.ready).length;
      return `${ready}/${o.spec.containers.length + sidecars.size}`;
    }),
    col<Pod>('Status', podStatusText),
    col<Pod>('Restarts', (o, now) => restarts(o, now)),
    col<Pod>('IP', (o) => o.status?.podIP ?? '<none>', wide),
    col<Pod>('Node', (o) => o.spec.nodeName ?? '<none>', wide),
    col<Pod>('Nominated Node', () => '<none>', wide),
    col<Pod>('Readiness Gates', () => '<none>', wide),
  ],
  Deployment: [
    col<Deployment>('Ready', (o) => `${o.status?.readyReplicas ?? 0}/${o.spec.replicas}`),
    col<Deployment>('Up-to-date', (o) => o.status?.updatedReplicas ?? 0, integer),
    col<Deployment>('Available', (o) => o.status?.availableReplicas ?? 0, integer),
    ...templated,
  ],
  ReplicaSet: [
    col<ReplicaSet>('Desired', (o) => o.spec.replicas, integer),
    col<ReplicaSet>('Current', (o) => o.status?.replicas ?? 0, integer),
    col<ReplicaSet>('Ready', (o) => o.status?.readyReplicas ?? 0, integer),
    ...templated,
  ],
  StatefulSet: [col<StatefulSet>('Ready', (o) => `${o.status?.readyReplicas ?? 0}/${o.spec.replicas}`), ...containers],
  DaemonSet: [
    col<DaemonSet>('Desired', (o) => o.status?.desiredNumberScheduled ?? 0, integer),
    col<DaemonSet>('Current', (o) => o.status?.currentNumberScheduled ?? 0, integer),
    col<DaemonSet>('Ready', (o) => o.status?.numberReady ?? 0, integer),
    col<DaemonSet>('Up-to-date', (o) => o.status?.updatedNumberScheduled ?? 0, integer),
    col<DaemonSet>('Available', (o) => o.status?.numberAvailable ?? 0, integer),
    col('Node Selector', (o) => {
      const selector = (spec(o)?.['template'] as PodTemplate | undefined)?.spec.nodeSelector ?? {};
      return selectorText({ matchLabels: selector });
    }),
    ...templated,
  ],
  ControllerRevision: [
    col('Controller', (o) => {
      const owner = o.metadata.ownerReferences?.find((reference) => reference.controller);
      return owner ? `${owner.kind.toLowerCase()}.apps/${owner.name}` : '<none>';
    }),
    col('Revision', (o) => o['revision'], integer),
  ],
  PersistentVolumeClaim: [
    col('Status', (o) => status(o)?.['phase'] ?? 'Pending'),
    col('Volume', (o) => spec(o)?.['volumeName'] ?? ''),
    col('Capacity', (o) => (status(o)?.['capacity'] as { storage?: string } | undefined)?.storage ?? ''),
    col('Access Modes', (o) =>
      ((status(o)?.['accessModes'] as string[] | undefined) ?? []).map((mode) => mode.replace(/[a-z]/g, '')).join(','),
    ),
    col('StorageClass', (o) => spec(o)?.['storageClassName'] ?? ''),
    col('VolumeAttributesClass', () => '<unset>'),
    col('VolumeMode', (o) => spec(o)?.['volumeMode'] ?? 'Filesystem', wide),
  ],
  Job: [
    col<Job>('Status', (o) => o.status?.conditions?.find((c) => c.status === 'True')?.type ?? 'Running'),
    col<Job>('Completions', (o) => `${o.status?.succeeded ?? 0}/${o.spec.completions ?? 1}`),
    col<Job>('Duration', (o, now) =>
      o.status?.startTime ? age(o.status.startTime, Date.parse(o.status.completionTime ?? '') || now) : '',
    ),
    ...templated,
  ],
  CronJob: [
    col<CronJob>('Schedule', (o) => o.spec.schedule),
    col<CronJob>('Timezone', (o) => o.spec.timeZone ?? '<none>'),
    col<CronJob>('Suspend', (o) => (o.spec.suspend ? 'True' : 'False')),
    col<CronJob>('Active', (o) => o.status?.active?.length ?? 0, integer),
    col<CronJob>('Last Schedule', () => '<none>'),
  ],
  Service: [
    col<Service>('Type', (o) => o.spec.type),
    col<Service>('Cluster-IP', (o) => o.spec.clusterIP ?? '<none>'),
    col<Service>('External-IP', externalAddress),
    col<Service>(
      'Port(s)',
      (o) =>
        (o.spec.ports ?? []).map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol}`).join(',') ||
        '<none>',
    ),
    col<Service>('Selector', (o) => selectorText({ matchLabels: o.spec.selector ?? {} }), wide),
  ],
  ConfigMap: [entries('data')],
  Secret: [col<Secret>('Type', (o) => o.type), entries('data')],
  Namespace: [col<Namespace>('Status', (o) => o.status?.phase ?? 'Active')],
  Node: [
    col('Status', (o) => (spec(o)?.['unschedulable'] ? 'Ready,SchedulingDisabled' : 'Ready')),
    col('Roles', () => '<none>'),
    { ...AGE, cell: () => '' },
    col('Version', (o) => (status(o)?.['nodeInfo'] as { kubeletVersion?: string } | undefined)?.kubeletVersion ?? ''),
    col('Internal-IP', () => '127.0.0.1', wide),
  ].filter((c) => c.name !== 'Age'),
  ServiceAccount: [col('Secrets', (o) => ((o['secrets'] as unknown[] | undefined) ?? []).length, integer)],
  Endpoints: [col('Endpoints', endpointsText)],
  EndpointSlice: [
    col('AddressType', (o) => o['addressType']),
    col(
      'Ports',
      (o) => ((o['ports'] as { port: number }[] | undefined) ?? []).map((p) => p.port).join(',') || '<unset>',
    ),
    col(
      'Endpoints',
      (o) =>
        ((o['endpoints'] as { addresses: string[] }[] | undefined) ?? []).flatMap((e) => e.addresses).join(',') ||
        '<unset>',
    ),
  ],
  HorizontalPodAutoscaler: [
    col('Reference', (o) => {
      const target = spec(o)?.['scaleTargetRef'] as { kind?: string; name?: string } | undefined;
      return `${target?.kind}/${target?.name}`;
    }),
    col('Targets', () => '<unknown>'),
    col('MinPods', (o) => spec(o)?.['minReplicas'], integer),
    col('MaxPods', (o) => spec(o)?.['maxReplicas'], integer),
    col('Replicas', (o) => status(o)?.['currentReplicas'] ?? 0, integer),
  ],
  PodDisruptionBudget: [
    col('Min Available', (o) => spec(o)?.['minAvailable'] ?? 'N/A'),
    col('Max Unavailable', (o) => spec(o)?.['maxUnavailable'] ?? 'N/A'),
    col('Allowed Disruptions', (o) => status(o)?.['disruptionsAllowed'] ?? 0, integer),
  ],
  NetworkPolicy: [col('Pod-Selector', (o) => selectorText(spec(o)?.['podSelector'] as LabelSelector | undefined))],
  Ingress: [
    col('Class', (o) => spec(o)?.['ingressClassName'] ?? '<none>'),
    col(
      'Hosts',
      (o) => ((spec(o)?.['rules'] as { host?: string }[] | undefined) ?? []).map((r) => r.host ?? '*').join(',') || '*',
    ),
    col('Address', () => ''),
    col('Ports', (o) => (spec(o)?.['tls'] ? '80, 443' : '80')),
  ],
  Event: [
    col<ClusterEvent>('Last Seen', (o, now) => age(o.lastTimestamp, now)),
    col<ClusterEvent>('Type', (o) => o.type),
    col<ClusterEvent>('Reason', (o) => o.reason),
    col<ClusterEvent>('Object', (o) => `${o.involvedObject.kind.toLowerCase()}/${o.involvedObject.name}`),
    col<ClusterEvent>('Message', (o) => o.message),
    col<ClusterEvent>('Name', (o) => o.metadata.name, wide),
  ],
};

const sidecarsOf = (pod: Pod): ReadonlySet<string> =>
  new Set(pod.spec.initContainers?.filter((c) => c.restartPolicy === 'Always').map((c) => c.name));

function podStatusText(pod: Pod): string {
  const init = pod.status?.initContainerStatuses ?? [];
  const sidecars = sidecarsOf(pod);
  const pending = init.findIndex((c) => (sidecars.has(c.name) ? !c.started : c.state.terminated?.exitCode !== 0));
  let text: string = pod.status?.reason ?? pod.status?.phase ?? 'Pending';
  const begun = pod.status?.containerStatuses?.some((c) => !c.state.waiting || c.lastState.terminated);
  if (pending >= 0 && !begun) {
    const reason = reasonOf(init[pending]);
    text = reason && reason !== 'PodInitializing' ? `Init:${reason}` : `Init:${pending}/${init.length}`;
  } else {
    const reasons = (pod.status?.containerStatuses ?? []).map(reasonOf).filter((r) => r !== undefined);
    text = reasons[0] ?? text;
  }
  return pod.metadata.deletionTimestamp ? 'Terminating' : text;
}

const reasonOf = (container: ContainerStatus | undefined): string | undefined =>
  container?.state.waiting?.reason ?? container?.state.terminated?.reason;

function restarts(pod: Pod, now: number): string {
  const statuses = pod.status?.containerStatuses ?? [];
  const count = statuses.reduce((sum, c) => sum + c.restartCount, 0);
  const last = statuses
    .map((c) => c.lastState.terminated?.finishedAt ?? '')
    .sort()
    .at(-1);
  return count > 0 && last ? `${count} (${age(last, now)} ago)` : String(count);
}

function externalAddress(service: Service): string {
  if (service.spec.type === 'ExternalName') return service.spec.externalName ?? '<none>';
  const addresses = service.status?.loadBalancer?.ingress?.map((i) => i.ip) ?? [];
  return addresses.join(',') || (service.spec.type === 'LoadBalancer' ? '<pending>' : '<none>');
}

function endpointsText(object: KubeObject): string {
  const subsets =
    (object['subsets'] as { addresses?: { ip: string }[]; ports?: { port: number }[] }[] | undefined) ?? [];
  const all = subsets.flatMap((s) =>
    (s.addresses ?? []).flatMap((a) => (s.ports ?? []).map((p) => `${a.ip}:${p.port}`)),
  );
  return all.slice(0, 3).join(',') + (all.length > 3 ? ` + ${all.length - 3} more...` : '') || '<none>';
}
