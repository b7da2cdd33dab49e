import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { artifactBucketName } from '../model/names';
import type { Pipeline } from '../model/pipeline';
import { acknowledge, wildcardFinding } from './acknowledge';
import { type ArtifactAccess, artifactObjects } from './artifact-store';
import { keysOf, throughBucket } from './remote-keys';
import { allow } from './statement';

/**
 * Reading the artifacts of a pipeline of the account `tools`, as a managed policy; AccountGrants says the other half.
 */
export function readArtifactsOf(scope: Construct, { name, service }: Pipeline, tools: string): ArtifactAccess {
  const { region, partition } = Stack.of(scope);
  const bucketArn = `arn:${partition}:s3:::${artifactBucketName(service, tools, region)}`;
  const objects = `${bucketArn}${artifactObjects(name)}`;
  const keys = keysOf(scope, tools);
  const read = new ManagedPolicy(scope, `Artifacts-${name}`, {
    description: `Read the artifacts of ${name}`,
    statements: [
      allow(['s3:GetObject', 's3:GetObjectVersion'], [objects]),
      allow(['s3:GetBucketLocation', 's3:GetBucketAcl'], [bucketArn]),
      allow(['kms:Decrypt'], [keys], throughBucket(scope, bucketArn)),
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
