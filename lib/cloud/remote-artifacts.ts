import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { artifactBucketName } from '../model/names';
import type { Pipeline } from '../model/pipeline';
import { acknowledge, wildcardFinding } from './acknowledge';
import { type ArtifactAccess, artifactObjects } from './artifact-store';
import { allow } from './statement';

/**
 * Reading the artifacts of a pipeline of the account `tools`, as a managed policy; AccountGrants says the other half. The key has no
 * name to say in advance: it is told by what S3 alone opens with it, the objects of the bucket.
 * Source: KMS developer guide, conditions-kms (kms:ViaService, kms:EncryptionContext); S3 user guide, UsingKMSEncryption (aws:s3:arn).
 */
export function readArtifactsOf(scope: Construct, { name, service }: Pipeline, tools: string): ArtifactAccess {
  const { region, urlSuffix, partition } = Stack.of(scope);
  const bucketArn = `arn:${partition}:s3:::${artifactBucketName(service, tools, region)}`;
  const objects = `${bucketArn}${artifactObjects(name)}`;
  const keys = Stack.of(scope).formatArn({ service: 'kms', account: tools, resource: 'key', resourceName: '*' });
  const read = new ManagedPolicy(scope, `Artifacts-${name}`, {
    description: `Read the artifacts of ${name}`,
    statements: [
      allow(['s3:GetObject', 's3:GetObjectVersion'], [objects]),
      allow(['s3:GetBucketLocation', 's3:GetBucketAcl'], [bucketArn]),
      allow(['kms:Decrypt'], [keys], {
        StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] },
      }),
      allow(['kms:DescribeKey'], [keys]),
    ],
  });
  acknowledge(
    read,
    wildcardFinding(scope, objects),
    `The names of the objects are made up by the service at run time; the policy is held to the prefix of ${name}.`,
  );
  acknowledge(
    read,
    wildcardFinding(scope, keys),
    "The id of a key of another account is made up there; that account's key policy names these roles for one key, and S3 alone decrypts.",
  );
  return { read };
}
