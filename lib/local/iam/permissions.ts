import type { Evaluator } from '../intrinsics';
import type { Diagnostic } from '../plan';
import { type Deployed, deployedResources } from '../template/deployed';
import { isObject } from '../template/json';
import { isOperator } from './conditions';
import { readPolicy, type Statement } from './policy';

/** A policy as it stands in a template. */
export interface NamedPolicy {
  readonly name: string;
  readonly kind: 'inline' | 'managed';
  /** Where it is written: stack and logical id. */
  readonly stack: string;
  readonly logicalId: string;
  readonly statements: readonly Statement[];
}

export interface RolePermissions {
  readonly arn: string;
  readonly account: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly trust: readonly Statement[];
  readonly policies: readonly NamedPolicy[];
  /** ARNs of managed policies whose text is not in these templates, AWS's own above all: what they allow is not known here. */
  readonly unread: readonly string[];
  /** Absent: no permissions boundary. */
  readonly boundary?: readonly Statement[];
}

export interface BucketEncryption {
  /** ARN of the key. */
  readonly key: string;
  /** One data key for the bucket, not one an object (S3 user guide, bucket-key). */
  readonly perBucket: boolean;
}

/** Who may do what, as the templates of an assembly say. */
export interface Permissions {
  readonly roles: readonly RolePermissions[];
  /** Policies of resources: ARN of the bucket, key, repository, queue or topic -> statements. */
  readonly resources: ReadonlyMap<string, readonly Statement[]>;
  /** Buckets whose objects are encrypted with a key of their own, by name. */
  readonly bucketKeys: ReadonlyMap<string, BucketEncryption>;
  /** Name of a bucket -> the account that owns it, which its ARN does not tell. */
  readonly bucketAccounts: ReadonlyMap<string, string>;
  /** Policies that IAM would refuse, or that cannot be judged here. */
  readonly problems: readonly Diagnostic[];
}

/**
 * Reads each role with all its policies (inline, managed, attached from elsewhere, in its own stack or another) and each policy of a
 * resource, with account, region and partition as the bindings make them. Never fails: what is wrong is among the problems, and allows nothing.
 */
export function readPermissions(evaluator: Evaluator): Permissions {
  const resources = deployedResources(evaluator);
  const problems: Diagnostic[] = [];
  const statementsOf = (resource: Deployed, path: string, document: unknown): readonly Statement[] => {
    const { stack, logicalId } = resource;
    const add = (message: string): void => {
      problems.push({ file: stack.file, path: `Resources.${logicalId}.Properties.${path}`, message });
    };
    const read = readPolicy(document);
    if (!read.ok) {
      for (const problem of read.errors) add(problem);
      return [];
    }
    for (const { operator } of read.value.flatMap(({ conditions }) => conditions))
      if (!isOperator(operator)) add(`IAM knows no condition operator ${operator}`);
    return read.value;
  };
  const ofType = (...types: string[]): Deployed[] => resources.filter(({ type }) => types.includes(type));

  const managed = new Map(
    ofType('AWS::IAM::ManagedPolicy').map((resource) => [
      resource.id,
      policyOf(resource, 'managed', statementsOf(resource, 'PolicyDocument', resource.properties['PolicyDocument'])),
    ]),
  );
  const attached = ofType('AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::ManagedPolicy').map((resource) => {
    const { type, properties, id } = resource;
    const roles = type === 'AWS::IAM::RolePolicy' ? [properties['RoleName']] : properties['Roles'];
    const statements = (): readonly Statement[] =>
      statementsOf(resource, 'PolicyDocument', properties['PolicyDocument']);
    return { roles: textsOf(roles), policy: managed.get(id) ?? policyOf(resource, 'inline', statements()) };
  });

  const roles = ofType('AWS::IAM::Role').map((resource): RolePermissions => {
    const { stack, logicalId, properties, id } = resource;
    const { account } = evaluator.environment(stack);
    const arn = evaluator.attribute(logicalId, 'Arn', { stack, path: `Resources.${logicalId}` });
    const inline = listOf(properties['Policies']).map((policy, index) =>
      policyOf(
        resource,
        'inline',
        statementsOf(
          resource,
          `Policies[${index}].PolicyDocument`,
          isObject(policy) ? policy['PolicyDocument'] : undefined,
        ),
        isObject(policy) ? String(policy['PolicyName']) : '',
      ),
    );
    const named = textsOf(properties['ManagedPolicyArns']);
    const policies = [
      ...inline,
      ...named.flatMap((each) => managed.get(each) ?? []),
      ...attached.filter((each) => each.roles.includes(id)).map(({ policy }) => policy),
    ];
    const boundary = properties['PermissionsBoundary'];
    return {
      arn: arn.ok ? String(arn.value) : '',
      account,
      stack: stack.name,
      logicalId,
      trust: statementsOf(resource, 'AssumeRolePolicyDocument', properties['AssumeRolePolicyDocument']),
      policies: [...new Set(policies)],
      unread: named.filter((each) => !managed.has(each)),
      ...(typeof boundary === 'string' && { boundary: managed.get(boundary)?.statements ?? [] }),
    };
  });

  const policies = new Map<string, readonly Statement[]>();
  for (const resource of resources)
    for (const { arn, path, document } of resourcePolicies(resource, evaluator))
      policies.set(arn, [...(policies.get(arn) ?? []), ...statementsOf(resource, path, document)]);
  const bucketAccounts = new Map(
    ofType('AWS::S3::Bucket').map(({ id, stack }) => [id, evaluator.environment(stack).account]),
  );
  return { roles, resources: policies, bucketKeys: bucketKeys(resources), bucketAccounts, problems };
}

