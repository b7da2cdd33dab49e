/** One metric of CloudWatch. */
export interface MetricQuery {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Asks for a metric's present value; undefined where there is no data. */
export type MetricSource = (query: MetricQuery) => Promise<number | undefined>;
