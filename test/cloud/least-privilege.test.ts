import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAssembly } from '../../lib/local/assembly';
import { arnIn, type Estate, type RoleCall, readEstate } from '../../lib/permissions/calls';
import { declaredCalls } from '../../lib/permissions/declared-calls';
import { type RecordedUse, replayed } from '../../lib/permissions/recorded-calls';
import { configOf, projectRoot, slipwayApp } from './fixtures';
import { denied, forbidden, simulated, tooWide, unreadPolicies, unused } from './least-privilege';

const place = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };
const RECORDING = join(projectRoot, 'test/fixtures/recorded-calls.json');
const recording = JSON.parse(readFileSync(RECORDING, 'utf8')) as RecordedUse[];
const { directory } = slipwayApp(configOf()).app.synth();
const assembly = readAssembly(directory);
if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
const estate: Estate = readEstate(assembly.value, place);
const callsOf = (of: Estate): RoleCall[] => [...replayed(recording, of), ...declaredCalls(of)];
const calls = callsOf(estate);

/** Actions on `*` though the reference knows resources for them, each with AWS's reason. */
const ON_EVERYTHING: Readonly<Record<string, string>> = {
  'cloudwatch:DescribeAlarms':
    'CloudWatch API reference, DescribeAlarms: composite alarms only to whom it is allowed on *',
  'ec2:CreateNetworkInterface':
    'Lambda developer guide, configuration-vpc: Lambda makes interfaces by ids of EC2; the function is denied it',
  'ec2:DeleteNetworkInterface': 'Lambda developer guide, configuration-vpc',
  'ec2:AssignPrivateIpAddresses': 'Lambda developer guide, configuration-vpc',
  'ec2:UnassignPrivateIpAddresses': 'Lambda developer guide, configuration-vpc',
};

/** Policies of AWS's own, by the part of the role's name: what AWS documents for the role, and changes with its services. */
const MANAGED: readonly string[] = [
  'AmazonEC2ContainerRegistryPullOnly',
  'AmazonEKSBlockStoragePolicy',
  'AmazonEKSClusterPolicy',
  'AmazonEKSComputePolicy',
  'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
  'AmazonEKSWorkerNodeMinimalPolicy',
  'CloudWatchAgentServerPolicy',
];

const unexpectedlyUnused = (of: Estate): string[] => unused(of, callsOf(of));
const unexpectedlyWide = async (of: Estate): Promise<string[]> =>
  (await tooWide(of)).filter((each) => !Object.hasOwn(ON_EVERYTHING, /: (\S+) on \*$/.exec(each)?.[1] ?? ''));
const unexpectedlyManaged = (of: Estate): string[] =>
  unreadPolicies(of).filter((each) => !MANAGED.includes(each.replace(/^[^:]*: /, '')));

describe('the roles of the templates', () => {
  it('may make every call that a run made, or that AWS documents', () => {
    expect(denied(estate, calls)).toEqual([]);
  });

  it('may, says an IAM simulator of others too, which knows every action, its resources and its context keys', async () => {
    const roles = new Map(estate.permissions.roles.map((role) => [role.arn, role]));
    const problems: string[] = [];
    for (const call of calls) {
      const role = roles.get(call.role);
      const problem = role && role.unread.length === 0 ? await simulated(estate, role, call) : undefined;
      if (problem) problems.push(`${call.role}: ${call.action} on ${call.resource}: ${problem}`);
    }
    expect(problems).toEqual([]);
  });

  it('may nothing else: of each action on each resource that is taken away, some call is refused', () => {
    expect(unexpectedlyUnused(estate)).toEqual([]);
  });

  it('have no exception that is none', async () => {
    const wide = (await tooWide(estate)).join('\n');
    expect(Object.keys(ON_EVERYTHING).filter((action) => !wide.includes(`${action} on *`))).toEqual([]);
    const managed = unreadPolicies(estate).join('\n');
    expect(MANAGED.filter((name) => !managed.includes(name))).toEqual([]);
  });

  it('name actions without wildcards, and everything only where an action knows no resources', async () => {
    expect(await unexpectedlyWide(estate)).toEqual([]);
  });

  it('may none of what no role may', () => {
    expect(forbidden(estate)).toEqual([]);
  });

  it("have of AWS's own policies those alone that AWS documents for them", () => {
    expect(unexpectedlyManaged(estate)).toEqual([]);
  });

  it('are read without a problem, and each is somebody’s', () => {
    expect(estate.permissions.problems).toEqual([]);
    const callers = new Set(calls.map(({ role }) => role));
    const idle = estate.permissions.roles.filter(({ arn, policies }) => policies.length > 0 && !callers.has(arn));
    expect(idle).toEqual([]);
    expect(
      calls.filter(({ page, why }) => page !== undefined && (!page.startsWith('https://docs.aws.') || why === '')),
    ).toEqual([]);
  });
});

const EXISTING = `
cluster:
  name: shared
  existing:
    securityGroupId: sg-0123456789abcdef0
network:
  existing:
    vpcId: vpc-0123456789abcdef0
    availabilityZones: [eu-west-1a, eu-west-1b]
    privateSubnetIds: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
`;
const CONNECTION = `
source:
  provider: connection
  connectionArn: arn:aws:codeconnections:eu-west-1:111122223333:connection/8d9b3a50-0000-4000-8000-000000000000
  repository: example/visits
`;