const policyOf = (
  { stack, logicalId }: Deployed,
  kind: NamedPolicy['kind'],
  statements: readonly Statement[],
  name: string = logicalId,
): NamedPolicy => ({ name, kind, stack: stack.name, logicalId, statements });

/** The policies that a resource of the templates gives to other resources, or has itself. */
function resourcePolicies(
  { stack, logicalId, type, id, properties }: Deployed,
  evaluator: Evaluator,
): { readonly arn: string; readonly path: string; readonly document: unknown }[] {
  const { account, region, partition } = evaluator.environment(stack);
  const own = (): string => {
    const arn = evaluator.attribute(logicalId, 'Arn', { stack, path: `Resources.${logicalId}` });
    return arn.ok ? String(arn.value) : id;
  };
  const given = (arns: readonly string[]) =>
    arns.map((arn) => ({ arn, path: 'PolicyDocument', document: properties['PolicyDocument'] }));
  const written = (path: string) =>
    properties[path] === undefined ? [] : [{ arn: own(), path, document: properties[path] }];
  switch (type) {
    // Without one the account may everything (KMS developer guide, key-policy-default).
    case 'AWS::KMS::Key':
      return written('KeyPolicy');
    case 'AWS::ECR::Repository':
      return written('RepositoryPolicyText');
    case 'AWS::S3::BucketPolicy':
      return given(textsOf(properties['Bucket']).map((bucket) => `arn:${partition}:s3:::${bucket}`));
    case 'AWS::SNS::TopicPolicy':
      return given(textsOf(properties['Topics']));
    case 'AWS::SQS::QueuePolicy':
      return given(
        textsOf(properties['Queues']).map(
          (url) => `arn:${partition}:sqs:${region}:${account}:${url.split('/').at(-1) ?? ''}`,
        ),
      );
    default:
      return [];
  }
}

/** Source: CloudFormation reference, AWS::S3::Bucket ServerSideEncryptionByDefault: KMSMasterKeyID is an id or an ARN. */
function bucketKeys(resources: readonly Deployed[]): ReadonlyMap<string, BucketEncryption> {
  const keys = new Map<string, BucketEncryption>();
  for (const { type, id, properties } of resources) {
    if (type !== 'AWS::S3::Bucket') continue;
    const encryption = properties['BucketEncryption'];
    const rules = isObject(encryption) ? listOf(encryption['ServerSideEncryptionConfiguration']) : [];
    for (const rule of rules) {
      const byDefault = isObject(rule) ? rule['ServerSideEncryptionByDefault'] : undefined;
      const key = isObject(byDefault) ? byDefault['KMSMasterKeyID'] : undefined;
      if (typeof key === 'string')
        keys.set(id, { key, perBucket: isObject(rule) && rule['BucketKeyEnabled'] === true });
    }
  }
  return keys;
}

const listOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const textsOf = (value: unknown): string[] => listOf(value).filter((each) => typeof each === 'string');
