import type { Analysis } from '../strategy';

/** One request. `failed`: no answer in time, or a status of 500 and above. */
export interface Sample {
  readonly failed: boolean;
  readonly milliseconds: number;
}

export interface Comparison {
  readonly status: 'pass' | 'fail' | 'inconclusive';
  /** One sentence with the numbers. */
  readonly message: string;
}

/** Milliseconds: smaller differences are the noise of the way there, through kubectl and the API server. */
export const LATENCY_FLOOR = 20;
/** Percent of failed requests of the old release from which on nothing can be told. */
const BASELINE_BROKEN = 50;

/**
 * The new release against fresh pods of the old one, asked at the same time as often. Errors are compared by the difference in
 * percentage points, latency by the ratio of the 95th percentiles of good answers.
 */
export function compare(canary: readonly Sample[], baseline: readonly Sample[], analysis: Analysis): Comparison {
  const { minimumSamples, errorPercent, slower } = analysis;
  if (canary.length < minimumSamples || baseline.length < minimumSamples) {
    return inconclusive(
      `the canary answered ${canary.length} requests and the baseline ${baseline.length}; a verdict needs ${minimumSamples} of each`,
    );
  }
  const errors = { canary: failedPercent(canary), baseline: failedPercent(baseline) };
  const failed = `${shown(errors.canary)} % of the canary's ${canary.length} requests failed, ${shown(errors.baseline)} % of the baseline's`;
  if (errors.baseline >= BASELINE_BROKEN) return inconclusive(`${failed}: the old release is broken, too`);
  if (errors.canary - errors.baseline > errorPercent)
    return { status: 'fail', message: `${failed}; ${errorPercent} points more are allowed` };

  const latency = { canary: percentile95(canary), baseline: percentile95(baseline) };
  if (!Number.isFinite(latency.canary) || !Number.isFinite(latency.baseline))
    return inconclusive('the times of the answers are not known');
  const times = `95 % of the canary's answers came within ${shown(latency.canary)} ms, of the baseline's within ${shown(latency.baseline)} ms`;
  if (latency.canary > latency.baseline * slower && latency.canary - latency.baseline > LATENCY_FLOOR)
    return { status: 'fail', message: `${times}; ${slower} times that is allowed` };
  return { status: 'pass', message: `${failed}; ${times}` };
}

/** Whether the canary has failed too often already to pass when all of the `planned` requests have been made. */
export function isHopeless(
  canary: readonly Sample[],
  baseline: readonly Sample[],
  { errorPercent }: Analysis,
  planned: number,
): boolean {
  const failures = canary.filter(({ failed }) => failed).length;
  if (failures < FEWEST_FAILURES || baseline.length === 0) return false;
  return (failures / Math.max(planned, canary.length)) * 100 - failedPercent(baseline) > errorPercent;
}

/** Fewer may be one hiccup. */
const FEWEST_FAILURES = 3;

const inconclusive = (message: string): Comparison => ({ status: 'inconclusive', message });

const failedPercent = (samples: readonly Sample[]): number =>
  samples.length === 0 ? Number.NaN : (samples.filter(({ failed }) => failed).length / samples.length) * 100;

/** Of good answers, by the nearest-rank method; NaN of none, or when a time is no number. */
export function percentile95(samples: readonly Sample[]): number {
  const times = samples.filter(({ failed }) => !failed).map(({ milliseconds }) => milliseconds);
  if (times.length === 0 || times.some((time) => !Number.isFinite(time))) return Number.NaN;
  return times.sort((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN;
}

const shown = (value: number): string => String(Math.round(value * 10) / 10);
