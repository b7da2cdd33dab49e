import type { Result } from '../result';

/** Why a kubectl command did not do what it was asked. */
export interface KubectlFailure {
  /**
   * - `unauthorized`: the API knows nobody by these credentials (401; kubectl words it in many ways, also as a failed validation)
   * - `forbidden`: it knows them and says no (403)
   * - `unreachable`: no answer, a cut connection, 5xx, timeouts: may pass
   * - `throttled`: 429 that kubectl's own retries did not outlast
   * - `conflict`: somebody else changed or owns it (409)
   * - `refused`: the request itself is wrong: validation, immutable field, admission, quota (400, 403 by admission, 422)
   * - `not-found`: no such object, kind or namespace
   * - `stopped`: the deployer was told to stop
   * - `other`: anything else, e.g. kubectl is not there
   */
  readonly kind:
    | 'unauthorized'
    | 'forbidden'
    | 'unreachable'
    | 'throttled'
    | 'conflict'
    | 'refused'
    | 'not-found'
    | 'stopped'
    | 'other';
  /** kubectl's own words, without its prefixes; one line. */
  readonly message: string;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  readonly input?: string;
  /** Seconds until the command is ended; default 60. */
  readonly timeoutSeconds?: number;
  /** Exit codes that are no failure; default [0]. `diff` answers 1 when there is a difference. */
  readonly accept?: readonly number[];
  /**
   * Tries again, with back-off, jitter and a limit, when the failure is `unreachable` or `throttled`. Default true: every command
   * that the deployer gives can be given twice.
   */
  readonly retry?: boolean;
  /** Not shown in the log as a command line; default false: whoever reads the log can repeat each step by hand. */
  readonly quiet?: boolean;
}

/** The one way to the cluster: the real kubectl with a kubeconfig, namespace flag included by whoever calls. */
export interface Kubectl {
  run(args: readonly string[], options?: KubectlOptions): Promise<Result<string, KubectlFailure>>;
  /** How many kubectl processes were started. */
  readonly calls: number;
}
