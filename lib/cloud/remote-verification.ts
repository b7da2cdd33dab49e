import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { attestationBucketName, provenanceKeyAlias } from '../model/names';
import type { Pipeline } from '../model/pipeline';
import { acknowledge, wildcardFinding } from './acknowledge';
import type { Verification } from './attestations';
import { keysOf, throughBucket } from './remote-keys';
import { allow } from './statement';
import { whatCounts } from './what-counts';

/**
 * With what a deploy verifies images of the account `tools`; Attestations.letVerify says the other half. The key is asked for by its
 * alias, as it has no other name that is known in advance. Source: KMS developer guide, conditions-kms (kms:RequestAlias).
 */
export function verificationFrom(
  scope: Construct,
  tools: string,
  { service: { name: service }, source }: Config,
  pipelines: readonly Pipeline[],
): Verification {
  const stack = Stack.of(scope);
  const bucket = attestationBucketName(service, tools, stack.region);
  const bucketArn = `arn:${stack.partition}:s3:::${bucket}`;
  const objects = `${bucketArn}/${service}/*`;
  const keys = keysOf(scope, tools);
  const alias = provenanceKeyAlias(service);
  const counts = whatCounts(scope, tools, source, pipelines);
  return {
    statements: [
      allow(['kms:DescribeKey', 'kms:GetPublicKey'], [keys], { StringEquals: { 'kms:RequestAlias': alias } }),
      allow(['kms:Decrypt'], [keys], throughBucket(scope, bucketArn)),
      allow(['s3:GetObject'], [objects]),
      allow(['s3:ListBucket'], [bucketArn], { StringLike: { 's3:prefix': `${service}/*` } }),
    ],
    environment: {
      ATTESTATIONS: `s3://${bucket}`,
      PROVENANCE_KEY: stack.formatArn({ service: 'kms', account: tools, resource: alias }),
      PROVENANCE_BUILDERS: counts.builders.join(' '),
      PROVENANCE_SOURCE: counts.source,
    },
    acknowledge: (construct) => {
      acknowledge(
        construct,
        wildcardFinding(scope, objects),
        "Objects are named by the digest of their image, which nobody knows before it is built; the statement is held to the service's prefix.",
      );
      acknowledge(
        construct,
        wildcardFinding(scope, keys),
        "The id of a key of another account is made up there; that account's policies name this role for two keys: one it asks for by its alias, the other opens objects through S3 alone.",
      );
    },
  };
}
