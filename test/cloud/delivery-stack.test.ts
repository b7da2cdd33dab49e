import type { Json } from '../../lib/cloud/rules/rule';
import { deliver } from './delivery';
import { propertiesOf, resourcesOf } from './fixtures';

const { template } = deliver();

describe('what is kept', () => {
  it('images have immutable tags, are scanned, encrypted, expired when unreleased, and outlive the stack', () => {
    const repositories = Object.values(resourcesOf(template, 'AWS::ECR::Repository'));
    const images = repositories.find(({ Properties }) => Properties.RepositoryName === 'visits') as Json;
    const cache = repositories.find(({ Properties }) => Properties.RepositoryName === 'visits-cache') as Json;
    expect(images.Properties.ImageTagMutability).toBe('IMMUTABLE');
    expect(cache.Properties).toMatchObject({
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: [{ ImageTagMutabilityExclusionFilterValue: 'buildcache' }],
    });
    for (const repository of repositories) {
      expect(repository.DeletionPolicy).toBe('Retain');
      expect(repository.Properties.ImageScanningConfiguration).toEqual({ ScanOnPush: true });
      expect(repository.Properties.EncryptionConfiguration.EncryptionType).toBe('KMS');
    }
    const { rules } = JSON.parse(images.Properties.LifecyclePolicy.LifecyclePolicyText);
    expect(rules.map(({ selection }: Json) => selection)).toEqual([
      { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 7, countUnit: 'days' },
      { tagStatus: 'tagged', tagPatternList: ['*'], countType: 'imageCountMoreThan', countNumber: 500 },
    ]);
  });

  it('artifacts are encrypted, versioned, private, and outlive the stack', () => {
    const buckets = Object.entries(resourcesOf(template, 'AWS::S3::Bucket'));
    expect(buckets).toHaveLength(4);
    for (const [, bucket] of buckets) {
      expect(bucket.DeletionPolicy).toBe('Retain');
      expect(Object.values(bucket.Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    }
    for (const name of ['ArtifactsBucket', 'ReleasesBucket', 'AttestationsBucket']) {
      const [, { Properties }] = buckets.find(([id]) => id.startsWith(name)) as [string, Json];
      expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration[0]).toMatchObject({
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
      });
      expect(Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
      expect(Properties.LoggingConfiguration).toBeDefined();
    }
  });

  it('no release expires by its age: the last known good one may be old', () => {
    const [, releases] = Object.entries(resourcesOf(template, 'AWS::S3::Bucket')).find(([id]) =>
      id.startsWith('ReleasesBucket'),
    ) as [string, Json];
    for (const rule of releases.Properties.LifecycleConfiguration.Rules)
      expect(Object.keys(rule).filter((key) => key.startsWith('Expiration'))).toEqual([]);
  });

  it('keys rotate, logs forget when the configuration says', () => {
    // KMS rotates no key that signs.
    const keys = propertiesOf(template, 'AWS::KMS::Key').filter(({ KeyUsage }) => KeyUsage !== 'SIGN_VERIFY');
    expect(keys.map((key) => key.EnableKeyRotation)).toEqual([true]);
    const logs = propertiesOf(template, 'AWS::Logs::LogGroup');
    expect(logs).toHaveLength(propertiesOf(template, 'AWS::CodeBuild::Project').length + 1);
    for (const log of logs) expect(log).toMatchObject({ RetentionInDays: 90, KmsKeyId: expect.anything() });
  });

  it('follows slipway.yaml', () => {
    const { template: own } = deliver(
      'retention:\n  logs: 7\n  images: 3\nbuild:\n  compute: large\nenvironments:\n  dev: {}\n',
    );
    expect(propertiesOf(own, 'AWS::Logs::LogGroup').every(({ RetentionInDays }) => RetentionInDays === 7)).toBe(true);
    const image = propertiesOf(own, 'AWS::CodeBuild::Project').find(({ Name }) => Name.endsWith('-image'));
    expect(image.Environment.ComputeType).toBe('BUILD_GENERAL1_LARGE');
    expect(propertiesOf(own, 'AWS::CodePipeline::Pipeline').map(({ Name }) => Name)).toEqual(['visits-development']);
    // No bake, no function.
    expect(propertiesOf(own, 'AWS::Lambda::Function')).toEqual([]);
  });
});
