import { Construct } from 'constructs';
import { ofCluster } from './container-insights';
import { metricAlarm } from './metric-alarm';

/** Percent. */
const NODE_LIMIT = 85;

/** The health of the cluster. Apart from the service's alarms: a full node is no reason to roll a release back. */
export class PlatformAlarms extends Construct {
  constructor(scope: Construct, id: string, props: { readonly clusterName: string; readonly topicArn: string }) {
    super(scope, id);
    const { clusterName, topicArn } = props;
    const common = {
      dimensions: ofCluster(clusterName),
      comparison: 'GreaterThanThreshold',
      missing: 'missing',
      topicArn,
    } as const;
    metricAlarm(this, 'FailedNodes', {
      ...common,
      description: `Nodes of ${clusterName} have failed`,
      metric: 'cluster_failed_node_count',
      statistic: 'Maximum',
      threshold: 0,
      datapoints: 3,
      of: 5,
    });
    for (const resource of ['cpu', 'memory', 'filesystem']) {
      metricAlarm(this, `Nodes-${resource}`, {
        ...common,
        description: `Nodes of ${clusterName} use more than ${NODE_LIMIT} % of their ${resource}`,
        metric: `node_${resource}_utilization`,
        statistic: 'Average',
        threshold: NODE_LIMIT,
        datapoints: 5,
        of: 5,
      });
    }
  }
}
