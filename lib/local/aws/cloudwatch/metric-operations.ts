import type {
  Dimension,
  GetMetricDataInput,
  GetMetricDataOutput,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  ListMetricsInput,
  ListMetricsOutput,
  MetricDatum,
  PutMetricDataInput,
} from '@aws-sdk/client-cloudwatch';
import { err, ok, type Result } from '../../../result';
import type { MetricPoint, MetricQuery, MetricStore, StoredMetric } from '../metrics';
import { pageOf } from '../paging';
import { type AwsError, type Operation, takes } from '../service';
import { pointsOf, statisticOf, summaries } from './statistics';

const LARGEST_PAGE = 500;

/** Metrics (CloudWatch API reference): what was put here and what the alarms have sampled. */
export const metricOperations = (metrics: MetricStore, now: () => Date): Readonly<Record<string, Operation>> => ({
  PutMetricData: takes<PutMetricDataInput, object>()(
    ['Namespace', 'MetricData', 'StrictEntityValidation'],
    ({ Namespace = '', MetricData = [] }) => {
      const points: [MetricQuery, MetricPoint][] = [];
      for (const [index, datum] of MetricData.entries()) {
        const read = pointsOf(datum, now());
        if (!read.ok) return invalid(...read.errors.map((error) => `MetricData.member.${index + 1}: ${error}`));
        for (const point of read.value) points.push([queryOf(Namespace, datum), point]);
      }
      for (const [query, point] of points) metrics.put(query, point);
      return ok({});
    },
  ),
  ListMetrics: takes<ListMetricsInput, ListMetricsOutput>()(
    ['Namespace', 'MetricName', 'Dimensions', 'NextToken'],
    ({ Namespace, MetricName, Dimensions = [], NextToken }) => {
      const found = metrics
        .all()
        .filter(
          ({ namespace, metricName, dimensions }) =>
            namespace === (Namespace ?? namespace) &&
            metricName === (MetricName ?? metricName) &&
            Dimensions.every(
              ({ Name = '', Value }) =>
                Object.hasOwn(dimensions, Name) && dimensions[Name] === (Value ?? dimensions[Name]),
            ),
        );
      const page = pageOf(found, keyOf, LARGEST_PAGE, NextToken);
      if (!page.ok) return invalid(...page.errors);
      const { items, nextToken } = page.value;
      return ok({
        Metrics: items.map(({ namespace, metricName, dimensions }) => ({
          Namespace: namespace,
          MetricName: metricName,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
        ...(nextToken !== undefined && { NextToken: nextToken }),
      });
    },
  ),
  GetMetricStatistics: takes<GetMetricStatisticsInput, GetMetricStatisticsOutput>()(
    [
      'Namespace',
      'MetricName',
      'Dimensions',
      'StartTime',
      'EndTime',
      'Period',
      'Statistics',
      'ExtendedStatistics',
      'Unit',
    ],
    (input) => {
      const { Namespace = '', MetricName = '', Period = 60, Statistics = [], ExtendedStatistics = [], Unit } = input;
      if (Statistics.length + ExtendedStatistics.length === 0)
        return invalid('The parameter Statistics or ExtendedStatistics must be given.');
      const query = queryOf(Namespace, { ...input, MetricName });
      const range = { start: input.StartTime ?? new Date(0), end: input.EndTime ?? now(), period: Period };
      const Datapoints = summaries(metrics.points(query), range).map(({ at, points }) => ({
        Timestamp: at,
        ...Object.fromEntries(Statistics.map((name) => [name, statisticOf(name, points)])),
        ...(ExtendedStatistics.length > 0 && {
          ExtendedStatistics: Object.fromEntries(
            ExtendedStatistics.map((name) => [name, statisticOf(name, points) as number]),
          ),
        }),
        Unit: Unit ?? 'None',
      }));
      return ok({ Label: MetricName, Datapoints });
    },
  ),
  GetMetricData: takes<GetMetricDataInput, GetMetricDataOutput>()(
    ['MetricDataQueries', 'StartTime', 'EndTime', 'ScanBy', 'MaxDatapoints'],
    ({ MetricDataQueries = [], StartTime = new Date(0), EndTime = now(), ScanBy, MaxDatapoints = 100_800 }) => {
      const math = MetricDataQueries.find(({ MetricStat }) => !MetricStat);
      if (math)
        return invalid(
          `MetricDataQueries ${math.Id}: Expression is not supported by the local endpoint; ask for MetricStat`,
        );
      const results = MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false).map(
        ({ Id, Label, MetricStat }) => {
          const { Metric = {}, Period = 60, Stat = 'Average' } = MetricStat ?? {};
          const query = queryOf(Metric.Namespace ?? '', Metric);
          const found = summaries(metrics.points(query), { start: StartTime, end: EndTime, period: Period });
          const inOrder = (ScanBy === 'TimestampAscending' ? found : found.toReversed()).slice(0, MaxDatapoints);
          return {
            Id,
            Label: Label ?? Metric.MetricName ?? '',
            Timestamps: inOrder.map(({ at }) => at),
            Values: inOrder.map(({ points }) => statisticOf(Stat, points)),
            StatusCode: 'Complete' as const,
          };
        },
      );
      return ok({ MetricDataResults: results, Messages: [] });
    },
  ),
});

const keyOf = ({ namespace, metricName, dimensions }: StoredMetric): string =>
  JSON.stringify([namespace, metricName, dimensions]);

const queryOf = (
  namespace: string,
  { MetricName = '', Dimensions = [] }: Pick<MetricDatum, 'Dimensions'> & { MetricName?: string | undefined },
): MetricQuery => ({
  namespace,
  metricName: MetricName,
  dimensions: Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }: Dimension) => [Name, Value])),
});

const invalid = (...messages: string[]): Result<never, AwsError> =>
  err({ code: 'InvalidParameterValue', message: messages.join('; ') });
