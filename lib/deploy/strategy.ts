/** How pods of the old release give way to those of the new one. Times are in seconds. */
export type Strategy = RollingStrategy | BlueGreenStrategy | CanaryStrategy;

/** What is absent stays as the manifests have it. */
export interface RollingStrategy {
  readonly kind: 'rolling';
  /** A number of pods or a percentage, as Kubernetes takes it. */
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
  readonly minReadySeconds?: number;
}

export interface BlueGreenStrategy {
  readonly kind: 'blue-green';
  /** How long the old colour is kept after the switch. */
  readonly keepOld: number;
  /**
   * How long the Service sends requests to both before it sends them to the new colour only: load balancers that keep a list of pods
   * take their time to know new ones. Default 0.
   */
  readonly together?: number;
}

export interface CanaryStrategy {
  readonly kind: 'canary';
  /** Each step: how many pods of the new release, absolute or in percent of the wanted number, and how long they are analysed. */
  readonly steps: readonly CanaryStep[];
  readonly analysis: Analysis;
}

export interface CanaryStep {
  readonly pods: number | string;
  readonly seconds: number;
}

export interface Analysis {
  /** Fewest answers of canary and of baseline each that a verdict needs. */
  readonly minimumSamples: number;
  /** How many percentage points more errors than the baseline are too many. */
  readonly errorPercent: number;
  /** How many times slower than the baseline (95th percentile) is too slow. */
  readonly slower: number;
  /** What becomes of a step without enough samples, or with NaN. */
  readonly inconclusive: 'fail' | 'pass';
  /** Paths that are asked of the pods themselves; by default the ready path. */
  readonly paths: readonly string[];
}
