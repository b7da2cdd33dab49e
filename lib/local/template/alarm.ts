import type { Resource } from './find-resource';
import { KEYS } from './keys';
import type { Node } from './node';

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
  /** A function of metric math over the samples; absent: the samples themselves. */
  readonly expression?: (typeof EXPRESSIONS)[number];
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
/** DIFF: the change since the last sample; RATE: that, a second. Source: CloudWatch user guide, using-metric-math. */
const EXPRESSIONS = ['DIFF', 'RATE'] as const;
const MISSING = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const DAY = 86_400;

export function readAlarm({ properties, ref: name, arn }: Resource): MetricAlarm {
  properties.object(KEYS.alarm);
  const evaluationPeriods = required(properties.member('EvaluationPeriods'));
  const threshold = properties.member('Threshold');
  const limit = Number(threshold.requiredText());
  if (Number.isNaN(limit)) threshold.fail('Expected a number.');
  return {
    kind: 'metric',
    name,
    arn,
    ...(properties.member('Metrics').absent ? readMetric(properties) : readMath(properties)),
    evaluationPeriods,
    datapointsToAlarm: properties.member('DatapointsToAlarm').integer(1, evaluationPeriods) ?? evaluationPeriods,
    threshold: limit,
    comparisonOperator:
      properties.member('ComparisonOperator').oneOf(OPERATORS, 'Anomaly bands are not supported here.') ?? OPERATORS[0],
    treatMissingData: properties.member('TreatMissingData').oneOf(MISSING) ?? 'missing',
  };
}

type Metric = Pick<MetricAlarm, 'namespace' | 'metricName' | 'dimensions' | 'statistic' | 'period' | 'expression'>;

function readMetric(properties: Node): Metric {
  const extended = properties.member('ExtendedStatistic').text();
  return {
    ...readSeries(properties),
    statistic: extended ?? properties.member('Statistic').requiredText(),
    period: required(properties.member('Period')),
  };
}

const readSeries = (node: Node): Pick<MetricAlarm, 'namespace' | 'metricName' | 'dimensions'> => ({
  namespace: node.member('Namespace').requiredText(),
  metricName: node.member('MetricName').requiredText(),
  dimensions: node
    .member('Dimensions')
    .items()
    .map((item) => item.object(KEYS.dimension))
    .map((item) => ({ name: item.member('Name').requiredText(), value: item.member('Value').requiredText() })),
});

/** What says which metric an alarm is about where it has no Metrics. */
const ALONE = ['Namespace', 'MetricName', 'Dimensions', 'Statistic', 'ExtendedStatistic', 'Period'];

/** One metric and one function of it, in this order. */
function readMath(properties: Node): Metric {
  const list = properties.member('Metrics');
  const beside = ALONE.filter((key) => !properties.member(key).absent);
  if (beside.length > 0) list.fail(`Does not go with ${beside.join(', ')}; remove one of the two.`);
  const items = list.items().map((item) => item.object(KEYS.metricQuery));
  const [counted, math] = items;
  const none: Metric = { namespace: '', metricName: '', dimensions: [], statistic: 'Maximum', period: 60 };
  if (counted === undefined || math === undefined || items.length > 2 || counted.member('MetricStat').absent) {
    list.fail('Here a metric with MetricStat and one Expression of it are evaluated, in this order, and no more.');
    return none;
  }
  if (counted.member('ReturnData').flag() !== false)
    counted.fail('ReturnData must be false: the expression is judged.');
  const expression = math.member('Expression');
  const id = counted.member('Id').requiredText();
  const text = expression.requiredText();
  const known = EXPRESSIONS.find((name) => text === `${name}(${id})`);
  if (text !== '' && known === undefined)
    expression.fail(
      `Here ${EXPRESSIONS.map((name) => `${name}(${id})`).join(' and ')} are evaluated; use one of them.`,
    );
  const stat = counted.member('MetricStat').object(KEYS.metricStat);
  return {
    ...readSeries(stat.member('Metric').object(KEYS.metric)),
    statistic: stat.member('Stat').requiredText(),
    period: required(stat.member('Period')),
    ...(known !== undefined && { expression: known }),
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
