import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import type { Pipeline } from '../model/pipeline';
import { codeCommitSource, connectionSource } from '../provenance/build-type';

/** Whose word about an image counts, and of which source, as statements about images name both. `account`: of the pipelines. */
export function whatCounts(
  scope: Construct,
  account: string,
  source: Config['source'],
  pipelines: readonly Pipeline[],
): { readonly builders: readonly string[]; readonly source: string } {
  const arn = (service: string, resource: string): string => Stack.of(scope).formatArn({ service, account, resource });
  return {
    builders: pipelines.map(({ name }) => arn('codepipeline', name)),
    source:
      source.provider === 'codecommit'
        ? codeCommitSource(arn('codecommit', source.repository))
        : connectionSource(source.connectionArn, source.repository),
  };
}
