import { err, ok, type Result } from '../../result';
import type { AwsError } from './service';

/** How a job of an invoke action ended, as the function told CodePipeline. */
export type JobResult =
  | {
      readonly status: 'Succeeded';
      /** The function is not done: it wants to be invoked again with this token. */
      readonly continuationToken?: string;
      readonly variables: Readonly<Record<string, string>>;
    }
  | { readonly status: 'Failed'; readonly message: string };

/** Where whoever invokes a function waits for what it tells CodePipeline. */
export interface JobResults {
  /** Makes a job known, and resolves when its result comes in. A job that goes on is opened again. */
  open(jobId: string): Promise<JobResult>;
  /** Forgets the job; a result that comes later is refused. A promise of `open` that is still waiting stays so. */
  close(jobId: string): void;
}

/** The jobs of one run. */
export class Jobs implements JobResults {
  private readonly waiting = new Map<string, (result: JobResult) => void>();
  private readonly done = new Set<string>();

  open(jobId: string): Promise<JobResult> {
    this.done.delete(jobId);
    return new Promise((resolve) => this.waiting.set(jobId, resolve));
  }

  close(jobId: string): void {
    if (this.waiting.delete(jobId)) this.done.add(jobId);
  }

  /** Takes a result in, or refuses it as PutJobSuccessResult and PutJobFailureResult do. */
  report(jobId: string, result: JobResult): Result<void, AwsError> {
    const resolve = this.waiting.get(jobId);
    if (!resolve)
      return this.done.has(jobId)
        ? err({
            code: 'InvalidJobStateException',
            message: `Job ${jobId} has its result already, or is no longer waited for`,
          })
        : err({ code: 'JobNotFoundException', message: `There is no job ${jobId}` });
    this.close(jobId);
    resolve(result);
    return ok(undefined);
  }
}
