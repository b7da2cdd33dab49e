import { err, ok, type Result } from '../../../result';
import type { HostError, PipelineHost } from '../../pipelines/host';
import type { Attempts } from '../attempts/attempts';
import type { Jobs } from '../jobs';
import type { AwsError } from '../service';

/** What the operations of CodePipeline are made of. */
export interface PipelineContext {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** By name. */
  readonly pipelines: () => ReadonlyMap<string, PipelineHost>;
  readonly attempts: Attempts;
  readonly jobs: Jobs;
}

export function findPipeline(
  context: Pick<PipelineContext, 'pipelines' | 'account'>,
  name: string,
): Result<PipelineHost, AwsError> {
  const host = context.pipelines().get(name);
  return host
    ? ok(host)
    : err({
        code: 'PipelineNotFoundException',
        message: `Account '${context.account}' does not have a pipeline with name '${name}'`,
      });
}

export const pipelineArn = ({ partition, region, account }: PipelineContext, name: string): string =>
  `arn:${partition}:codepipeline:${region}:${account}:${name}`;

/** A host's refusal as the API answers it. */
export const refused = (errors: readonly HostError[]): Result<never, AwsError> => err(...errors);
