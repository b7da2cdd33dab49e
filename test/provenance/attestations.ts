import { BUILD_TYPE } from '../../lib/provenance/build-type';
import { builderId, invocationId, type Runner } from '../../lib/provenance/builder';
import { provenanceStatement, type Statement, sbomStatement } from '../../lib/provenance/statement';
import type { Attestation } from '../../lib/provenance/storage';
import { COMMIT, DIGEST, PIPELINE_ARN, REPOSITORY_ARN } from './fixture';

export const REPOSITORY_URI = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/visits';

/** What a verifier of the sample's image wants. */
export const EXPECTED = {
  image: { name: REPOSITORY_URI, digest: DIGEST },
  builders: [PIPELINE_ARN.replace('development', 'production'), PIPELINE_ARN],
  runner: 'codepipeline',
  source: REPOSITORY_ARN,
  commit: COMMIT,
} as const;

interface Facts {
  readonly digest?: string;
  readonly name?: string;
  readonly commit?: string;
  readonly repository?: string;
  readonly pipeline?: string;
  readonly runner?: Runner;
}

/** Everything that the attest action says of one image that was built well. */
export function statementsOf({
  digest = DIGEST,
  name = REPOSITORY_URI,
  commit = COMMIT,
  repository = REPOSITORY_ARN,
  pipeline = PIPELINE_ARN,
  runner = 'codepipeline',
}: Facts = {}): Map<Attestation, Statement> {
  const image = { name, digest };
  const builder = builderId(pipeline, runner);
  const bill = (version: string) => ({
    bomFormat: 'CycloneDX' as const,
    specVersion: '1.6',
    metadata: { component: { name, version } },
    components: [{ name: 'flask', version: '3.1.3', purl: 'pkg:pypi/flask@3.1.3' }],
  });
  const provenance = provenanceStatement(image, {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: {
        pipeline: pipeline.split(':').at(-1) ?? '',
        source: { repository, branch: 'develop', commit },
        variables: { IgnoreAlarms: 'no' },
      },
      internalParameters: { slipway: { runner, imageBuild: 'arn:aws:codebuild:eu-central-1:111122223333:build/i:1' } },
      resolvedDependencies: [
        { name: 'source', uri: `git+${repository}@refs/heads/develop`, digest: { gitCommit: commit } },
        { name: 'build-image', uri: 'aws/codebuild/amazonlinux-x86_64-standard:5.0' },
      ],
    },
    runDetails: {
      builder: { id: builder },
      metadata: {
        invocationId: invocationId(builder, '933ea4e1-1287-44c7-9694-6b826e1700bc'),
        startedOn: '2026-11-21T12:00:00.000Z',
        finishedOn: '2026-11-21T12:04:00.000Z',
      },
      byproducts: ['image.cdx.json', 'package.cdx.json'].map((file) => ({
        name: file,
        mediaType: 'application/vnd.cyclonedx+json',
        digest: { sha256: 'cd'.repeat(32) },
      })),
    },
  });
  return new Map<Attestation, Statement>([
    ['provenance', provenance],
    ['sbom-image', sbomStatement(image, bill(digest))],
    ['sbom-package', sbomStatement(image, bill('1.4.2'))],
  ]);
}

/** A copy with the value at `path` replaced; undefined takes it away. Whether the result still is a statement, a test decides. */
export function changed(statement: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(statement) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() as string;
  const holder = names.reduce((at, name) => at[name] as Record<string, unknown>, copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}
