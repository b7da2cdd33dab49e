import type { KubeObject, Workload } from './objects';
import type { Reason } from './outcome';

/** One look at everything that a rollout is about: one `kubectl get`. */
export interface Snapshot {
  readonly workloads: readonly KubeObject[];
  readonly replicaSets: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
  readonly events: readonly KubeObject[];
  /** Asked for only where a DaemonSet is among the workloads. */
  readonly controllerRevisions?: readonly KubeObject[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What a workload must have become. */
export interface Expectation {
  readonly workload: Workload;
  /** `metadata.generation` as the apply answered it; a higher one with another template means that somebody else changed it. */
  readonly generation: number;
  /** The pod template as the API server answered it, defaults included. */
  readonly template: unknown;
  /** Container name -> digest that its pods must run. Containers that are not pinned by digest are absent. */
  readonly digests: Readonly<Record<string, string>>;
  /** Pods wanted at least for `Verified`; a workload that wants none is never verified. */
  readonly minimumPods: number;
}

export type Verdict =
  | { readonly status: 'ready' }
  /** Not there yet; `waitingFor` in words, for the log. */
  | { readonly status: 'progressing'; readonly waitingFor: string }
  | { readonly status: 'failed'; readonly reason: Reason; readonly pods: readonly string[] }
  | { readonly status: 'superseded'; readonly reason: Reason };
