import { type DeployedResource, listOf, objectsOf, ofType, type Properties } from '../inventory';
import type { LimitId } from './limit-table';
import type { Use } from './use';

/**
 * Sizes of policies. IAM counts characters without white space, and a role's inline policies together, also those that stand in
 * the template as resources of their own (IAM user guide, reference_iam-quotas).
 */
export function policyUses(resources: readonly DeployedResource[]): [LimitId, readonly Use[]][] {
  const roles = ofType(resources, 'AWS::IAM::Role');
  const apart = [...ofType(resources, 'AWS::IAM::Policy'), ...ofType(resources, 'AWS::IAM::RolePolicy')];
  const managed = ofType(resources, 'AWS::IAM::ManagedPolicy');
  const inline = (role: DeployedResource): number => {
    const own = objectsOf(role.properties.Policies).map(({ PolicyDocument: document }) => document);
    const more = apart
      .filter(({ properties: { Roles: names, RoleName: name } }) => [...listOf(names), name].includes(role.id))
      .map(({ properties: { PolicyDocument: document } }) => document);
    return [...own, ...more].reduce((sum, document) => sum + characters(document), 0);
  };
  const each = (type: string, key: string): Use[] =>
    ofType(resources, type).map((one) => ({ where: nameOf(one), used: characters(one.properties[key]) }));
  return [
    ['role-inline-policies', roles.map((role) => ({ where: nameOf(role), used: inline(role) }))],
    ['role-trust', each('AWS::IAM::Role', 'AssumeRolePolicyDocument')],
    [
      'role-attached-policies',
      roles.map((role) => ({
        where: nameOf(role),
        used:
          listOf(role.properties.ManagedPolicyArns).length +
          managed.filter(({ properties: { Roles: names } }) => listOf(names).includes(role.id)).length,
      })),
    ],
    ['managed-policy', each('AWS::IAM::ManagedPolicy', 'PolicyDocument')],
    ['key-policy', each('AWS::KMS::Key', 'KeyPolicy')],
    ['bucket-policy', each('AWS::S3::BucketPolicy', 'PolicyDocument')],
  ];
}

/** Without white space: spaces inside of values are none of the format's, and few. */
const characters = (document: Properties): number =>
  document === undefined ? 0 : JSON.stringify(document).replace(/\s/g, '').length;

const nameOf = ({ stack, logicalId }: DeployedResource): string => `${stack}/${logicalId}`;
