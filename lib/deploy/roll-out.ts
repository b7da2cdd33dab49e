import type { Result } from '../result';
import type { KubectlFailure } from './kubectl';
import type { KubeObject, ObjectReference } from './objects';
import type { Reason } from './outcome';
import type { Ports } from './ports';
import type { Release } from './release';
import type { DeployRequest, SmokeTest } from './request';
import type { Expectation } from './verdict';

/**
 * How a part of bringing a release up went:
 * - `ready`: it is as it must be
 * - `failed`: the release is bad
 * - `superseded`: a newer deploy wants the lock, or somebody else changed a workload under us: nothing is judged or undone
 * - `error`: nothing can be judged (credentials, API away for too long, told to stop): nothing is undone
 */
export type End =
  | { readonly status: 'ready' }
  | { readonly status: 'failed'; readonly reason: Reason; readonly pods: readonly string[] }
  | { readonly status: 'superseded'; readonly reason: Reason }
  | { readonly status: 'error'; readonly reason: Reason };

/** On a live object: pruning leaves it alone until then (ISO 8601), e.g. the old colour after a switch. */
export const KEEP_UNTIL_ANNOTATION = 'slipway.dev/keep-until';

/** What a strategy is given. Every function logs what it does, and answers `error` or `superseded` where that is so. */
export interface RollOutContext {
  readonly request: DeployRequest;
  /** What is brought up: the new release, or the last known good one when that is restored. Its objects went through `prepare`. */
  readonly release: Release;
  /** Last known good; absent before there is one. When it is restored: the same as `release`. */
  readonly good?: Release;
  readonly ports: Ports;
  /**
   * Server-side apply with the deployer's field manager, in the order given, in one command where that is possible; waits for
   * nothing. Each is recorded before it is sent, so that a rejection halfway is taken back whole. Gives the objects as the server
   * answered them. Objects get SET_LABELS from whoever makes them.
   */
  apply(objects: readonly KubeObject[]): Promise<Applied>;
  /**
   * Everything in its order: definitions (waited for), configuration and Services, Jobs that come before (waited for), workloads;
   * then waits until all workloads among them are as they must be. No smoke test.
   */
  applyAndWait(objects: readonly KubeObject[]): Promise<End>;
  /** Waits for workloads that `apply` answered (see `expectationsOf`). */
  wait(expectations: readonly Expectation[], options?: WaitOptions): Promise<End>;
  /** Smoke test; without a parameter that of the request, of `release.version`. */
  smoke(test?: Partial<SmokeTest>): Promise<End>;
  /** Whether to go on; a strategy that waits by itself asks between two looks. Undefined: go on. */
  interrupted(): Promise<End | undefined>;
  /** Deletes objects; one that is not there is no failure. Waits until they are gone from the API, not for their pods. */
  remove(references: readonly ObjectReference[]): Promise<Result<void, KubectlFailure>>;
}

export type Applied =
  | { readonly status: 'applied'; readonly objects: readonly KubeObject[] }
  | Exclude<End, { status: 'ready' }>;

export interface WaitOptions {
  /** Seconds in place of `limits.rollout`. */
  readonly limit?: number;
}

/** A way to bring a release up. Restoring the last known good release goes the same way. */
export interface RollOut {
  /**
   * The objects as they will be applied, e.g. with the colour that is free, read from the cluster. Changes nothing. What it gives
   * is checked by a dry run, shown as a difference, kept in the store as the release, and is what pruning keeps.
   */
  prepare(
    objects: readonly KubeObject[],
    context: Pick<RollOutContext, 'request' | 'good' | 'ports'>,
  ): Promise<Result<readonly KubeObject[], Reason | KubectlFailure>>;
  /** From the first change to the last smoke test. Objects that it makes beyond the release's own carry SET_LABELS. */
  bringUp(context: RollOutContext): Promise<End>;
  /** The last known good release (`context.release`) back into service, as quickly as can be; `prepare` is not called. */
  restore(context: RollOutContext): Promise<End>;
  /**
   * After a failure and before `restore`: takes away what is there for the time of the rollout only (canary, baseline, a colour that
   * nobody uses), traffic first. Can be called at any time, also on what a killed deployer left, and twice.
   */
  abort(context: RollOutContext): Promise<Result<void, KubectlFailure>>;
}
