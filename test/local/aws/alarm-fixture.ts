import type { Alarm } from '../../../lib/local/template/alarm';

/** An alarm on running pods, and one above it. */
export const ALARMS: readonly Alarm[] = [
  {
    kind: 'metric',
    name: 'visits-dev-gone',
    arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits-dev-gone',
    namespace: 'ContainerInsights',
    metricName: 'service_number_of_running_pods',
    dimensions: [{ name: 'ClusterName', value: 'delivery' }],
    statistic: 'Maximum',
    period: 60,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    threshold: 1,
    comparisonOperator: 'LessThanThreshold',
    treatMissingData: 'missing',
  },
  {
    kind: 'composite',
    name: 'visits-dev',
    arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits-dev',
    rule: 'ALARM("visits-dev-gone")',
  },
];
