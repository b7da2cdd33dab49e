import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Every key of another account, as an ARN: its policies say which. Keys have no name that could be said in advance. */
export const keysOf = (scope: Construct, account: string): string =>
  Stack.of(scope).formatArn({ service: 'kms', account, resource: 'key', resourceName: '*' });

/**
 * Only to open objects of the bucket, by S3. Source: KMS developer guide, conditions-kms (kms:ViaService, kms:EncryptionContext); S3 user
 * guide, UsingKMSEncryption (aws:s3:arn).
 */
export function throughBucket(scope: Construct, bucketArn: string): Readonly<Record<string, unknown>> {
  const { region, urlSuffix } = Stack.of(scope);
  return {
    StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` },
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] },
  };
}
