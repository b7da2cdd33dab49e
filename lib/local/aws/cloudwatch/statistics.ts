import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { err, ok, type Result } from '../../../result';
import type { MetricPoint } from '../metrics';

/** The points that a datum of PutMetricData stands for: one value, a list of values with their counts, or a statistic set. */
export function pointsOf(
  { Timestamp, Value, Values, Counts, StatisticValues }: MetricDatum,
  now: Date,
): Result<MetricPoint[], string> {
  const at = Timestamp ?? now;
  const point = (value: number, count: number): MetricPoint => ({
    at,
    sum: value * count,
    count,
    minimum: value,
    maximum: value,
  });
  const given = [Value, Values, StatisticValues].filter((each) => each !== undefined).length;
  if (given !== 1) return err('one of Value, Values and StatisticValues must be given');
  if (StatisticValues) {
    const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues;
    return SampleCount > 0
      ? ok([{ at, sum: Sum, count: SampleCount, minimum: Minimum, maximum: Maximum }])
      : err('StatisticValues.SampleCount must be greater than 0');
  }
  if (Values) {
    if (Counts && Counts.length !== Values.length) return err('Values and Counts must have the same length');
    return ok(Values.map((value, index) => point(value, Counts?.[index] ?? 1)));
  }
  return ok([point(Value as number, 1)]);
}

/** The points of a time, in periods (seconds) that begin at multiples of one; periods without points are left out. */
export function summaries(
  points: readonly MetricPoint[],
  { start, end, period }: { readonly start: Date; readonly end: Date; readonly period: number },
): { readonly at: Date; readonly points: readonly MetricPoint[] }[] {
  const found = new Map<number, MetricPoint[]>();
  for (const point of points) {
    const begin = Math.floor(point.at.getTime() / (period * 1000)) * period * 1000;
    if (point.at >= end || begin + period * 1000 <= start.getTime()) continue;
    found.set(begin, [...(found.get(begin) ?? []), point]);
  }
  return [...found].sort(([a], [b]) => a - b).map(([begin, each]) => ({ at: new Date(begin), points: each }));
}

/** SampleCount, Sum, Average, Minimum, Maximum or a percentile (`p99`) of points. */
export function statisticOf(name: string, points: readonly MetricPoint[]): number {
  const sum = points.reduce((total, point) => total + point.sum, 0);
  const count = points.reduce((total, point) => total + point.count, 0);
  switch (name) {
    case 'SampleCount':
      return count;
    case 'Sum':
      return sum;
    case 'Minimum':
      return Math.min(...points.map(({ minimum }) => minimum));
    case 'Maximum':
      return Math.max(...points.map(({ maximum }) => maximum));
    default: {
      const percentile = /^p(\d+(\.\d+)?)$/.exec(name)?.[1];
      if (percentile === undefined) return sum / count;
      const byValue = points.toSorted((a, b) => a.sum / a.count - b.sum / b.count);
      const rank = Math.max(1, Math.ceil((Number(percentile) / 100) * count));
      let seen = 0;
      const found = byValue.find(({ count: weight }) => {
        seen += weight;
        return seen >= rank;
      });
      return found ? found.sum / found.count : Number.NaN;
    }
  }
}
