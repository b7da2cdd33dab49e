/**
 * How a deploy ends. Exactly one of:
 * - `Verified`: the new release serves, and was seen to.
 * - `RolledBack`: it was bad; the last known good release serves again, and was seen to.
 * - `Refused`: nothing was changed.
 * - `Superseded`: a newer deploy took over; nothing of ours is judged or undone.
 * - `RollbackFailed`: it was bad and could not be taken back, or there is nothing to go back to. A person must look.
 * - `Error`: the deployer could not do its work (credentials, API away for too long): nothing is judged, nothing is undone.
 */
export type OutcomeStatus = 'Verified' | 'RolledBack' | 'Refused' | 'Superseded' | 'RollbackFailed' | 'Error';

/** Exit codes of the program. Code 2 is a wrong command line. */
export const EXIT_CODES: Readonly<Record<OutcomeStatus, number>> = {
  Verified: 0,
  RolledBack: 10,
  Refused: 11,
  Superseded: 12,
  RollbackFailed: 13,
  Error: 14,
};

/** What is wrong, in one line, with the object that it is about. */
export interface Reason {
  /** A short word for machines, e.g. `ImagePull`, `CrashLoop`, `QuotaExceeded`, `Paused`, `SmokeTest`. */
  readonly code: string;
  /** `Pod/web-7d9f-x2x`, `Deployment/web`; absent when it is about none. */
  readonly object?: string;
  /** One sentence with the cause and, where there is one, the number that crossed a line. */
  readonly message: string;
}
