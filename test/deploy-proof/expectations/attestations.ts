import type { Json } from '../../../lib/cloud/rules/rule';
import { proves } from '../where';
import type { World } from './world';

/** Who signs what is attested of images, and where that is kept. */
export function provesAttestations({ seen, model }: World): void {
  proves('made a key that signs, for the attest roles alone, and a bucket that they alone may write to', () => {
    const { roles, keys, buckets } = seen();
    const signers = Object.keys(roles).filter((arn) => /TestAttestRole/.test(arn));
    expect(signers).toHaveLength(model.length);
    const key = Object.values<Json>(keys).find(({ description }) => description.startsWith('Signs'));
    const [, bucket] = Object.entries<Json>(buckets).find(([name]) => name.includes('attestations')) ?? [];
    const denials = [key.policy, JSON.parse(bucket.policy.Policy)].map(({ Statement }) =>
      Statement.filter(({ Condition }: Json) => Condition?.ArnNotEquals !== undefined),
    );
    for (const [index, action] of ['kms:Sign', 's3:PutObject'].entries())
      expect(denials[index]).toMatchObject([{ Effect: 'Deny', Action: action, Principal: { AWS: '*' } }]);
    for (const [denial] of denials)
      expect(denial.Condition.ArnNotEquals['aws:PrincipalArn'].sort()).toEqual(signers.sort());
  });
}
