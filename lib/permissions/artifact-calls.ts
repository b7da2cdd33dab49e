import type { Estate, RoleCall } from './calls';

const S3_KMS = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html';
const CODEBUILD_KMS = 'https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-kms.html';

type Call = Omit<RoleCall, 'role'>;

/** What reading an object takes: the object, the version that an execution names, and the key of the bucket. */
export const readObject = (estate: Estate, bucket: string, key: string, why: string, page: string): Call[] => [
  { action: 's3:GetObject', resource: objectArn(estate, bucket, key), why, page },
  { action: 's3:GetObjectVersion', resource: objectArn(estate, bucket, key), why, page },
  ...useKey(estate, bucket, ['kms:Decrypt'], why, S3_KMS),
];

/** What writing an object takes: a large one goes in parts, for which the key also decrypts. */
export const writeObject = (estate: Estate, bucket: string, key: string, why: string, page: string): Call[] => [
  { action: 's3:PutObject', resource: objectArn(estate, bucket, key), why, page },
  ...useKey(estate, bucket, ['kms:GenerateDataKey', 'kms:Decrypt'], why, S3_KMS),
];

/** What CodeBuild asks of the key that its project names. */
export const useProjectKey = (key: string): Call[] =>
  ['kms:DescribeKey', 'kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
    action,
    resource: key,
    why: 'CodeBuild encrypts the output of its builds',
    page: CODEBUILD_KMS,
  }));

export const bucketArn = ({ place }: Estate, bucket: string): string => `arn:${place.partition}:s3:::${bucket}`;
export const objectArn = (estate: Estate, bucket: string, key: string): string => `${bucketArn(estate, bucket)}/${key}`;

/** Under S3's own name, as bucket keys have it. */
export function useKey(estate: Estate, bucket: string, actions: readonly string[], why: string, page: string): Call[] {
  const encryption = estate.permissions.bucketKeys.get(bucket);
  if (!encryption) return [];
  const { account, region } = estate.place;
  const context = { 'kms:CallerAccount': account, 'kms:ViaService': `s3.${region}.amazonaws.com` };
  return actions.map((action) => ({ action, resource: encryption.key, context, why, page }));
}
