import type { Node } from '../node';
import { ACTION_KEYS } from './keys';
import type { ActionBase, ActionKind, ReadAction } from './kind';

/** Amazon S3 User Guide, acl-overview, canned ACL; `log-delivery-write` is of buckets only. */
const CANNED_ACLS = [
  'private',
  'public-read',
  'public-read-write',
  'aws-exec-read',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
];

/** Amazon S3 User Guide, "General purpose bucket naming rules". */
export const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
export const BUCKET_RULE = '3 to 63 lower-case letters, digits, "." and "-", a letter or digit at both ends';

/** Deploy/AWS/S3. Source: CodePipeline user guide, action-reference-S3Deploy. */
export const S3_DEPLOY_KIND: ActionKind = { read: readS3Deploy, inputs: [1, 1], outputs: [0, 0] };

function readS3Deploy(base: ActionBase, configuration: Node): ReadAction {
  configuration.object(ACTION_KEYS.s3Deploy);
  const node = configuration.member('BucketName');
  const bucket = node.requiredText();
  if (bucket !== '' && !bucket.includes('#{') && !BUCKET_NAME.test(bucket))
    node.fail(`"${bucket}" is no name of a bucket; expected ${BUCKET_RULE}.`);
  const extract = configuration.member('Extract').required().flag() ?? true;
  const key = configuration.member('ObjectKey');
  const objectKey = key.text();
  if (!extract && (objectKey ?? '') === '') key.fail('Is required where Extract is false: the key of the zip.');
  const acl = configuration.member('CannedACL');
  if (!acl.absent) acl.oneOf(CANNED_ACLS);
  const action = { ...base, kind: 's3-deploy', bucket, extract, ...(objectKey && { objectKey }) } as const;
  return { action, produces: [] };
}
