import { definitionDefaults } from '../custom/definition';
import type { Kind } from '../kinds';
import { isRecord } from './decode';

type Fields = Record<string, unknown>;

/**
 * Fills what the real API server fills (the `+default` values of the published types), so that an object reads back the same
 * however often it is applied. Changes `object` in place.
 */
export function applyDefaults(kind: Kind, object: Fields): void {
  const spec = isRecord(object['spec']) ? object['spec'] : {};
  switch (kind.kind) {
    case 'Deployment':
      deployment(spec);
      break;
    case 'ReplicaSet':
      set(spec, { replicas: 1 });
      template(spec);
      break;
    case 'StatefulSet':
      statefulSet(spec);
      break;
    case 'DaemonSet':
      set(spec, { updateStrategy: {}, revisionHistoryLimit: 10 });
      rollingUpdate(spec['updateStrategy'] as Fields, { maxUnavailable: 1, maxSurge: 0 });
      template(spec);
      break;
    case 'Job':
      set(spec, {
        completionMode: 'NonIndexed',
        suspend: false,
        backoffLimit: 6,
        podReplacementPolicy: 'TerminatingOrFailed',
      });
      if (spec['completions'] === undefined && spec['parallelism'] === undefined) set(spec, { completions: 1 });
      set(spec, { parallelism: 1 });
      template(spec);
      break;
    case 'CronJob':
      set(spec, {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      });
      if (isRecord(spec['jobTemplate']) && isRecord(spec['jobTemplate']['spec'])) template(spec['jobTemplate']['spec']);
      break;
    case 'Pod':
      podSpec(spec);
      pod(spec);
      break;
    case 'Service':
      object['spec'] = spec;
      service(spec);
      break;
    case 'Secret':
      set(object, { type: 'Opaque' });
      secret(object);
      break;
    case 'HorizontalPodAutoscaler':
      set(spec, {
        minReplicas: 1,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      });
      break;
    case 'NetworkPolicy':
      set(spec, { podSelector: {}, policyTypes: spec['egress'] ? ['Ingress', 'Egress'] : ['Ingress'] });
      for (const rule of [...items(spec, 'ingress'), ...items(spec, 'egress')]) {
        for (const port of items(rule, 'ports')) set(port, { protocol: 'TCP' });
      }
      break;
    case 'PersistentVolumeClaim':
      set(spec, { volumeMode: 'Filesystem' });
      break;
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      binding(object);
      break;
    case 'CustomResourceDefinition':
      definitionDefaults(object);
      break;
    case 'Namespace':
      object['spec'] = spec;
      set(spec, { finalizers: ['kubernetes'] });
      set(object, { status: { phase: 'Active' } });
      break;
    default:
  }
}

function deployment(spec: Fields): void {
  set(spec, { replicas: 1, progressDeadlineSeconds: 600, revisionHistoryLimit: 10, strategy: {} });
  const strategy = spec['strategy'] as Fields;
  rollingUpdate(strategy, { maxSurge: '25%', maxUnavailable: '25%' });
  template(spec);
}

function rollingUpdate(strategy: Fields, values: Fields): void {
  set(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] !== 'RollingUpdate') return;
  set(strategy, { rollingUpdate: {} });
  set(strategy['rollingUpdate'] as Fields, values);
}

function statefulSet(spec: Fields): void {
  set(spec, {
    replicas: 1,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: {},
    revisionHistoryLimit: 10,
    persistentVolumeClaimRetentionPolicy: {},
  });
  rollingUpdate(spec['updateStrategy'] as Fields, { partition: 0 });
  set(spec['persistentVolumeClaimRetentionPolicy'] as Fields, { whenDeleted: 'Retain', whenScaled: 'Retain' });
  for (const claim of items(spec, 'volumeClaimTemplates')) {
    set(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: { phase: 'Pending' } });
    if (isRecord(claim['spec'])) set(claim['spec'], { volumeMode: 'Filesystem' });
  }
  template(spec);
}

function template(spec: Fields): void {
  const inner = spec['template'];
  if (!isRecord(inner)) return;
  set(inner, { metadata: {} });
  if (isRecord(inner['spec'])) podSpec(inner['spec']);
}

function podSpec(spec: Fields): void {
  set(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
  });
  if (typeof spec['serviceAccountName'] === 'string') set(spec, { serviceAccount: spec['serviceAccountName'] });
  if (typeof spec['serviceAccount'] === 'string') set(spec, { serviceAccountName: spec['serviceAccount'] });
  for (const container of [...items(spec, 'containers'), ...items(spec, 'initContainers')])
    containerDefaults(container);
  for (const volume of items(spec, 'volumes')) volumeDefaults(volume);
}

