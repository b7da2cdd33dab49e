import type { PutJobFailureResultInput, PutJobSuccessResultInput } from '@aws-sdk/client-codepipeline';
import { err, ok, type Result } from '../../../result';
import type { JobResult, Jobs } from '../jobs';
import { type AwsError, type Operation, type Principal, takes } from '../service';

/** What a function tells about its job. Jobs are of the pipelines' account, and no other account knows them. */
export function jobResultOperations(account: string, jobs: Jobs): Readonly<Record<string, Operation>> {
  const report = (caller: Principal, jobId: string, result: JobResult): Result<object, AwsError> => {
    if (caller.account !== account)
      return err({ code: 'JobNotFoundException', message: `There is no job ${jobId} in account ${caller.account}` });
    const reported = jobs.report(jobId, result);
    return reported.ok ? ok({}) : reported;
  };
  return {
    PutJobSuccessResult: takes<PutJobSuccessResultInput, object>()(
      ['jobId', 'continuationToken', 'outputVariables', 'executionDetails', 'currentRevision'],
      ({ jobId = '', continuationToken, outputVariables = {} }, caller) =>
        report(caller, jobId, {
          status: 'Succeeded',
          ...(continuationToken !== undefined && { continuationToken }),
          variables: outputVariables,
        }),
    ),
    PutJobFailureResult: takes<PutJobFailureResultInput, object>()(
      ['jobId', 'failureDetails'],
      ({ jobId = '', failureDetails }, caller) =>
        report(caller, jobId, { status: 'Failed', message: failureDetails?.message ?? '' }),
    ),
  };
}
