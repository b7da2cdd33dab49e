import { buildTimeout } from '../../../../lib/cloud/rules/build-timeout';
import { cluster } from '../../../../lib/cloud/rules/cluster';
import { encryptedMessages } from '../../../../lib/cloud/rules/encrypted-messages';
import { functionTimeout } from '../../../../lib/cloud/rules/function-timeout';
import { keyRotation } from '../../../../lib/cloud/rules/key-rotation';
import { logGroups } from '../../../../lib/cloud/rules/log-groups';
import { privateBuckets } from '../../../../lib/cloud/rules/private-buckets';
import type { Json } from '../../../../lib/cloud/rules/rule';
import { tlsOnly } from '../../../../lib/cloud/rules/tls-only';
import { type Check, type Mutant, type Row, suite } from '../mutants';
import { target } from '../policies';
import { type Found, only, resources, ruleCheck, type Templates, templates } from '../templates';

/** What answers over HTTP, and the type and member of the policy that says how. */
const GUARDED: readonly (readonly [type: string, policy: string, member: string])[] = [
  ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'],
  ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'],
  ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'],
];

const everyPolicy: Check<Templates> = {
  name: 'tls-everywhere',
  holds: 'Every bucket, queue and topic has a policy; what it says is held by tls-only.',
  findings: (all) =>
    GUARDED.flatMap(([type, policy, member]) => {
      const guarded = resources(all, policy).flatMap(({ stack, properties }) =>
        [properties[member]].flat().map((one: Json) => `${stack}.${target(one)}`),
      );
      return resources(all, type)
        .filter(({ stack, id }) => !guarded.includes(`${stack}.${id}`))
        .map(({ stack, id }) => `${stack}.${id} has no policy`);
    }),
};

const isOpen = ({ CidrIp, CidrIpv6 }: Json): boolean => [CidrIp, CidrIpv6].some((range) => /\/0$/.test(String(range)));

const closedNetwork: Check<Templates> = {
  name: 'no-open-network',
  holds: 'No security group lets the world in, and nothing but a NAT gateway stands in a public subnet.',
  findings: (all) => {
    const groups = resources(all, 'AWS::EC2::SecurityGroup')
      .filter(({ properties }) => (properties.SecurityGroupIngress ?? []).some(isOpen))
      .map(({ id }) => `${id} lets everybody in`);
    const rules = resources(all, 'AWS::EC2::SecurityGroupIngress')
      .filter(({ properties }) => isOpen(properties))
      .map(({ id }) => `${id} lets everybody in`);
    const open = new Set(
      resources(all, 'AWS::EC2::Subnet')
        .filter(({ properties }) => properties.MapPublicIpOnLaunch !== false)
        .map(({ id }) => id),
    );
    return [...groups, ...rules, ...[...open].map((id) => `${id} gives out public addresses`)];
  },
};

const approvalsEnd: Check<Templates> = {
  name: 'approvals-end',
  holds: 'An approval that nobody answers ends.',
  findings: (all) =>
    resources(all, 'AWS::CodePipeline::Pipeline').flatMap(({ properties }) =>
      properties.Stages.flatMap((stage: Json) => stage.Actions)
        .filter((action: Json) => action.ActionTypeId.Provider === 'Manual' && !(action.TimeoutInMinutes > 0))
        .map((action: Json) => `${action.Name} of ${properties.Name} waits for ever`),
    ),
};

const first = (all: Templates, type: string): Found => {
  const [found] = resources(all, type);
  if (found === undefined) throw new Error(`no ${type}`);
  return found;
};

const rules = [
  keyRotation,
  privateBuckets,
  tlsOnly,
  encryptedMessages,
  logGroups,
  buildTimeout,
  functionTimeout,
  cluster,
].map(ruleCheck);

const mutant = (
  foundBy: string,
  id: string,
  description: string,
  apply: (all: Templates) => unknown,
): Mutant<Templates> => ({ id, description, foundBy, apply });

/** A mutant of the first resource of a type. */
const of = (
  foundBy: string,
  type: string,
  id: string,
  description: string,
  change: (properties: Json) => unknown,
): Mutant<Templates> => mutant(foundBy, id, description, (all) => change(first(all, type).properties));

