import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { BUILD_TYPE } from '../../lib/provenance/build-type';
import { builderId, invocationId } from '../../lib/provenance/builder';
import { type Envelope, seal } from '../../lib/provenance/dsse';
import { type ProvenanceStatement, provenanceStatement, type Statement } from '../../lib/provenance/statement';
import { ok } from '../../lib/result';

export const KEY_ID = 'arn:aws:kms:eu-central-1:111122223333:key/0f5d3a52-6f0a-4a3e-9d55-0f6d1f0c5a11';
export const DIGEST = `sha256:${'ab'.repeat(32)}`;
export const PIPELINE_ARN = 'arn:aws:codepipeline:eu-central-1:111122223333:visits-development';
export const REPOSITORY_ARN = 'arn:aws:codecommit:eu-central-1:111122223333:visits';
export const COMMIT = '35285eee9d5535285eee9d5535285eee9d55abcd';

/** A signer with a key of its own, as KMS is one. */
export function signer(namedCurve = 'P-256'): {
  readonly publicKey: KeyObject;
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
} {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  return { publicKey, sign: async (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'der' }) };
}

/** What the attest action says of a build that went well. */
export const statementOfBuild = (): ProvenanceStatement =>
  provenanceStatement(
    { name: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/visits', digest: DIGEST },
    {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          pipeline: 'visits-development',
          source: { repository: REPOSITORY_ARN, branch: 'develop', commit: COMMIT },
          variables: { IgnoreAlarms: 'no' },
        },
        internalParameters: {
          slipway: {
            runner: 'codepipeline',
            imageBuild: 'arn:aws:codebuild:eu-central-1:111122223333:build/visits-development-test-image:1',
          },
        },
        resolvedDependencies: [
          { name: 'source', uri: `git+${REPOSITORY_ARN}@refs/heads/develop`, digest: { gitCommit: COMMIT } },
          { name: 'build-image', uri: 'aws/codebuild/amazonlinux-x86_64-standard:6.0' },
        ],
      },
      runDetails: {
        builder: { id: builderId(PIPELINE_ARN, 'codepipeline') },
        metadata: {
          invocationId: invocationId(PIPELINE_ARN, '933ea4e1-1287-44c7-9694-6b826e1700bc'),
          startedOn: '2026-11-21T12:00:00.000Z',
          finishedOn: '2026-11-21T12:04:00.000Z',
        },
        byproducts: [
          { name: 'image.cdx.json', mediaType: 'application/vnd.cyclonedx+json', digest: { sha256: 'cd'.repeat(32) } },
        ],
      },
    },
  );

/** An envelope as it is stored. `statement` may be anything: a signer may sign what a verifier must refuse. */
export const sealed = async (
  statement: unknown,
  sign: (message: Uint8Array) => Promise<Uint8Array>,
  keyid = KEY_ID,
): Promise<Buffer> => stored(await envelopeOf(statement, sign, keyid));

export async function envelopeOf(
  statement: unknown,
  sign: (message: Uint8Array) => Promise<Uint8Array>,
  keyid = KEY_ID,
): Promise<Envelope> {
  const sealed = await seal(statement as Statement, keyid, async (message) => ok(await sign(message)));
  if (!sealed.ok) throw new Error(sealed.errors.join());
  return sealed.value;
}

export const stored = (envelope: Envelope | object): Buffer => Buffer.from(JSON.stringify(envelope));
