import type { Resource } from './find-resource';
import { KEYS } from './keys';

export type Alarm = MetricAlarm | CompositeAlarm;

/** An AWS::CloudWatch::Alarm on one metric. */
export interface MetricAlarm {
  readonly kind: 'metric';
  readonly name: string;
  readonly arn: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
  /** SampleCount, Average, Sum, Minimum or Maximum, or a percentile such as p99. */
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  /** Of the evaluation periods, how many must breach. */
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparisonOperator: (typeof OPERATORS)[number];
  readonly treatMissingData: (typeof MISSING)[number];
}

/** An AWS::CloudWatch::CompositeAlarm. */
export interface CompositeAlarm {
  readonly kind: 'composite';
  readonly name: string;
  readonly arn: string;
  /** Such as `ALARM("arn:…") OR ALARM("name")`. */
  readonly rule: string;
}

const OPERATORS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
const MISSING = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const DAY = 86_400;

export function readAlarm({ properties, ref: name, arn }: Resource): MetricAlarm {
  properties.object(KEYS.alarm);
  const evaluationPeriods = required(properties.member('EvaluationPeriods'));
  const threshold = properties.member('Threshold');
  const limit = Number(threshold.requiredText());
  if (Number.isNaN(limit)) threshold.fail('Expected a number.');
  const extended = properties.member('ExtendedStatistic').text();
  return {
    kind: 'metric',
    name,
    arn,
    namespace: properties.member('Namespace').requiredText(),
    metricName: properties.member('MetricName').requiredText(),
    dimensions: properties
      .member('Dimensions')
      .items()
      .map((item) => item.object(KEYS.dimension))
      .map((item) => ({ name: item.member('Name').requiredText(), value: item.member('Value').requiredText() })),
    statistic: extended ?? properties.member('Statistic').requiredText(),
    period: required(properties.member('Period')),
    evaluationPeriods,
    datapointsToAlarm: properties.member('DatapointsToAlarm').integer(1, evaluationPeriods) ?? evaluationPeriods,
    threshold: limit,
    comparisonOperator:
      properties.member('ComparisonOperator').oneOf(OPERATORS, 'Anomaly bands are not supported here.') ?? OPERATORS[0],
    treatMissingData: properties.member('TreatMissingData').oneOf(MISSING) ?? 'missing',
  };
}

export function readCompositeAlarm({ properties, ref: name, arn }: Resource): CompositeAlarm {
  properties.object(KEYS.compositeAlarm);
  return { kind: 'composite', name, arn, rule: properties.member('AlarmRule').requiredText() };
}

function required(node: Resource['node']): number {
  node.requiredText();
  return node.integer(1, DAY) ?? 1;
}
