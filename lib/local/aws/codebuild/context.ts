import { err, type Result } from '../../../result';
import type { PipelineHost } from '../../pipelines/host';
import type { Attempts } from '../attempts/attempts';
import type { AwsError } from '../service';

/** What the operations of CodeBuild and CloudWatch Logs are made of. */
export interface BuildContext {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly pipelines: () => ReadonlyMap<string, PipelineHost>;
  readonly attempts: Attempts;
  /** Ends a build that runs; false: it does not run here. Absent: builds cannot be stopped one by one. */
  readonly stopBuild?: (id: string) => boolean;
}

export const codeBuildArn = ({ partition, region, account }: BuildContext, path: string): string =>
  `arn:${partition}:codebuild:${region}:${account}:${path}`;

export const invalidToken = (errors: readonly string[]): Result<never, AwsError> =>
  err({ code: 'InvalidInputException', message: errors.join('; ') });
