import type { PutJobFailureResultInput, PutJobSuccessResultInput } from '@aws-sdk/client-codepipeline';
import { ok } from '../../../result';
import type { Jobs } from '../jobs';
import { type Operation, takes } from '../service';

/** What a function tells about its job. */
export function jobResultOperations(jobs: Jobs): Readonly<Record<string, Operation>> {
  return {
    PutJobSuccessResult: takes<PutJobSuccessResultInput, object>()(
      ['jobId', 'continuationToken', 'outputVariables', 'executionDetails', 'currentRevision'],
      ({ jobId, continuationToken, outputVariables = {} }) => {
        const reported = jobs.report(jobId as string, {
          status: 'Succeeded',
          ...(continuationToken !== undefined && { continuationToken }),
          variables: outputVariables,
        });
        return reported.ok ? ok({}) : reported;
      },
    ),
    PutJobFailureResult: takes<PutJobFailureResultInput, object>()(
      ['jobId', 'failureDetails'],
      ({ jobId, failureDetails }) => {
        const reported = jobs.report(jobId as string, { status: 'Failed', message: failureDetails?.message ?? '' });
        return reported.ok ? ok({}) : reported;
      },
    ),
  };
}
