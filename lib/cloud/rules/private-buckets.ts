import { objects, type TemplateRule } from './rule';

const BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

export const privateBuckets: TemplateRule = {
  id: 'private-buckets',
  holds: 'A bucket is never public, and says how it is encrypted.',
  reason:
    'Artifacts, releases and caches are what a deploy trusts: whoever reads or writes them from outside has the service (OWASP CI/CD 7).',
  remedy: `set ${BLOCKS.join(', ')} of PublicAccessBlockConfiguration to true, and BucketEncryption`,
  types: ['AWS::S3::Bucket'],
  check: ({ PublicAccessBlockConfiguration: block, BucketEncryption: encryption }) => {
    const open = BLOCKS.filter((name) => block?.[name] !== true);
    if (open.length > 0) return `the bucket may become public (${open.join(', ')})`;
    const rules = objects(encryption?.ServerSideEncryptionConfiguration);
    const encrypted = rules.some((rule) => rule.ServerSideEncryptionByDefault?.SSEAlgorithm !== undefined);
    return encrypted ? undefined : 'the bucket says nothing of encryption';
  },
};