const ofTemplates = suite({
  name: 'the templates',
  subject: () => templates(),
  checks: [...rules, everyPolicy, closedNetwork, approvalsEnd],
  mutants: [
    of('key-rotation', 'AWS::KMS::Key', 'key-stays', 'key that never changes', (p) => delete p.EnableKeyRotation),
    of(
      'key-rotation',
      'AWS::KMS::Key',
      'rotation-off',
      'key whose rotation is off',
      (p) => (p.EnableKeyRotation = false),
    ),
    of(
      'private-buckets',
      'AWS::S3::Bucket',
      'public-bucket',
      'bucket that may become public',
      (p) => delete p.PublicAccessBlockConfiguration,
    ),
    of(
      'private-buckets',
      'AWS::S3::Bucket',
      'public-acl',
      'bucket whose access lists may make it public',
      (p) => (p.PublicAccessBlockConfiguration.IgnorePublicAcls = false),
    ),
    of(
      'private-buckets',
      'AWS::S3::Bucket',
      'plain-bucket',
      'bucket that says nothing of encryption',
      (p) => delete p.BucketEncryption,
    ),
    of('tls-only', 'AWS::S3::BucketPolicy', 'bucket-http', 'bucket that answers over plain HTTP', (p) =>
      p.PolicyDocument.Statement.shift(),
    ),
    of('tls-only', 'AWS::SQS::QueuePolicy', 'queue-http', 'queue that answers over plain HTTP', (p) =>
      p.PolicyDocument.Statement.shift(),
    ),
    of(
      'tls-only',
      'AWS::SNS::TopicPolicy',
      'topic-http',
      'topic whose denial denies nothing',
      (p) => (p.PolicyDocument.Statement[0].Condition = { Bool: { 'aws:SecureTransport': 'true' } }),
    ),
    mutant('tls-everywhere', 'no-policy', 'bucket without a policy', (all) => {
      const { stack, id } = first(all, 'AWS::S3::BucketPolicy');
      delete (all[stack] as Templates[string]).Resources[id];
    }),
    of(
      'tls-everywhere',
      'AWS::SQS::QueuePolicy',
      'policy-of-another',
      'queue whose policy is another’s',
      (p) => (p.Queues = [{ Ref: 'Other' }]),
    ),
    of(
      'encrypted-messages',
      'AWS::SNS::Topic',
      'plain-topic',
      'topic whose messages are plain',
      (p) => delete p.KmsMasterKeyId,
    ),
    of(
      'encrypted-messages',
      'AWS::SQS::Queue',
      'plain-queue',
      'queue whose messages are plain',
      (p) => delete p.SqsManagedSseEnabled,
    ),
    of(
      'log-groups',
      'AWS::Logs::LogGroup',
      'log-for-ever',
      'log that is kept for ever',
      (p) => delete p.RetentionInDays,
    ),
    of(
      'log-groups',
      'AWS::Logs::LogGroup',
      'log-plain',
      'log that is encrypted with no key of ours',
      (p) => delete p.KmsKeyId,
    ),
    of(
      'build-timeout',
      'AWS::CodeBuild::Project',
      'endless-build',
      'build without a timeout',
      (p) => delete p.TimeoutInMinutes,
    ),
    of(
      'build-timeout',
      'AWS::CodeBuild::Project',
      'endless-queue',
      'build that may wait for ever',
      (p) => delete p.QueuedTimeoutInMinutes,
    ),
    of(
      'function-timeout',
      'AWS::Lambda::Function',
      'no-timeout',
      'function without a timeout',
      (p) => delete p.Timeout,
    ),
    of(
      'cluster',
      'AWS::EKS::Cluster',
      'public-api',
      'cluster whose API is public',
      (p) => (p.ResourcesVpcConfig.EndpointPublicAccess = true),
    ),
    of(
      'cluster',
      'AWS::EKS::Cluster',
      'plain-secrets-in-cluster',
      'cluster that keeps secrets as they are',
      (p) => delete p.EncryptionConfig,
    ),
    of(
      'cluster',
      'AWS::EKS::Cluster',
      'no-audit',
      'cluster without an audit log',
      (p) => (p.Logging.ClusterLogging.EnabledTypes = [{ Type: 'api' }]),
    ),
    of(
      'no-open-network',
      'AWS::EC2::SecurityGroup',
      'open-group',
      'security group that lets everybody in',
      (p) => (p.SecurityGroupIngress = [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }]),
    ),
    of(
      'no-open-network',
      'AWS::EC2::SecurityGroupIngress',
      'open-rule',
      'rule that lets everybody in, by IPv6',
      (p) => (p.CidrIpv6 = '::/0'),
    ),
    of(
      'no-open-network',
      'AWS::EC2::Subnet',
      'public-subnet',
      'subnet that gives out public addresses',
      (p) => (p.MapPublicIpOnLaunch = true),
    ),
    mutant('approvals-end', 'endless-approval', 'approval that waits for ever', (all) => {
      const { properties } = only(all, 'AWS::CodePipeline::Pipeline', ({ Name }) => Name === 'visits-production');
      const actions = properties.Stages.flatMap((stage: Json) => stage.Actions);
      delete actions.find((action: Json) => action.ActionTypeId.Provider === 'Manual').TimeoutInMinutes;
    }),
  ],
});

export const configuration: Row = {
  number: 7,
  risk: 'Insecure System Configuration',
  controls: [
    'Keys of ours are rotated every year; a key that signs is asymmetric, which KMS cannot rotate.',
    'Buckets are never public, encrypted, and refuse plain HTTP, as do queues and topics.',
    'Logs are encrypted and forget; builds, functions and approvals end; the cluster’s API is private.',
    'Every synthesis runs cdk-nag and the rules of lib/cloud/rules; a finding stops it.',
  ],
  suites: [ofTemplates],
  proofs: [{ file: 'test/cloud/rules.test.ts', title: 'every rule has a mutant' }],
  notRun: ['What is configured outside of the templates: the account, its organization, its users.'],
};