it.each([
  ['a source behind a connection', CONNECTION],
  ['a cluster and a VPC that are there already', EXISTING],
])('holds with %s', async (_, yaml) => {
  const variant = readAssembly(slipwayApp(configOf(yaml)).app.synth().directory);
  if (!variant.ok) throw new Error(JSON.stringify(variant.errors));
  const of = readEstate(variant.value, place);
  expect(denied(of, callsOf(of))).toEqual([]);
  expect(unexpectedlyUnused(of)).toEqual([]);
  expect(await unexpectedlyWide(of)).toEqual([]);
  expect(forbidden(of)).toEqual([]);
});

describe('a template with more or less than that is told', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a template's properties are whatever JSON they are
  type Template = Record<string, any>;

  /** The estate of templates of which those of the delivery stack are changed. */
  function changed(change: (resources: Template) => void): Estate {
    if (!assembly.ok) throw new Error('unreachable');
    const stacks = assembly.value.stacks.map((stack) => {
      const copy = structuredClone(stack.template) as Template;
      if (stack.name === 'VisitsDelivery') change(copy['Resources']);
      return { ...stack, template: copy as unknown as typeof stack.template };
    });
    return readEstate({ ...assembly.value, stacks }, place);
  }

  const policyOf = (resources: Template, role: string): Template => {
    const id = Object.keys(resources).find((each) => each.startsWith(`${role}RolePolicy`));
    if (id === undefined) throw new Error(`no policy of ${role}`);
    return resources[id].Properties.PolicyDocument;
  };
  const add = (role: string, statement: object) => (resources: Template) =>
    policyOf(resources, role)['Statement'].push(statement);
  const withAction = (resources: Template, role: string, action: string): Template =>
    policyOf(resources, role)['Statement'].find((each: Template) => [each['Action']].flat().includes(action));
  const roleOf = (resources: Template, role: string): Template => {
    const id = Object.keys(resources).find(
      (each) => each.startsWith(`${role}Role`) && resources[each].Type === 'AWS::IAM::Role',
    );
    return resources[id as string].Properties;
  };
  const DEPLOY = 'DevelopmentDevDeploy';
  const allow = (Action: string, Resource: unknown = '*') => ({ Effect: 'Allow', Action, Resource });
  const bucketOf = (resources: Template, name: string): string =>
    Object.keys(resources).find((id) => id.startsWith(name) && resources[id].Type === 'AWS::S3::Bucket') as string;

  const MISSING: readonly (readonly [string, (resources: Template) => void, RegExp])[] = [
    [
      'an action',
      (r) => {
        withAction(r, DEPLOY, 'ecr:DescribeImages')['Action'] = 'ecr:ListImages';
      },
      /Deploy.*ecr:DescribeImages on/,
    ],
    [
      'the right to list what is not there yet',
      (r) => {
        const statement = withAction(r, DEPLOY, 's3:ListBucket');
        statement['Condition'].StringLike['s3:prefix'] = 'visits/production/*';
      },
      /DevelopmentDevDeploy.*s3:ListBucket/,
    ],
    [
      'the key',
      (r) => {
        const read = Object.keys(r).find((id) => id.startsWith('DevelopmentReadArtifacts')) as string;
        const statements = r[read].Properties.PolicyDocument.Statement;
        statements.splice(
          statements.findIndex((each: Template) => each['Action'].includes('kms:Decrypt')),
          1,
        );
      },
      /kms:Decrypt/,
    ],
    [
      'a policy of a key that knows the account',
      (r) => {
        const key = Object.keys(r).find((id) => r[id].Type === 'AWS::KMS::Key' && !id.startsWith('Sign')) as string;
        r[key].Properties.KeyPolicy.Statement = [];
      },
      /kms:GenerateDataKey/,
    ],
    [
      'what a bucket denies',
      (r) => {
        const id = Object.keys(r).find(
          (each) => r[each].Type === 'AWS::S3::BucketPolicy' && each.startsWith('Releases'),
        ) as string;
        r[id].Properties.PolicyDocument.Statement.push({
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:PutObject',
          Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucketOf(r, 'Releases'), 'Arn'] }, '/*']] },
        });
      },
      /s3:PutObject/,
    ],
  ];
  it.each(MISSING)('less: %s', (_, change, told) => {
    const mutant = changed(change);
    expect(denied(mutant, callsOf(mutant)).join('\n')).toMatch(told);
  });

  it.each<readonly [string, (resources: Template) => void, RegExp]>([
    ['an action', add(DEPLOY, allow('ecr:ListImages', '*')), /Deploy.*ecr:ListImages/],
    [
      'a resource',
      (r) => {
        const statement = withAction(r, 'DevelopmentBuildBuild', 'ecr:DescribeImages');
        statement['Resource'] = [statement['Resource'], 'arn:aws:ecr:eu-west-1:111122223333:repository/other'];
      },
      /repository\/other/,
    ],
    [
      'an action by AWS::IAM::Policy',
      (r) => {
        r['More'] = {
          Type: 'AWS::IAM::Policy',
          Properties: {
            PolicyName: 'more',
            PolicyDocument: { Statement: [allow('sqs:SendMessage', 'arn:aws:sqs:eu-west-1:111122223333:q')] },
            Roles: [
              { Ref: Object.keys(r).find((id) => id.startsWith(`${DEPLOY}Role`) && r[id].Type === 'AWS::IAM::Role') },
            ],
          },
        };
      },
      /sqs:SendMessage/,
    ],
  ])('more: %s', (_, change, told) => {
    expect(unexpectedlyUnused(changed(change)).join('\n')).toMatch(told);
  });

  it.each<readonly [string, (resources: Template) => void, RegExp]>([
    [
      'a wildcard',
      add(DEPLOY, allow('ecr:*', 'arn:aws:ecr:eu-west-1:111122223333:repository/visits')),
      /the action ecr:\*/,
    ],
    ['everything', add(DEPLOY, allow('*')), /the action \*/],
    ['NotAction', add(DEPLOY, { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }), /NotAction iam/],
    [
      'NotResource',
      add(DEPLOY, { Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::a/*' }),
      /NotResource/,
    ],
    ['every resource', add(DEPLOY, allow('eks:DescribeCluster')), /eks:DescribeCluster on \*/],
  ])('wider: %s', async (_, change, told) => {
    expect((await unexpectedlyWide(changed(change))).join('\n')).toMatch(told);
  });

  it.each<readonly [string, (resources: Template) => void, RegExp]>([
    ['IAM', add(DEPLOY, allow('iam:PassRole')), /iam:PassRole/],
    ['another role', add(DEPLOY, allow('sts:AssumeRole')), /sts:AssumeRole/],
    ['a project', add(DEPLOY, allow('codebuild:UpdateProject')), /codebuild:UpdateProject/],
    ['another build', add('DevelopmentTestUnit', allow('codebuild:StartBuild')), /codebuild:StartBuild/],
    ['an image, for a deploy', add(DEPLOY, allow('ecr:PutImage')), /ecr:PutImage/],
    ['a signature', add('DevelopmentTestImage', allow('kms:Sign')), /kms:Sign/],
    ['an approval', add('DevelopmentTestUnit', allow('codepipeline:PutApprovalResult')), /PutApprovalResult/],
    ['access to the cluster', add(DEPLOY, allow('eks:*')), /eks:AssociateAccessPolicy/],
    ['a secret', add('DevelopmentTestUnit', allow('secretsmanager:GetSecretValue')), /GetSecretValue/],
    [
      'a secret, by all but something',
      add('DevelopmentTestUnit', { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }),
      /GetSecretValue/,
    ],
    [
      "another environment's releases",
      (r) => {
        const statement = withAction(r, DEPLOY, 's3:PutObject');
        statement['Resource'] = { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucketOf(r, 'Releases'), 'Arn'] }, '/visits/*']] };
      },
      /DevelopmentDevDeploy.*s3:PutObject on .*\/visits\/production\/record\.json/,
    ],
    [
      'releases, by the policy of their bucket',
      (r) => {
        const id = Object.keys(r).find(
          (each) => r[each].Type === 'AWS::S3::BucketPolicy' && each.startsWith('Releases'),
        ) as string;
        r[id].Properties.PolicyDocument.Statement.push({
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:PutObject',
          Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucketOf(r, 'Releases'), 'Arn'] }, '/*']] },
        });
      },
      /TestUnit.*s3:PutObject/,
    ],
    [
      'images, by the policy of their repository',
      (r) => {
        const id = Object.keys(r).find((each) => r[each].Type === 'AWS::ECR::Repository') as string;
        r[id].Properties.RepositoryPolicyText = {
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'ecr:PutImage', Resource: '*' }],
        };
      },
      /Deploy.*ecr:PutImage/,
    ],
    [
      'a managed policy of another stack',
      (r) => {
        r['Power'] = {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: { PolicyDocument: { Statement: [allow('secretsmanager:*')] } },
        };
        const role = roleOf(r, DEPLOY);
        role['ManagedPolicyArns'] = [...role['ManagedPolicyArns'], { Ref: 'Power' }];
      },
      /Deploy.*GetSecretValue/,
    ],
  ])('forbidden: %s', (_, change, told) => {
    expect(forbidden(changed(change)).join('\n')).toMatch(told);
  });

  it("a policy of AWS's own", () => {
    const mutant = changed((r) => {
      roleOf(r, DEPLOY)['ManagedPolicyArns'].push('arn:aws:iam::aws:policy/AdministratorAccess');
    });
    expect(unexpectedlyManaged(mutant)).toEqual([expect.stringMatching(/Deploy.*: AdministratorAccess$/)]);
  });

  it('a call of nobody', () => {
    const call = { role: arnIn(estate)('iam', 'role/gone'), action: 's3:GetObject', resource: '*', why: 'x' };
    expect(denied(estate, [call])).toEqual([expect.stringMatching(/no such role$/)]);
  });
});
