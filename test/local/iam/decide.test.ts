import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { Context } from '../../../lib/local/iam/conditions';
import { decide } from '../../../lib/local/iam/decide';
import { readPolicy, type Statement } from '../../../lib/local/iam/policy';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/visits-image`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/visits-image/build`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234`;

const statements = (Statement: unknown): readonly Statement[] => {
  const policy = readPolicy({ Version: '2012-10-17', Statement });
  if (!policy.ok) throw new Error(policy.errors.join());
  return policy.value;
};

interface Question {
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount?: string;
  readonly context?: Context;
  readonly identity: unknown;
  readonly boundary?: unknown;
  readonly resourcePolicy?: unknown;
}

function ours({ action, resource, resourceAccount = ACCOUNT, context = {}, ...policies }: Question): boolean {
  return decide(
    {
      principal: { kind: 'role', account: ACCOUNT, roleArn: ROLE, sessionArn: SESSION },
      action,
      resource,
      resourceAccount,
      context,
    },
    {
      identity: statements(policies.identity),
      ...(policies.boundary !== undefined && { boundary: statements(policies.boundary) }),
      ...(policies.resourcePolicy !== undefined && { resource: statements(policies.resourcePolicy) }),
      needsResourcePolicy: /^(kms:|sts:AssumeRole)/.test(action),
    },
  ).allowed;
}

const document = (Statement: unknown) => ({ Version: '2012-10-17', Statement });

/** The same question to an IAM simulator of others. */
async function theirs(question: Question): Promise<boolean> {
  const { action, resource, resourceAccount = ACCOUNT, context = {}, identity, boundary, resourcePolicy } = question;
  const simulation = {
    request: {
      principal: SESSION,
      action,
      resource: { resource, accountId: resourceAccount },
      contextVariables: { 'aws:PrincipalArn': ROLE, ...context } as Record<string, string | string[]>,
    },
    identityPolicies: [{ name: 'role', policy: document(identity) }],
    ...(boundary !== undefined && { permissionBoundaryPolicies: [{ name: 'b', policy: document(boundary) }] }),
    ...(resourcePolicy !== undefined && { resourcePolicy: document(resourcePolicy) }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  } satisfies Simulation;
  const answer = await runSimulation(simulation, {});
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}

const IMAGES = `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/visits`;
const OBJECT = 'arn:aws:s3:::releases/visits/dev/record.json';
const put = { action: 'ecr:PutImage', resource: IMAGES };
const get = { action: 's3:GetObject', resource: OBJECT };
const list = { action: 's3:ListBucket', resource: 'arn:aws:s3:::releases' };
const allow = (Action: unknown, Resource: unknown = '*', Condition?: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition !== undefined && { Condition }),
});
const deny = (Action: unknown, Resource: unknown = '*', Condition?: unknown) => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
});
const to = (Principal: unknown, statement: object) => ({ ...statement, Principal });
const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };

/** What is asked, and what IAM's documentation says the answer is. */
const QUESTIONS: readonly (readonly [what: string, question: Question, allowed: boolean])[] = [
  ['nothing allows', { ...put, identity: [] }, false],
  ['the action on the resource', { ...put, identity: [allow('ecr:PutImage', IMAGES)] }, true],
  ['actions in any case', { ...put, identity: [allow('ECR:putimage', IMAGES)] }, true],
  ['another action', { ...put, identity: [allow('ecr:BatchGetImage', IMAGES)] }, false],
  ['a wildcard in the action', { ...put, identity: [allow('ecr:Put*', IMAGES)] }, true],
  ['a question mark', { ...put, identity: [allow('ecr:PutImag?', IMAGES)] }, true],
  ['another resource', { ...put, identity: [allow('ecr:PutImage', `${IMAGES}-cache`)] }, false],
  ['a longer name', { ...put, resource: `${IMAGES}-cache`, identity: [allow('ecr:PutImage', IMAGES)] }, false],
  ['a wildcard in the resource', { ...put, identity: [allow('ecr:PutImage', `${IMAGES.slice(0, -2)}*`)] }, true],
  [
    'a wildcard that ends within its part',
    { ...put, identity: [allow('ecr:PutImage', 'arn:aws:ecr:*:visits')] },
    false,
  ],
  ['a prefix of objects', { ...get, identity: [allow('s3:GetObject', 'arn:aws:s3:::releases/visits/dev/*')] }, true],
  ['another prefix', { ...get, identity: [allow('s3:GetObject', 'arn:aws:s3:::releases/visits/prod/*')] }, false],
  ['the dot is a dot', { ...get, identity: [allow('s3:GetObject', OBJECT.replace('record.', 'record?'))] }, true],
  ['an explicit deny', { ...put, identity: [allow('ecr:*'), deny('ecr:PutImage', IMAGES)] }, false],
  ['a deny of something else', { ...put, identity: [allow('ecr:*'), deny('ecr:PutImage', `${IMAGES}-cache`)] }, true],
  ['NotAction', { ...put, identity: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }] }, true],
  ['NotAction that names it', { ...put, identity: [{ Effect: 'Allow', NotAction: 'ecr:*', Resource: '*' }] }, false],
  ['NotResource', { ...put, identity: [{ Effect: 'Allow', Action: 'ecr:PutImage', NotResource: OBJECT }] }, true],
  [
    'NotResource that names it',
    { ...put, identity: [{ Effect: 'Allow', Action: 'ecr:*', NotResource: IMAGES }] },
    false,
  ],
  [
    'a condition that holds',
    {
      ...list,
      context: { 's3:prefix': 'visits/dev/record.json' },
      identity: [allow('s3:ListBucket', list.resource, { StringLike: { 's3:prefix': 'visits/dev/*' } })],
    },
    true,
  ],
  [
    'a condition that does not',
    {
      ...list,
      context: { 's3:prefix': 'visits/production/' },
      identity: [allow('s3:ListBucket', list.resource, { StringLike: { 's3:prefix': 'visits/dev/*' } })],
    },
    false,
  ],
  [
    'a condition on a key that the request lacks',
    { ...list, identity: [allow('s3:ListBucket', '*', { StringLike: { 's3:prefix': '*' } })] },
    false,
  ],
  [
    'IfExists on a key that the request lacks',
    { ...list, identity: [allow('s3:ListBucket', '*', { StringLikeIfExists: { 's3:prefix': 'a' } })] },
    true,
  ],
  [
    'a negated condition on a key that the request lacks',
    { ...list, identity: [allow('s3:ListBucket', '*', { StringNotEquals: { 's3:prefix': 'a' } })] },
    true,
  ],
  [
    'a negated condition of which one value is the one',
    {
      ...list,
      context: { 's3:prefix': 'b' },
      identity: [allow('s3:ListBucket', '*', { StringNotLike: { 's3:prefix': ['a', 'b'] } })],
    },
    false,
  ],
  ['Null', { ...list, identity: [allow('s3:ListBucket', '*', { Null: { 's3:prefix': 'true' } })] }, true],
  [
    'Null of what is there',
    {
      ...list,
      context: { 's3:prefix': '' },
      identity: [allow('s3:ListBucket', '*', { Null: { 's3:prefix': 'true' } })],
    },
    false,
  ],
  [
    'conditions are all to hold',
    {
      ...list,
      context: { 's3:prefix': 'a', 'aws:SecureTransport': 'false' },
      identity: [
        allow('s3:ListBucket', '*', { StringEquals: { 's3:prefix': 'a' }, Bool: { 'aws:SecureTransport': 'true' } }),
      ],
    },
    false,
  ],
  [
    'numbers',
    {
      ...list,
      context: { 's3:max-keys': '9' },
      identity: [allow('s3:ListBucket', '*', { NumericLessThanEquals: { 's3:max-keys': '10' } })],
    },
    true,
  ],
  [
    'addresses',
    {
      ...list,
      context: { 'aws:SourceIp': '10.1.2.3' },
      identity: [allow('s3:ListBucket', '*', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })],
    },
    true,
  ],
  [
    'addresses of elsewhere',
    {
      ...list,
      context: { 'aws:SourceIp': '11.1.2.3' },
      identity: [allow('s3:ListBucket', '*', { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '12.0.0.1'] } })],
    },
    false,
  ],
  [
    'dates',
    {
      ...list,
      context: { 'aws:CurrentTime': '2026-11-21T10:00:00Z' },
      identity: [allow('s3:ListBucket', '*', { DateGreaterThan: { 'aws:CurrentTime': '2026-11-20T00:00:00Z' } })],
    },
    true,
  ],
  [
    'ForAllValues',
    {
      ...put,
      context: { 'aws:TagKeys': ['a', 'c'] },
      identity: [allow('ecr:PutImage', '*', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } })],
    },
    false,
  ],
  [
    'ForAnyValue',
    {
      ...put,
      context: { 'aws:TagKeys': ['a', 'c'] },
      identity: [allow('ecr:PutImage', '*', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } })],
    },
    true,
  ],
  [
    'ForAnyValue of none',
    { ...put, identity: [allow('ecr:PutImage', '*', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'a' } })] },
    false,
  ],
  [
    'ARNs',
    {
      ...put,
      context: { 'aws:SourceArn': `arn:aws:codebuild:eu-west-1:${ACCOUNT}:project/visits` },
      identity: [
        allow('ecr:PutImage', '*', { ArnLike: { 'aws:SourceArn': `arn:aws:codebuild:*:${ACCOUNT}:project/*` } }),
      ],
    },
    true,
  ],
  [
    'a variable in a resource',
    {
      ...get,
      context: { 'aws:PrincipalAccount': 'visits' },
      identity: [allow('s3:GetObject', 'arn:aws:s3:::releases/${aws:PrincipalAccount}/*')],
    },
    true,
  ],
  ['a boundary that allows', { ...put, identity: [allow('ecr:*')], boundary: [allow('ecr:PutImage')] }, true],
  ['a boundary that does not', { ...put, identity: [allow('ecr:*')], boundary: [allow('s3:*')] }, false],
  ['a boundary that denies', { ...put, identity: [allow('ecr:*')], boundary: [allow('*'), deny('ecr:*')] }, false],
  [
    'a resource that names the role',
    { ...get, identity: [], resourcePolicy: [to({ AWS: ROLE }, allow('s3:GetObject', OBJECT))] },
    true,
  ],
  [
    'a resource that names everybody',
    { ...get, identity: [], resourcePolicy: [to('*', allow('s3:GetObject', OBJECT))] },
    true,
  ],
  [
    'a resource that names the account',
    { ...get, identity: [], resourcePolicy: [to(root, allow('s3:GetObject', OBJECT))] },
    false,
  ],
  [
    'a resource that denies without TLS',
    {
      ...get,
      context: { 'aws:SecureTransport': 'false' },
      identity: [allow('s3:*')],
      resourcePolicy: [to('*', deny('s3:*', OBJECT, { Bool: { 'aws:SecureTransport': 'false' } }))],
    },
    false,
  ],
  [
    'a resource that denies all but the role',
    {
      ...get,
      identity: [allow('s3:*')],
      resourcePolicy: [to('*', deny('s3:*', OBJECT, { ArnNotEquals: { 'aws:PrincipalArn': ROLE } }))],
      context: { 'aws:PrincipalArn': ROLE },
    },
    true,
  ],
  ['another account without its policy', { ...get, resourceAccount: '444455556666', identity: [allow('s3:*')] }, false],
  [
    'another account that allows, without an own policy',
    {
      ...get,
      resourceAccount: '444455556666',
      identity: [],
      resourcePolicy: [to({ AWS: ROLE }, allow('s3:*', OBJECT))],
    },
    false,
  ],
  [
    'another account that allows the role',
    {
      ...get,
      resourceAccount: '444455556666',
      identity: [allow('s3:*')],
      resourcePolicy: [to({ AWS: ROLE }, allow('s3:*', OBJECT))],
    },
    true,
  ],
  [
    'another account that allows this account',
    {
      ...get,
      resourceAccount: '444455556666',
      identity: [allow('s3:*')],
      resourcePolicy: [to(root, allow('s3:*', OBJECT))],
    },
    true,
  ],
  [
    'a key whose policy leaves it to the account',
    {
      action: 'kms:Decrypt',
      resource: KEY,
      identity: [allow('kms:Decrypt', KEY)],
      resourcePolicy: [to(root, allow('kms:*'))],
    },
    true,
  ],
  [
    'a key whose policy is silent',
    {
      action: 'kms:Decrypt',
      resource: KEY,
      identity: [allow('kms:Decrypt', KEY)],
      resourcePolicy: [to({ AWS: `${ROLE}-other` }, allow('kms:*'))],
    },
    false,
  ],
  [
    'a key that names the role',
    { action: 'kms:Decrypt', resource: KEY, identity: [], resourcePolicy: [to({ AWS: ROLE }, allow('kms:Decrypt'))] },
    true,
  ],
];

it.each(QUESTIONS)('%s', (_, question, allowed) => {
  expect(ours(question)).toBe(allowed);
});

it.each(QUESTIONS)('an IAM simulator of others says the same: %s', async (_, question, allowed) => {
  expect(await theirs(question)).toBe(allowed);
});

const service = (policy: object, context: Context = {}) =>
  decide(
    {
      principal: { kind: 'service', service: 'codebuild.amazonaws.com' },
      action: 'sts:AssumeRole',
      resource: ROLE,
      resourceAccount: ACCOUNT,
      context,
    },
    { identity: [], resource: statements([policy]), needsResourcePolicy: true },
  );

it('a service needs to be named by the trust policy, under its conditions', () => {
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: 'codebuild.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
  };
  expect(service(trust, { 'aws:SourceAccount': ACCOUNT })).toEqual({ allowed: true });
  expect(service(trust, { 'aws:SourceAccount': '444455556666' })).toEqual({
    allowed: false,
    reason: 'because no resource-based policy allows the sts:AssumeRole action',
  });
  expect(
    service({ ...trust, Principal: { Service: 'lambda.amazonaws.com' } }, { 'aws:SourceAccount': ACCOUNT }),
  ).toMatchObject({ allowed: false });
});

it('a denial says which policy it comes from, as AWS does', () => {
  const ask = (identity: object[], resource: object[] = []) =>
    decide(
      {
        principal: { kind: 'role', account: ACCOUNT, roleArn: ROLE, sessionArn: SESSION },
        ...put,
        resourceAccount: ACCOUNT,
        context: {},
      },
      { identity: statements(identity), resource: statements(resource) },
    );
  expect(ask([])).toMatchObject({ reason: 'because no identity-based policy allows the ecr:PutImage action' });
  expect(ask([deny('ecr:*')])).toMatchObject({ reason: 'with an explicit deny in an identity-based policy' });
  expect(ask([], [to('*', deny('ecr:*'))])).toMatchObject({
    reason: 'with an explicit deny in a resource-based policy',
  });
});
