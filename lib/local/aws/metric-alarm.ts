import type { MetricAlarm } from '../template/alarm';

export type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What an evaluation says; `state` undefined: the alarm stays as it is. */
export interface Verdict {
  readonly state?: StateValue;
  readonly reason: string;
}

/** How many periods beyond the evaluation periods CloudWatch looks back for real data, as its documentation's examples do. */
const EXTRA_PERIODS = 2;

/** Samples that an evaluation reads at most. */
export const evaluationRange = (alarm: MetricAlarm): number =>
  rangeOf(alarm) + (alarm.expression === undefined ? 0 : 1);

const rangeOf = (alarm: MetricAlarm): number => alarm.evaluationPeriods + EXTRA_PERIODS;

/**
 * Evaluates a metric alarm (CloudWatch documentation, "Configuring how CloudWatch alarms treat missing data") on its samples,
 * one a period, the newest last; undefined is a period without data. With as many real samples as evaluation periods
 * in the range, only those count; else missing ones are treated as the alarm says.
 */
export function evaluateMetricAlarm(alarm: MetricAlarm, samples: readonly (number | undefined)[]): Verdict {
  const { evaluationPeriods: periods, datapointsToAlarm: needed, treatMissingData: missing } = alarm;
  const range = calculated(alarm, samples.slice(-evaluationRange(alarm))).slice(-rangeOf(alarm));
  const real = range.filter((sample) => sample !== undefined).slice(-periods);
  const breaches = real.filter((sample) => isBreaching(alarm, sample)).length;
  const filled = missing === 'breaching' ? periods - real.length : 0;
  if (breaches + filled >= needed) return { state: 'ALARM', reason: crossed(alarm, real, breaches, filled) };
  if (real.length >= periods || missing === 'breaching' || missing === 'notBreaching' || breaches < real.length)
    return { state: 'OK', reason: crossed(alarm, real, breaches, filled) };
  // Only breaching samples, and too few; or none at all.
  if (missing === 'ignore') return { reason: 'Missing data is ignored: the state is kept.' };
  if (real.length === 0)
    return { state: 'INSUFFICIENT_DATA', reason: `Insufficient Data: ${periods} datapoints were unknown.` };
  const oldest = range.length - range.findIndex((sample) => sample !== undefined);
  return oldest >= needed
    ? { state: 'ALARM', reason: crossed(alarm, real, breaches, filled) }
    : { reason: `Too few datapoints yet: ${breaches} of ${needed}.` };
}

/** The alarm's expression over its samples. The first real one has none before it, so nothing is known of it. */
function calculated({ expression, period }: MetricAlarm, samples: readonly (number | undefined)[]) {
  if (expression === undefined) return samples;
  return samples.map((sample, index) => {
    const last = samples.findLastIndex((earlier, at) => at < index && earlier !== undefined);
    if (sample === undefined || last < 0) return undefined;
    const change = sample - (samples[last] as number);
    return expression === 'DIFF' ? change : change / ((index - last) * period);
  });
}

function isBreaching({ comparisonOperator, threshold }: MetricAlarm, value: number): boolean {
  switch (comparisonOperator) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    default:
      return comparisonOperator satisfies never;
  }
}

function crossed(alarm: MetricAlarm, real: readonly number[], breaches: number, filled: number): string {
  const values = real.length > 0 ? `[${real.join(', ')}]` : 'none';
  const missing = filled > 0 ? ` and ${filled} missing ones, which count as breaching,` : '';
  return `${breaches} of the last ${real.length} datapoints ${values}${missing} are ${RELATIONS[alarm.comparisonOperator]} the threshold (${alarm.threshold}) of ${alarm.expression === undefined ? alarm.metricName : `${alarm.expression}(${alarm.metricName})`}; ${alarm.datapointsToAlarm} of ${alarm.evaluationPeriods} make an alarm.`;
}

const RELATIONS: Readonly<Record<MetricAlarm['comparisonOperator'], string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};
