/** How an execution of a pipeline ended. */
export interface PipelineOutcome {
  readonly execution: string;
  readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Superseded' | 'Cancelled';
  readonly reason?: string;
  /** The first stage that failed or was stopped. */
  readonly stage?: string;
  /** Present if that stage asked for a rollback. The execution stays failed, however the rollback ends. */
  readonly rollback?: Rollback;
}

export type Rollback =
  | { readonly target: string; readonly outcome: PipelineOutcome }
  /** There is nothing to go back to, and why. */
  | { readonly target?: undefined; readonly reason: string };

/** The runner itself broke: a defect of this program or of its machine, no verdict on what was run. */
export class RunnerBroke extends Error {
  override readonly name = 'RunnerBroke';
  constructor(
    readonly outcome: PipelineOutcome,
    cause: Error,
  ) {
    super(cause.message, { cause });
  }
}
