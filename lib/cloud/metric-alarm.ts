import { CfnAlarm, type CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { asAlarmDimensions, type Dimensions, NAMESPACE } from './container-insights';

const PERIOD_SECONDS = 60;

export interface MetricAlarmProps {
  readonly alarmName: string;
  readonly description: string;
  readonly metric: string;
  readonly dimensions: Dimensions;
  readonly statistic: 'Average' | 'Maximum' | 'Minimum';
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  /** Minutes in the red … */
  readonly datapoints: number;
  /** … out of so many. */
  readonly of: number;
  /**
   * `missing` for a metric that is always there: without it, nobody knows (INSUFFICIENT_DATA). `notBreaching` for one that is
   * published only when something is wrong.
   */
  readonly missing: 'missing' | 'notBreaching';
  /** `change`: not the metric but how much it has changed since its last datapoint, for one that only counts up. */
  readonly watch?: 'value' | 'change';
}

/** An alarm on one Container Insights metric, evaluated every minute; nobody is told of it but by a composite alarm. */
export function metricAlarm(scope: Construct, id: string, props: MetricAlarmProps): CfnAlarm {
  const alarm = new CfnAlarm(scope, id, {
    alarmName: props.alarmName,
    alarmDescription: props.description,
    ...(props.watch === 'change' ? changeOf(props) : metricAlone(props)),
    comparisonOperator: props.comparison,
    threshold: props.threshold,
    datapointsToAlarm: props.datapoints,
    evaluationPeriods: props.of,
    treatMissingData: props.missing,
  });
  acknowledge(
    alarm,
    'CloudWatchAlarmAction',
    'A symptom: people are told by the composite alarm over all symptoms, once and not once for each.',
  );
  return alarm;
}

type Watched = Partial<CfnAlarmProps>;

const metricAlone = ({ metric, dimensions, statistic }: MetricAlarmProps): Watched => ({
  namespace: NAMESPACE,
  metricName: metric,
  dimensions: asAlarmDimensions(dimensions),
  statistic,
  period: PERIOD_SECONDS,
});

/** DIFF: CloudWatch user guide, using-metric-math. */
const changeOf = ({ metric, dimensions, statistic }: MetricAlarmProps): Watched => ({
  metrics: [
    {
      id: 'counted',
      metricStat: {
        metric: { namespace: NAMESPACE, metricName: metric, dimensions: asAlarmDimensions(dimensions) },
        period: PERIOD_SECONDS,
        stat: statistic,
      },
      returnData: false,
    },
    { id: 'change', expression: 'DIFF(counted)', label: `change of ${metric}`, returnData: true },
  ],
});
