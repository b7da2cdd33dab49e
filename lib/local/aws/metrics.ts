/** One metric of CloudWatch. */
export interface MetricQuery {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Asks for a metric's present value; undefined where there is no data. */
export type MetricSource = (query: MetricQuery) => Promise<number | undefined>;

/** One value of a metric. */
export interface MetricPoint {
  readonly at: Date;
  /** A statistic set counts as many values as it says. */
  readonly sum: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface StoredMetric extends MetricQuery {
  /** By time. */
  readonly points: readonly MetricPoint[];
}

/** Points of a metric that are kept. */
const MOST_POINTS = 10_000;

/** What was put into CloudWatch on this machine, and what the alarms have seen; it ends with the process. */
export class MetricStore {
  private readonly given = new Set<string>();
  private readonly metrics = new Map<string, { query: MetricQuery; points: MetricPoint[] }>();

  /** PutMetricData: from now on these points stand for the metric. */
  put(query: MetricQuery, point: MetricPoint): void {
    this.given.add(keyOf(query));
    this.keep(query, point);
  }

  private keep(query: MetricQuery, point: MetricPoint): void {
    const key = keyOf(query);
    const metric = this.metrics.get(key) ?? { query, points: [] };
    this.metrics.set(key, metric);
    const at = metric.points.findLastIndex((each) => each.at <= point.at);
    metric.points.splice(at + 1, 0, point);
    if (metric.points.length > MOST_POINTS) metric.points.shift();
  }

  all(): readonly StoredMetric[] {
    return [...this.metrics.values()].map(({ query, points }) => ({ ...query, points }));
  }

  points(query: MetricQuery): readonly MetricPoint[] {
    return this.metrics.get(keyOf(query))?.points ?? [];
  }

  /**
   * What alarms sample: the newest point that is not older than `milliseconds`, where somebody put one; else what `source` says, which
   * is kept too.
   */
  over(source: MetricSource, now: () => Date, milliseconds: number): MetricSource {
    return async (query) => {
      const newest = this.given.has(keyOf(query)) ? this.points(query).at(-1) : undefined;
      if (newest) return now().getTime() - newest.at.getTime() <= milliseconds ? newest.sum / newest.count : undefined;
      const value = await source(query);
      if (value !== undefined) this.keep(query, { at: now(), sum: value, count: 1, minimum: value, maximum: value });
      return value;
    };
  }
}

const keyOf = ({ namespace, metricName, dimensions }: MetricQuery): string =>
  JSON.stringify([namespace, metricName, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);
