import { z } from 'zod';
import { ok } from '../../result';
import type { Jobs } from './jobs';
import { operation, type Service } from './service';

/** CodePipeline (CodePipeline API reference): what a function tells about its job. */
export function codepipeline(jobs: Jobs): Service {
  const putJobSuccessResult = operation(
    z.strictObject({
      jobId: z.string().min(1),
      continuationToken: z.string().min(1).max(2048).optional(),
      outputVariables: z.record(z.string(), z.string()).optional(),
      executionDetails: z.looseObject({}).optional(),
      currentRevision: z.looseObject({}).optional(),
    }),
    ({ jobId, continuationToken, outputVariables = {} }) => {
      const reported = jobs.report(jobId, { status: 'Succeeded', continuationToken, variables: outputVariables });
      return reported.ok ? ok({}) : reported;
    },
  );
  const putJobFailureResult = operation(
    z.strictObject({
      jobId: z.string().min(1),
      failureDetails: z.strictObject({
        type: z.enum([
          'JobFailed',
          'ConfigurationError',
          'PermissionError',
          'RevisionOutOfSync',
          'RevisionUnavailable',
          'SystemUnavailable',
        ]),
        message: z.string().min(1).max(5000),
        externalExecutionId: z.string().optional(),
      }),
    }),
    ({ jobId, failureDetails }) => {
      const reported = jobs.report(jobId, { status: 'Failed', message: failureDetails.message });
      return reported.ok ? ok({}) : reported;
    },
  );
  return {
    prefix: 'codepipeline',
    invalidInput: 'ValidationException',
    operations: { PutJobSuccessResult: putJobSuccessResult, PutJobFailureResult: putJobFailureResult },
  };
}
