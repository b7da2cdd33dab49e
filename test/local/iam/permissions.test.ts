import type { Permissions } from '../../../lib/local/iam/permissions';
import { allow, inline, permissionsOf, policy, role } from './templates';

/** `<kind> <name>: <effect> <actions> on <resources>` of each statement of a role. */
const heldBy = ({ roles }: Permissions, name: string): string[] =>
  (roles.find(({ logicalId }) => logicalId === name)?.policies ?? []).flatMap((each) =>
    each.statements.map(
      ({ effect, actions, resources }) =>
        `${each.kind} ${each.name}: ${effect} ${actions.patterns.join()} on ${resources?.patterns.join()}`,
    ),
  );

const managed = (properties: object) => ({ Type: 'AWS::IAM::ManagedPolicy', Properties: properties });

it("a role has its inline policies, its managed ones, also another stack's, and what is attached from elsewhere", () => {
  const permissions = permissionsOf({
    Shared: {
      Read: managed({ ManagedPolicyName: 'read', PolicyDocument: policy(allow('s3:GetObject', '*')) }),
      Attaching: managed({ PolicyDocument: policy(allow('s3:PutObject', '*')), Roles: ['builder'] }),
    },
    Builds: {
      ...role('builder', {
        ...inline(allow('ecr:PutImage', { 'Fn::GetAtt': ['Images', 'Arn'] })),
        ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/read', { Ref: 'Own' }, { Ref: 'Own' }],
      }),
      Images: { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'visits' } },
      Own: managed({ PolicyDocument: policy(allow('eks:DescribeCluster', '*')), Roles: [{ Ref: 'builder' }] }),
      Later: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'later',
          PolicyDocument: policy(allow('sns:Publish', '*')),
          Roles: [{ Ref: 'builder' }],
        },
      },
      Single: {
        Type: 'AWS::IAM::RolePolicy',
        Properties: {
          PolicyName: 'one',
          RoleName: { Ref: 'builder' },
          PolicyDocument: policy(allow('sqs:SendMessage', '*')),
        },
      },
    },
  });
  expect(permissions.problems).toEqual([]);
  expect(heldBy(permissions, 'builder').sort()).toEqual([
    'inline Later: Allow sns:Publish on *',
    'inline Single: Allow sqs:SendMessage on *',
    'inline build: Allow ecr:PutImage on arn:aws:ecr:eu-west-1:111122223333:repository/visits',
    'managed Attaching: Allow s3:PutObject on *',
    'managed Own: Allow eks:DescribeCluster on *',
    'managed Read: Allow s3:GetObject on *',
  ]);
});

it('policies whose text is not here are told by name', () => {
  const arn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/ReadOnlyAccess']] };
  expect(permissionsOf({ One: role('reader', { ManagedPolicyArns: [arn] }) }).roles).toMatchObject([
    { arn: 'arn:aws:iam::111122223333:role/reader', unread: ['arn:aws:iam::aws:policy/ReadOnlyAccess'], policies: [] },
  ]);
});

it('a boundary is read; one that is not here allows nothing', () => {
  const bounded = (PermissionsBoundary: unknown) =>
    permissionsOf({
      One: {
        ...role('builder', { PermissionsBoundary }),
        Bounds: managed({ PolicyDocument: policy(allow('s3:*', '*')) }),
      },
    }).roles[0]?.boundary;
  expect(bounded({ Ref: 'Bounds' })).toMatchObject([{ effect: 'Allow' }]);
  expect(bounded('arn:aws:iam::aws:policy/PowerUserAccess')).toEqual([]);
  expect(bounded(undefined)).toBeUndefined();
});

it('policies of buckets, keys, repositories, queues and topics are found by the ARN of their resource', () => {
  const open = { ...policy(allow('*', '*', { Principal: '*' })) };
  const { resources, bucketKeys } = permissionsOf({
    One: {
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: open } },
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: 'releases',
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              {
                BucketKeyEnabled: true,
                ServerSideEncryptionByDefault: {
                  SSEAlgorithm: 'aws:kms',
                  KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] },
                },
              },
            ],
          },
        },
      },
      BucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: open } },
      Images: { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'visits', RepositoryPolicyText: open } },
      Plain: { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'plain' } },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
      QueuePolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: open } },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
      TopicPolicy: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: open } },
    },
  });
  const key = expect.stringMatching(/^arn:aws:kms:eu-west-1:111122223333:key\/[0-9a-f-]{36}$/);
  expect([...resources.keys()]).toEqual([
    key,
    'arn:aws:s3:::releases',
    'arn:aws:ecr:eu-west-1:111122223333:repository/visits',
    'arn:aws:sqs:eu-west-1:111122223333:dead',
    'arn:aws:sns:eu-west-1:111122223333:news',
  ]);
  expect([...bucketKeys]).toEqual([['releases', { key, perBucket: true }]]);
});

it('a resource that only a deploy gives matches nothing', () => {
  const custom = { 'Fn::GetAtt': ['Custom', 'Arn'] };
  const permissions = permissionsOf({
    One: { ...role('builder', inline(allow('s3:GetObject', custom))), Custom: { Type: 'Custom::Thing' } },
  });
  expect(heldBy(permissions, 'builder')).toEqual(['inline build: Allow s3:GetObject on (known after deploy)']);
});

it('a policy that IAM would refuse is a problem with its place, and allows nothing', () => {
  const wrong = { ...allow('s3:GetObject', '*'), Condition: { StringSame: { 'aws:SourceAccount': '1' } } };
  const permissions = permissionsOf({
    One: { ...role('builder', inline(wrong)), ...role('other', inline({ Effect: 'Maybe', Action: 's3:*' })) },
  });
  expect(permissions.problems).toEqual([
    {
      file: 'One.template.json',
      path: 'Resources.builder.Properties.Policies[0].PolicyDocument',
      message: 'IAM knows no condition operator StringSame',
    },
    {
      file: 'One.template.json',
      path: 'Resources.other.Properties.Policies[0].PolicyDocument',
      message: 'Statement[0].Effect: expected Allow or Deny',
    },
  ]);
  expect(heldBy(permissions, 'other')).toEqual([]);
});
