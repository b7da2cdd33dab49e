import { BUILD_TYPE } from '../provenance/build-type';
import { builderId, invocationId } from '../provenance/builder';
import { type ProvenancePredicate, provenancePredicate } from '../provenance/statement';
import { issuesOf } from '../provenance/zod-issues';
import { err, ok, type Result } from '../result';
import type { Bill } from './bills';
import type { Facts } from './facts';
import type { AttestRequest } from './request';

/** The facts as SLSA provenance. Refused: an external parameter that the build type does not have. */
export function predicateOf(
  facts: Facts,
  { pipeline, execution, runner }: Pick<AttestRequest, 'pipeline' | 'execution' | 'runner'>,
  bills: readonly Bill[],
): Result<ProvenancePredicate, string> {
  const { source, imageBuild } = facts;
  const builder = builderId(facts.pipelineArn, runner);
  const checked = provenancePredicate.safeParse({
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: { pipeline, source, variables: facts.variables },
      internalParameters: { slipway: { runner, imageBuild: imageBuild.arn } },
      resolvedDependencies: [
        {
          name: 'source',
          uri: `git+${source.repository}@refs/heads/${source.branch}`,
          digest: { gitCommit: source.commit },
        },
        { name: 'build-image', uri: imageBuild.image },
      ],
    },
    runDetails: {
      builder: { id: builder },
      metadata: {
        invocationId: invocationId(builder, execution),
        startedOn: facts.startedAt.toISOString(),
        finishedOn: facts.finishedAt.toISOString(),
      },
      byproducts: bills.map(({ file, sha256 }) => ({
        name: file,
        mediaType: 'application/vnd.cyclonedx+json',
        digest: { sha256 },
      })),
    },
  });
  return checked.success ? ok(checked.data) : err(`the build type does not have this: ${issuesOf(checked.error)}`);
}
