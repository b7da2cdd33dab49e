import { CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ofCluster } from './container-insights';
import { metricAlarm } from './metric-alarm';

/** Percent. */
const NODE_LIMIT = 85;

export interface PlatformAlarmsProps {
  /** Of the composite alarm. */
  readonly alarmName: string;
  readonly clusterName: string;
  readonly topicArn: string;
}

/**
 * The health of the cluster as one composite alarm. Apart from the service's alarms: a full node is no reason to roll a release
 * back, but one to wait with the next.
 */
export class PlatformAlarms extends Construct {
  constructor(scope: Construct, id: string, { alarmName: name, clusterName, topicArn }: PlatformAlarmsProps) {
    super(scope, id);
    const common = {
      dimensions: ofCluster(clusterName),
      comparison: 'GreaterThanThreshold',
      missing: 'missing',
    } as const;
    const failed = metricAlarm(this, 'FailedNodes', {
      ...common,
      alarmName: `${name}-failed-nodes`,
      description: `Nodes of ${clusterName} have failed`,
      metric: 'cluster_failed_node_count',
      statistic: 'Maximum',
      threshold: 0,
      datapoints: 3,
      of: 5,
    });
    const full = ['cpu', 'memory', 'filesystem'].map((resource) =>
      metricAlarm(this, `Nodes-${resource}`, {
        ...common,
        alarmName: `${name}-${resource}`,
        description: `Nodes of ${clusterName} use more than ${NODE_LIMIT} % of their ${resource}`,
        metric: `node_${resource}_utilization`,
        statistic: 'Average',
        threshold: NODE_LIMIT,
        datapoints: 5,
        of: 5,
      }),
    );
    const symptoms = [failed, ...full];
    const composite = new CfnCompositeAlarm(this, 'Platform', {
      alarmName: name,
      alarmDescription: `The cluster ${clusterName} is not well`,
      alarmRule: symptoms.map((alarm) => `ALARM("${alarm.alarmName}")`).join(' OR '),
      actionsEnabled: true,
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
    for (const alarm of symptoms) composite.addResourceDependency(alarm);
  }
}