function containerDefaults(container: Fields): void {
  set(container, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(String(container['image'] ?? '')),
    resources: {},
  });
  for (const port of items(container, 'ports')) set(port, { protocol: 'TCP' });
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (!isRecord(probe)) continue;
    set(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    handler(probe);
  }
  for (const hook of Object.values(isRecord(container['lifecycle']) ? container['lifecycle'] : {})) {
    if (isRecord(hook)) handler(hook);
  }
  for (const variable of items(container, 'env')) {
    const from = variable['valueFrom'];
    if (isRecord(from) && isRecord(from['fieldRef'])) set(from['fieldRef'], { apiVersion: 'v1' });
    if (isRecord(from) && isRecord(from['resourceFieldRef'])) set(from['resourceFieldRef'], { divisor: '0' });
  }
  const resources = container['resources'];
  if (isRecord(resources) && isRecord(resources['limits'])) {
    resources['requests'] = {
      ...resources['limits'],
      ...(isRecord(resources['requests']) ? resources['requests'] : {}),
    };
  }
}

const pullPolicy = (image: string): string => {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
};

function handler(holder: Fields): void {
  if (isRecord(holder['httpGet'])) set(holder['httpGet'], { path: '/', scheme: 'HTTP' });
  if (isRecord(holder['grpc'])) set(holder['grpc'], { service: '' });
}

function volumeDefaults(volume: Fields): void {
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  for (const source of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    const inner = volume[source];
    if (isRecord(inner)) set(inner, { defaultMode: 420 });
  }
  if (isRecord(volume['hostPath'])) set(volume['hostPath'], { type: '' });
  const files = [
    ...(isRecord(volume['downwardAPI']) ? items(volume['downwardAPI'], 'items') : []),
    ...(isRecord(volume['projected']) ? items(volume['projected'], 'sources') : []).flatMap((source) =>
      isRecord(source['downwardAPI']) ? items(source['downwardAPI'], 'items') : [],
    ),
  ];
  for (const file of files) if (isRecord(file['fieldRef'])) set(file['fieldRef'], { apiVersion: 'v1' });
}

/** What only a pod has and a template does not. */
function pod(spec: Fields): void {
  set(spec, {
    enableServiceLinks: true,
    serviceAccountName: 'default',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    tolerations: ['not-ready', 'unreachable'].map((taint) => ({
      key: `node.kubernetes.io/${taint}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })),
  });
  set(spec, { serviceAccount: spec['serviceAccountName'] });
}

function service(spec: Fields): void {
  set(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  for (const port of items(spec, 'ports')) {
    set(port, { protocol: 'TCP' });
    set(port, { targetPort: port['port'] });
  }
  if (spec['type'] === 'ExternalName') return;
  set(spec, { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
  // Loopback stands for the virtual address: what reaches a service here is its node port.
  set(spec, { clusterIP: '127.0.0.1' });
  set(spec, { clusterIPs: [spec['clusterIP']] });
  if (spec['type'] !== 'ClusterIP') set(spec, { externalTrafficPolicy: 'Cluster' });
  if (spec['type'] === 'LoadBalancer') set(spec, { allocateLoadBalancerNodePorts: true });
  if (spec['sessionAffinity'] === 'ClientIP')
    set(spec, { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } });
}

function secret(object: Fields): void {
  const plain = object['stringData'];
  if (!isRecord(plain)) return;
  const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
  object['data'] = { ...(isRecord(object['data']) ? object['data'] : {}), ...Object.fromEntries(encoded) };
  delete object['stringData'];
}

function binding(object: Fields): void {
  if (isRecord(object['roleRef'])) set(object['roleRef'], { apiGroup: 'rbac.authorization.k8s.io' });
  for (const subject of items(object, 'subjects')) {
    if (subject['kind'] !== 'ServiceAccount') set(subject, { apiGroup: 'rbac.authorization.k8s.io' });
  }
}

function set(target: Fields, values: Fields): void {
  for (const [key, value] of Object.entries(values)) if (target[key] === undefined) target[key] = value;
}

const items = (holder: Fields, field: string): Fields[] => {
  const list = holder[field];
  return Array.isArray(list) ? list.filter(isRecord) : [];
};
