import { readPolicy } from '../../../lib/local/iam/policy';

const read = (statement: object) => {
  const policy = readPolicy({ Version: '2012-10-17', Statement: statement });
  return policy.ok ? policy.value : policy.errors;
};
const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };

it('reads what may be written as one or as a list alike', () => {
  expect(read(ALLOW)).toEqual(read([{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] }]));
});

it('reads principals, NotAction and conditions', () => {
  expect(
    read({
      Sid: 'One',
      Effect: 'Deny',
      NotAction: 's3:*',
      Principal: { Service: 'codebuild.amazonaws.com', AWS: ['111122223333'] },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' }, Bool: { 'aws:SecureTransport': false } },
    }),
  ).toEqual([
    {
      sid: 'One',
      effect: 'Deny',
      actions: { not: true, patterns: ['s3:*'] },
      principals: { not: false, names: { Service: ['codebuild.amazonaws.com'], AWS: ['111122223333'] } },
      conditions: [
        { operator: 'StringEquals', key: 'aws:SourceAccount', values: ['111122223333'] },
        { operator: 'Bool', key: 'aws:SecureTransport', values: ['false'] },
      ],
    },
  ]);
});

it.each([
  ['no object', 'x', 'Statement[0]: expected an object'],
  ['an unknown member', { ...ALLOW, Actions: [] }, 'Statement[0].Actions: IAM knows no such member'],
  ['no effect', { ...ALLOW, Effect: 'allow' }, 'Statement[0].Effect: expected Allow or Deny'],
  ['no action', { Effect: 'Allow', Resource: '*' }, 'Statement[0]: expected Action or NotAction'],
  ['both', { ...ALLOW, NotAction: 'a:b' }, 'Statement[0]: Action and NotAction exclude each other'],
  ['a number', { ...ALLOW, Action: [1] }, 'Statement[0].Action: expected texts'],
  [
    'a principal of no kind',
    { ...ALLOW, Principal: { Aws: '*' } },
    'Statement[0].Principal: expected "*" or an object of AWS, Service, Federated, CanonicalUser',
  ],
  ['a condition', { ...ALLOW, Condition: [] }, 'Statement[0].Condition: expected an object'],
  [
    'an operator',
    { ...ALLOW, Condition: { Bool: 'true' } },
    'Statement[0].Condition.Bool: expected an object of context keys',
  ],
])('refuses %s, with its place', (_, statement, message) => {
  expect(read(statement as object)).toEqual([message]);
});

it('tells everything that is wrong at once', () => {
  expect(read([{}, { ...ALLOW, X: 1 }])).toHaveLength(3);
});
