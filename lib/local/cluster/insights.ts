import { call } from './client';
import type { Access } from './kubeconfig';
import { matchesLabels } from './selectors';
import type { ContainerStatus, Deployment, KubeObject, Pod, Service } from './types';

/** One metric of CloudWatch. */
export interface InsightsQuery {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

const WAITING = /^pod_container_status_waiting_reason_(.+)$/;
const OOM_KILLED = 'pod_container_status_terminated_reason_oom_killed';
const NODE_CONDITION = /^node_status_condition_(.+)$/;

/** Waiting reasons by the name that a metric gives them. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  crash_loop_back_off: ['CrashLoopBackOff'],
  image_pull_error: ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'],
  create_container_error: ['CreateContainerError'],
  create_container_config_error: ['CreateContainerConfigError'],
  start_error: ['RunContainerError', 'StartError'],
};

/**
 * What Container Insights with enhanced observability would say of the cluster now, from the API's objects. Dimensions: ClusterName
 * alone, or with Namespace, Namespace and PodName (the workload's name), FullPodName, ContainerName, Service. Undefined: no such metric, an
 * object that is not there, or another cluster's. CPU, memory and network are not measured.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html
 */
export function containerInsights(
  access: Access,
  clusterName: string,
): (query: InsightsQuery) => Promise<number | undefined> {
  return async ({ namespace, metricName, dimensions }) => {
    if (namespace !== 'ContainerInsights' || dimensions['ClusterName'] !== clusterName) return undefined;
    const list = async <T extends KubeObject>(path: string): Promise<T[]> => {
      const answer = await call(access, 'GET', path);
      if (answer.status !== 200) throw new Error(`${path}: the embedded cluster answered ${answer.status}`);
      return (JSON.parse(answer.body) as { items: T[] }).items;
    };
    const scope = dimensions['Namespace'];
    const within = scope === undefined ? '' : `namespaces/${scope}/`;
    if (/^(cluster|node)_/.test(metricName)) return nodeMetric(metricName, await list('/api/v1/nodes'));
    if (/^(replicas_|status_replicas_)/.test(metricName)) {
      return replicaMetric(
        metricName,
        named(await list<Deployment>(`/apis/apps/v1/${within}deployments`), dimensions['PodName']),
      );
    }
    const pods = await list<Pod>(`/api/v1/${within}pods`);
    if (metricName === 'namespace_number_of_running_pods') return running(pods);
    if (dimensions['Service'] !== undefined || metricName.startsWith('service_')) {
      const services = await list<Service>(`/api/v1/${within}services`);
      const found = services.filter(
        (s) => dimensions['Service'] === undefined || s.metadata.name === dimensions['Service'],
      );
      if (found.length === 0) return undefined;
      const behind = pods.filter((pod) =>
        found.some(
          (s) =>
            s.metadata.namespace === pod.metadata.namespace &&
            s.spec.selector &&
            matchesLabels({ matchLabels: s.spec.selector }, pod.metadata.labels),
        ),
      );
      return metricName === 'service_number_of_running_pods' ? running(behind) : podMetric(metricName, behind);
    }
    const { PodName, FullPodName } = dimensions;
    const chosen = pods.filter(
      (pod) =>
        (PodName === undefined || workloadOf(pod) === PodName) &&
        (FullPodName === undefined || pod.metadata.name === FullPodName),
    );
    if (metricName === OOM_KILLED) return outOfMemory(chosen, dimensions['ContainerName']);
    return chosen.length === 0 && (PodName ?? FullPodName) !== undefined ? undefined : podMetric(metricName, chosen);
  };
}

/** How many containers were ended for their memory limit and do not run again yet; without one there is no data. */
function outOfMemory(pods: readonly Pod[], container: string | undefined): number | undefined {
  const killed = pods
    .flatMap((pod) => pod.status?.containerStatuses ?? [])
    .filter(({ name }) => container === undefined || name === container)
    .filter(
      ({ state, lastState }) => (state.terminated ?? (state.waiting && lastState.terminated))?.reason === 'OOMKilled',
    );
  return killed.length === 0 ? undefined : killed.length;
}

/** Container Insights' PodName: the name of the workload that a pod belongs to. */
function workloadOf(pod: Pod): string {
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller);
  if (!owner) return pod.metadata.name;
  const hash = pod.metadata.labels?.['pod-template-hash'];
  return hash && owner.name.endsWith(`-${hash}`) ? owner.name.slice(0, -hash.length - 1) : owner.name;
}

const named = <T extends KubeObject>(objects: readonly T[], name: string | undefined): readonly T[] =>
  name === undefined ? objects : objects.filter((object) => object.metadata.name === name);

function replicaMetric(name: string, deployments: readonly Deployment[]): number | undefined {
  const total = (count: (d: Deployment) => number | undefined) =>
    deployments.length === 0 ? undefined : deployments.reduce((sum, d) => sum + (count(d) ?? 0), 0);
  switch (name) {
    case 'replicas_desired':
      return total((d) => d.spec.replicas);
    case 'replicas_ready':
      return total((d) => d.status?.readyReplicas);
    case 'status_replicas_available':
      return total((d) => d.status?.availableReplicas);
    case 'status_replicas_unavailable':
      return total((d) => d.status?.unavailableReplicas);
    default:
      return undefined;
  }
}

function nodeMetric(name: string, nodes: readonly KubeObject[]): number | undefined {
  const conditions = nodes.map(
    (node) => (node['status'] as { conditions: { type: string; status: string }[] }).conditions,
  );
  const holds = (type: string) =>
    conditions.filter((list) => list.some((c) => c.type.toLowerCase() === type && c.status === 'True')).length;
  if (name === 'cluster_node_count') return nodes.length;
  if (name === 'cluster_failed_node_count') return nodes.length - holds('ready');
  const condition = NODE_CONDITION.exec(name)?.[1];
  return condition === undefined ? undefined : holds(condition.replaceAll('_', ''));
}

function podMetric(name: string, pods: readonly Pod[]): number | undefined {
  const statuses = pods.flatMap((pod) => pod.status?.containerStatuses ?? []);
  const reason = WAITING.exec(name)?.[1];
  if (reason !== undefined) {
    const meant = REASONS[reason];
    return meant && statuses.filter((s) => meant.includes(s.state.waiting?.reason ?? '')).length;
  }
  const phase = (wanted: string) => pods.filter((pod) => (pod.status?.phase ?? 'Pending') === wanted).length;
  switch (name) {
    case 'pod_number_of_container_restarts':
      return statuses.reduce((sum: number, s: ContainerStatus) => sum + s.restartCount, 0);
    case 'pod_status_ready':
      return withCondition(pods, 'Ready');
    case 'pod_status_scheduled':
      return withCondition(pods, 'PodScheduled');
    case 'pod_status_running':
      return phase('Running');
    case 'pod_status_pending':
      return phase('Pending');
    case 'pod_status_failed':
      return phase('Failed');
    case 'pod_status_succeeded':
      return phase('Succeeded');
    case 'pod_status_unknown':
      return 0;
    default:
      return undefined;
  }
}

const withCondition = (pods: readonly Pod[], type: string): number =>
  pods.filter((pod) => pod.status?.conditions?.some((c) => c.type === type && c.status === 'True')).length;

const running = (pods: readonly Pod[]): number => pods.filter((pod) => pod.status?.phase === 'Running').length;
