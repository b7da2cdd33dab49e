import type { Json } from '../../../lib/cloud/rules/rule';
import { proves } from '../where';
import type { World } from './world';

/** Repositories and buckets. */
export function provesStores({ seen, config }: World): void {
  proves(
    'made an immutable, scanned, encrypted image repository and an encrypted source repository on its first branch',
    () => {
      expect(seen().images.visits).toMatchObject({
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: 'KMS' },
      });
      expect(seen().repositories.visits).toMatchObject({ defaultBranch: config.branches.development });
      expect(seen().keys[seen().repositories.visits.kmsKeyId]).toMatchObject({ rotation: true });
      expect(seen().approvalRules.visits).toMatchObject([
        {
          DestinationReferences: ['refs/heads/develop', 'refs/heads/main'],
          Statements: [{ Type: 'Approvers', NumberOfApprovalsNeeded: 2 }],
        },
      ]);
    },
  );

  proves('made buckets that are encrypted, versioned, closed to the public, and read over TLS only', () => {
    const own = Object.entries<Json>(seen().buckets).filter(([name]) => name.startsWith('visitsdelivery'));
    expect(own).toHaveLength(4);
    for (const [, bucket] of own) {
      expect(bucket.encryption.ServerSideEncryptionConfiguration.Rules).toHaveLength(1);
      expect(Object.values(bucket.block.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
      expect(bucket.policy.Policy).toContain('aws:SecureTransport');
      expect(bucket.versioning).toBe('Enabled');
    }
  });
}
