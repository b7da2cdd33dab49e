import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * Metrics of Container Insights with enhanced observability for EKS, each with exactly the set of dimensions under which it is
 * published. Source: CloudWatch user guide, Container-Insights-metrics-enhanced-EKS.
 */
export const NAMESPACE = 'ContainerInsights';

/** A workload by its name (Deployment, StatefulSet …), which Container Insights publishes as `PodName`. */
export interface Workload {
  readonly clusterName: string;
  readonly namespace: string;
  readonly name: string;
}

export type Dimensions = Readonly<Record<string, string>>;

export const ofCluster = (clusterName: string): Dimensions => ({ ClusterName: clusterName });

export const ofWorkload = ({ clusterName, namespace, name }: Workload): Dimensions => ({
  ClusterName: clusterName,
  Namespace: namespace,
  PodName: name,
});

/** The container of a workload that is named as the workload is. */
export const ofMainContainer = (workload: Workload): Dimensions => ({
  ...ofWorkload(workload),
  ContainerName: workload.name,
});

/** `name` is the Kubernetes Service in front of the workload. */
export const ofKubernetesService = ({ clusterName, namespace, name }: Workload): Dimensions => ({
  ClusterName: clusterName,
  Namespace: namespace,
  Service: name,
});

export const asAlarmDimensions = (dimensions: Dimensions): CfnAlarm.DimensionProperty[] =>
  Object.entries(dimensions).map(([name, value]) => ({ name, value }));
