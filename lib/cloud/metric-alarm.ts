import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { asAlarmDimensions, type Dimensions, NAMESPACE } from './container-insights';

const PERIOD_SECONDS = 60;

export interface MetricAlarmProps {
  /** Absent: CloudFormation makes one up. */
  readonly alarmName?: string;
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
  readonly topicArn?: string;
}

/** An alarm on one Container Insights metric, evaluated every minute. */
export const metricAlarm = (scope: Construct, id: string, props: MetricAlarmProps): CfnAlarm =>
  new CfnAlarm(scope, id, {
    ...(props.alarmName !== undefined && { alarmName: props.alarmName }),
    alarmDescription: props.description,
    namespace: NAMESPACE,
    metricName: props.metric,
    dimensions: asAlarmDimensions(props.dimensions),
    statistic: props.statistic,
    period: PERIOD_SECONDS,
    comparisonOperator: props.comparison,
    threshold: props.threshold,
    datapointsToAlarm: props.datapoints,
    evaluationPeriods: props.of,
    treatMissingData: props.missing,
    ...(props.topicArn !== undefined && { alarmActions: [props.topicArn], okActions: [props.topicArn] }),
  });
