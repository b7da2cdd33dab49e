import type { Result } from '../result';
import type { KubectlFailure } from './kubectl';
import type { Lock, LockFailure } from './lock';
import type { KubeObject } from './objects';
import type { Reason } from './outcome';
import type { Ports } from './ports';
import type { Release, ReleaseProvenance } from './release';
import type { DeployRequest, SmokeTest } from './request';
import type { End, RollOut } from './roll-out';
import type { Expectation } from './verdict';

/** What the sequence is put together from; in the program the real ones, in tests whatever a test is about. */
export interface Parts {
  readonly rollOut: RollOut;
  takeLock(requestedAt: string): Promise<Result<Lock, LockFailure>>;
  render(
    request: DeployRequest,
    release: string,
    ports: Ports,
  ): Promise<Result<readonly KubeObject[], string | KubectlFailure>>;
  /** Asks no cluster. What was verified of the image; undefined: nothing, since there is nothing to verify it by. */
  provenance(request: DeployRequest, ports: Ports): Promise<Result<ReleaseProvenance | undefined, Stop>>;
  /** Asks no cluster. Why an earlier release must not be put back; undefined: it may. */
  mistrust(release: Release, request: DeployRequest, ports: Ports): Promise<Reason | undefined>;
  /** Changes nothing. Undefined: nothing speaks against the release. */
  preflight(
    release: Release,
    context: { readonly request: DeployRequest; readonly good?: Release; readonly ports: Ports },
  ): Promise<Stop | undefined>;
  wait(expectations: readonly Expectation[], options: VerifyOptions & { readonly limit: number }): Promise<End>;
  /** Watches the pods for some seconds after they are available. */
  settle(expectations: readonly Expectation[], options: VerifyOptions): Promise<End>;
  /** `expectations`: workloads behind the service; where they fail while it is asked, that is the reason. */
  smoke(test: SmokeTest, version: string, expectations: readonly Expectation[], options: VerifyOptions): Promise<End>;
  /** Writes and prints what is known about a failure; never fails itself. */
  evidence(
    verdict: Extract<End, { status: 'failed' }>,
    expectations: readonly Expectation[],
    options: Pick<VerifyOptions, 'request' | 'ports'>,
  ): Promise<void>;
}

export interface VerifyOptions {
  readonly request: DeployRequest;
  readonly ports: Ports;
  /** Milliseconds since 1970, before anything was applied: what happened earlier is not the release's fault. */
  readonly startedAt: number;
  /** Asked between looks; whatever it gives ends the wait. */
  readonly interrupted: () => Promise<End | undefined>;
}

/** Why a deploy ends before anything is changed. */
export interface Stop {
  readonly outcome: 'Refused' | 'Superseded' | 'Error';
  readonly reason: Reason;
}
