import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IWidget,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type Dimensions, NAMESPACE, ofCluster, ofWorkload } from './container-insights';
import type { ServiceAlarms } from './service-alarms';

export interface ServiceDashboardProps {
  readonly service: string;
  readonly clusterName: string;
  readonly environments: readonly ServiceAlarms[];
}

/** One row an environment: availability, load, trouble; then the cluster. */
export const serviceDashboard = (scope: Construct, id: string, props: ServiceDashboardProps): Dashboard =>
  new Dashboard(scope, id, {
    dashboardName: `${props.service}-delivery`,
    widgets: [
      [
        new AlarmStatusWidget({
          title: `${props.service}: is it well?`,
          width: 24,
          height: 3,
          alarms: props.environments.map((environment) =>
            Alarm.fromAlarmArn(environment, 'ForDashboard', environment.composite.attrArn),
          ),
        }),
      ],
      ...props.environments.flatMap(environmentRows),
      [heading(`Cluster ${props.clusterName}`)],
      [
        graph('Nodes', ofCluster(props.clusterName), ['cluster_node_count', 'cluster_failed_node_count']),
        graph('Node use, %', ofCluster(props.clusterName), [
          'node_cpu_utilization',
          'node_memory_utilization',
          'node_filesystem_utilization',
        ]),
        graph('API server errors', ofCluster(props.clusterName), ['apiserver_request_total_5xx']),
      ],
    ],
  });

const environmentRows = ({ environment, workload }: ServiceAlarms): IWidget[][] => {
  const pods = ofWorkload(workload);
  return [
    [heading(environment)],
    [
      graph('Replicas', pods, ['replicas_desired', 'replicas_ready', 'status_replicas_unavailable']),
      graph('CPU and memory, % of limit', pods, [
        'pod_cpu_utilization_over_pod_limit',
        'pod_memory_utilization_over_pod_limit',
      ]),
      graph('Restarts and crash loops', pods, [
        'pod_number_of_container_restarts',
        'pod_container_status_waiting_reason_crash_loop_back_off',
      ]),
    ],
  ];
};

const heading = (text: string): IWidget => new TextWidget({ markdown: `## ${text}`, width: 24, height: 1 });

const graph = (title: string, dimensions: Dimensions, metrics: readonly string[]): IWidget =>
  new GraphWidget({
    title,
    width: 8,
    left: metrics.map(
      (metricName) =>
        new Metric({ namespace: NAMESPACE, metricName, dimensionsMap: { ...dimensions }, statistic: 'Maximum' }),
    ),
  });
