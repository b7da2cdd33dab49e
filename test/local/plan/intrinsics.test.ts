import { describe, expect, test } from '@jest/globals';
import type { Assembly, Stack, Template } from '../../../lib/local/assembly';
import { Evaluator } from '../../../lib/local/intrinsics';
import type { JsonObject } from '../../../lib/local/template/json';

const BINDINGS = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

const stackOf = (template: Partial<Template>, name = 'App', more: Partial<Stack> = {}): Stack => ({
  name,
  file: `${name}.template.json`,
  directory: '/assembly',
  template: { Parameters: {}, Mappings: {}, Conditions: {}, Resources: {}, Outputs: {}, ...template },
  ...more,
});

/** Evaluates a value in the first of the stacks. */
function evaluate(value: unknown, ...stacks: Stack[]) {
  const [stack = stackOf({})] = stacks;
  const assembly: Assembly = { directory: '/assembly', stacks: stacks.length > 0 ? stacks : [stack], assets: [] };
  return new Evaluator(assembly, BINDINGS).evaluate(value, { stack, path: 'Here' });
}

function evaluated(value: unknown, ...stacks: Stack[]): unknown {
  const result = evaluate(value, ...stacks);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value;
}

/** Path and message of the only error. */
function errorOf(value: unknown, ...stacks: Stack[]): string {
  const result = evaluate(value, ...stacks);
  if (result.ok || result.errors.length !== 1) throw new Error(`expected one error, got ${JSON.stringify(result)}`);
  return `${result.errors[0]?.path}: ${result.errors[0]?.message}`;
}

const resource = (Type: string, Properties: JsonObject = {}, more: JsonObject = {}) => ({ Type, Properties, ...more });

describe('intrinsic functions', () => {
  test.each<[string, unknown, unknown]>([
    ['a plain value stays', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
    ['AWS::AccountId', { Ref: 'AWS::AccountId' }, '111122223333'],
    ['AWS::Region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['AWS::StackName', { Ref: 'AWS::StackName' }, 'App'],
    [
      'AWS::StackId',
      { Ref: 'AWS::StackId' },
      expect.stringMatching(/^arn:aws:cloudformation:eu-west-1:111122223333:stack\/App\/[0-9a-f-]{36}$/),
    ],
    ['AWS::NotificationARNs', { Ref: 'AWS::NotificationARNs' }, []],
    ['AWS::NoValue takes a member away', { a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }] }, { b: [1] }],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', 1, { Ref: 'AWS::Region' }]] }, 'a-1-eu-west-1'],
    ['Fn::Split', { 'Fn::Split': [':', 'a:b::c'] }, ['a', 'b', '', 'c']],
    ['Fn::Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['Fn::Select by text of a split', { 'Fn::Select': ['2', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'c'],
    ['Fn::Sub', { 'Fn::Sub': 'x-${AWS::Region}-${!AWS::Region}-$y' }, 'x-eu-west-1-${AWS::Region}-$y'],
    [
      'Fn::Sub with variables',
      { 'Fn::Sub': ['${a}/${ b }/${AWS::Partition}', { a: 1, b: { Ref: 'AWS::Region' } }] },
      '1/eu-west-1/aws',
    ],
    ['Fn::Base64', { 'Fn::Base64': 'ä' }, 'w6Q='],
    ['Fn::GetAZs', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['Fn::Cidr', { 'Fn::Cidr': ['10.0.255.7/22', 3, 8] }, ['10.0.252.0/24', '10.0.253.0/24', '10.0.254.0/24']],
    ['Fn::Equals', { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws'] }, true],
    ['Fn::Equals of a number and its text', { 'Fn::Equals': [1, '1'] }, true],
    ['Fn::And', { 'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }, { 'Fn::Equals': ['a', 'b'] }] }, false],
    ['Fn::Or', { 'Fn::Or': [{ 'Fn::Equals': ['a', 'a'] }, { 'Fn::Equals': ['a', 'b'] }] }, true],
    ['Fn::Not', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }, true],
    ['an object that only looks like a call', { Ref: 'AWS::Nothing', Other: 1 }, { Ref: 'AWS::Nothing', Other: 1 }],
  ])('%s', (_, value, expected) => {
    expect(evaluated(value)).toEqual(expected);
  });

  test('Fn::FindInMap and Fn::If, with conditions that use each other', () => {
    const stack = stackOf({
      Mappings: { Sizes: { 'eu-west-1': { small: 's', list: ['a', 'b'] } } },
      Conditions: {
        Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
        Elsewhere: { 'Fn::Not': [{ Condition: 'Here' }] },
      },
    });
    expect(evaluated({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, stack)).toBe('s');
    expect(evaluated({ 'Fn::FindInMap': ['Sizes', 'eu-west-1', 'list'] }, stack)).toEqual(['a', 'b']);
    expect(evaluated({ 'Fn::If': ['Elsewhere', 'yes', { 'Fn::If': ['Here', ['no'], 1] }] }, stack)).toEqual(['no']);
    expect(evaluated({ a: { 'Fn::If': ['Here', { Ref: 'AWS::NoValue' }, 1] } }, stack)).toEqual({});
  });

  test.each<[string, unknown, RegExp]>([
    [
      'a function nobody has',
      { 'Fn::Transform': {} },
      /^Here\.Fn::Transform: The local runner does not support Fn::Transform/,
    ],
    [
      'an output of another stack as the CDK can write it',
      { 'Fn::GetStackOutput': {} },
      /does not support Fn::GetStackOutput/,
    ],
    ['Ref of nobody', { Ref: 'Nobody' }, /^Here\.Ref: There is no resource or parameter "Nobody"/],
    ['Ref of an inherited member', { Ref: 'constructor' }, /no resource or parameter "constructor"/],
    ['Ref of a number', { Ref: 5 }, /Expected a logical id/],
    ['a pseudo parameter nobody has', { Ref: 'AWS::Moon' }, /no pseudo parameter AWS::Moon/],
    ['GetAtt without an attribute', { 'Fn::GetAtt': ['A'] }, /Expected \[logical id, attribute\]/],
    ['a condition nobody has', { 'Fn::If': ['No', 1, 2] }, /no condition "No"/],
    ['Fn::If with two members', { 'Fn::If': ['No', 1] }, /Expected \[condition/],
    ['an index past the end', { 'Fn::Select': [2, ['a', 'b']] }, /no item 2 in a list of 2/],
    ['a negative index', { 'Fn::Select': [-1, ['a', 'b']] }, /no item -1/],
    ['Select from a text', { 'Fn::Select': [0, 'a'] }, /^Here\.Fn::Select\[1\]: Expected a list/],
    ['Join of objects', { 'Fn::Join': ['', [{ a: 1 }]] }, /^Here\.Fn::Join\[1\]: Expected a list of strings/],
    ['Join without a list', { 'Fn::Join': '' }, /Expected \[delimiter, list\]/],
    ['Split of nothing', { 'Fn::Split': ['', 'abc'] }, /Expected \[delimiter, string\]/],
    ['a map nobody has', { 'Fn::FindInMap': ['A', 'b', 'c'] }, /hold nothing under A \/ b \/ c/],
    ['an inherited member of a map', { 'Fn::FindInMap': ['constructor', 'name', 'length'] }, /hold nothing/],
    ['Sub of nobody', { 'Fn::Sub': 'a${Nobody}' }, /^Here\.Fn::Sub\.\$\{Nobody\}.*: There is no resource/],
    ['an export nobody has', { 'Fn::ImportValue': 'nothing' }, /No stack of this assembly exports "nothing"/],
    ['more blocks than fit', { 'Fn::Cidr': ['10.0.0.0/24', 3, 7] }, /where that many blocks fit/],
    ['Not of two', { 'Fn::Not': [{ 'Fn::Equals': [1, 1] }, { 'Fn::Equals': [1, 1] }] }, /one condition/],
    ['And of texts', { 'Fn::And': ['a'] }, /list of conditions/],
  ])('%s is an error', (_, value, message) => {
    expect(errorOf(value)).toMatch(message);
  });

  test('every error of a value is told, each with its place', () => {
    const result = evaluate({ a: { Ref: 'X' }, b: [{ 'Fn::Sub': '${Y}${Z}' }] });
    const paths = result.ok ? [] : result.errors.map(({ path }) => path);
    expect(paths).toEqual(['Here.a.Ref', 'Here.b[0].Fn::Sub.${Y}.Ref', 'Here.b[0].Fn::Sub.${Z}.Ref']);
  });
});

describe('parameters', () => {
  const stack = stackOf({
    Parameters: {
      Size: { Type: 'Number', Default: 5 },
      Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
      Given: { Type: 'String' },
      Bootstrap: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' },
    },
  });

  test('have their defaults', () => {
    expect(evaluated([{ Ref: 'Size' }, { Ref: 'Zones' }], stack)).toEqual(['5', ['a', 'b']]);
  });

  test('without a default, or read from Systems Manager, are an error only where they are used', () => {
    expect(errorOf({ Ref: 'Given' }, stack)).toMatch(/"Given" has no default/);
    expect(errorOf({ Ref: 'Bootstrap' }, stack)).toMatch(/read from Systems Manager when the stack is deployed/);
    expect(evaluated('something else', stack)).toBe('something else');
  });
});

describe('resources', () => {
  const stack = stackOf({
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Resources: {
      Named: resource('AWS::ECR::Repository', {
        RepositoryName: { 'Fn::Join': ['-', ['my', { Ref: 'AWS::Region' }]] },
      }),
      Unnamed: resource('AWS::S3::Bucket'),
      Role: resource('AWS::IAM::Role', { Path: '/ci/' }),
      LongRoleNameThatIsLongerThanWhatIamAllowsForARole0123456789ABCDEF: resource('AWS::IAM::Role'),
      Vpc: resource('AWS::EC2::VPC'),
      Queue: resource('AWS::SQS::Queue', { QueueName: 'dead' }),
      Topic: resource('AWS::SNS::Topic'),
      Table: resource('AWS::DynamoDB::Table'),
      Absent: resource('AWS::S3::Bucket', {}, { Condition: 'Never' }),
      Bad: resource('AWS::S3::Bucket', { BucketName: ['x'] }),
    },
  });

  test.each<[string, unknown, unknown]>([
    ['a given name', { Ref: 'Named' }, 'my-eu-west-1'],
    ['an ARN', { 'Fn::GetAtt': ['Named', 'Arn'] }, 'arn:aws:ecr:eu-west-1:111122223333:repository/my-eu-west-1'],
    [
      'the short form of GetAtt',
      { 'Fn::GetAtt': 'Named.RepositoryUri' },
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com/my-eu-west-1',
    ],
    ['an attribute in Fn::Sub', { 'Fn::Sub': '${Queue.Arn}' }, 'arn:aws:sqs:eu-west-1:111122223333:dead'],
    ['a made name, in lower case where AWS wants it', { Ref: 'Unnamed' }, 'app-unnamed'],
    ['a role with a path', { 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::111122223333:role/ci/App-Role'],
    ['an identifier', { Ref: 'Vpc' }, expect.stringMatching(/^vpc-[0-9a-f]{17}$/)],
    ['a type whose Ref is a URL', { Ref: 'Queue' }, 'https://sqs.eu-west-1.amazonaws.com/111122223333/dead'],
    ['a type whose Ref is an ARN', { Ref: 'Topic' }, 'arn:aws:sns:eu-west-1:111122223333:App-Topic'],
  ])('give %s', (_, value, expected) => {
    expect(evaluated(value, stack)).toEqual(expected);
    expect(evaluated(value, stack)).toEqual(evaluated(value, stack));
  });

  test('have names no longer than AWS allows', () => {
    const name = evaluated({ Ref: 'LongRoleNameThatIsLongerThanWhatIamAllowsForARole0123456789ABCDEF' }, stack);
    expect(String(name)).toMatch(/^App-LongRoleName.*-[0-9a-f]{8}$/);
    expect(String(name)).toHaveLength(64);
  });

  test.each<[string, unknown, RegExp]>([
    [
      'of a type without local values',
      { Ref: 'Table' },
      /does not know what Ref gives for a resource of type AWS::DynamoDB::Table/,
    ],
    [
      'with an attribute nobody knows',
      { 'Fn::GetAtt': ['Named', 'Color'] },
      /no value for attribute Color of a resource of type AWS::ECR::Repository/,
    ],
    [
      'whose condition does not hold',
      { Ref: 'Absent' },
      /"Absent" is not created, because its condition does not hold/,
    ],
    ['with a list for a name', { Ref: 'Bad' }, /^Resources\.Bad\.Properties\.BucketName: Expected a name/],
  ])('%s are an error where they are used', (_, value, message) => {
    expect(errorOf(value, stack)).toMatch(message);
  });

  test('of a stack bound to an account and region have those', () => {
    const bound = stackOf({ Resources: { Queue: resource('AWS::SQS::Queue', { QueueName: 'q' }) } }, 'Bound', {
      account: '999988887777',
      region: 'us-east-1',
    });
    expect(evaluated({ 'Fn::GetAtt': ['Queue', 'Arn'] }, bound)).toBe('arn:aws:sqs:us-east-1:999988887777:q');
  });
});

describe('across stacks', () => {
  test('an export is evaluated in the stack that exports it', () => {
    const shared = stackOf(
      {
        Resources: { Bucket: resource('AWS::S3::Bucket') },
        Outputs: { Out: { Value: { Ref: 'Bucket' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Bucket' } } } },
      },
      'Shared',
    );
    expect(evaluated({ 'Fn::ImportValue': 'Shared:Bucket' }, stackOf({}), shared)).toBe('shared-bucket');
  });

  test('a nested stack takes its parameters from its parent, which takes its outputs', () => {
    const parent = stackOf(
      {
        Resources: {
          Child: resource('AWS::CloudFormation::Stack', { Parameters: { Name: { 'Fn::Sub': '${AWS::Region}-x' } } }),
        },
      },
      'Parent',
    );
    const child = stackOf(
      { Parameters: { Name: { Type: 'String' } }, Outputs: { Out: { Value: { 'Fn::Sub': 'got ${Name}' } } } },
      'Child',
      { parent: { stack: parent, logicalId: 'Child' } },
    );
    expect(evaluated({ 'Fn::GetAtt': ['Child', 'Outputs.Out'] }, parent, child)).toBe('got eu-west-1-x');
    expect(errorOf({ 'Fn::GetAtt': ['Child', 'Outputs.None'] }, parent, child)).toMatch(/no output "None"/);
  });
});

describe('what depends on itself is an error, not an endless loop', () => {
  test.each<[string, unknown, Partial<Template>]>([
    [
      'a condition',
      { 'Fn::If': ['A', 1, 2] },
      { Conditions: { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { Condition: 'A' } } },
    ],
    [
      'a name',
      { Ref: 'A' },
      {
        Resources: {
          A: resource('AWS::S3::Bucket', { BucketName: { Ref: 'B' } }),
          B: resource('AWS::S3::Bucket', { BucketName: { Ref: 'A' } }),
        },
      },
    ],
    [
      'a path',
      { 'Fn::GetAtt': ['A', 'Arn'] },
      { Resources: { A: resource('AWS::IAM::Role', { Path: { 'Fn::GetAtt': ['A', 'Arn'] } }) } },
    ],
    [
      'an export',
      { 'Fn::ImportValue': 'a' },
      { Outputs: { A: { Value: { 'Fn::ImportValue': 'a' }, Export: { Name: 'a' } } } },
    ],
  ])('%s', (_, value, template) => {
    expect(errorOf(value, stackOf(template))).toMatch(/depends on itself; break the cycle/);
  });

  test('a value nested without end', () => {
    let value: unknown = 'x';
    for (let depth = 0; depth < 5000; depth += 1) value = depth % 2 === 0 ? [value] : { 'Fn::Base64': value };
    expect(errorOf(value)).toMatch(/nested deeper than 200 levels/);
  });

  test('conditions that use each other twice are evaluated once', () => {
    const Conditions: Record<string, JsonObject> = { C0: { 'Fn::Equals': ['a', 'a'] } };
    for (let n = 1; n <= 60; n += 1) {
      Conditions[`C${n}`] = { 'Fn::And': [{ Condition: `C${n - 1}` }, { Condition: `C${n - 1}` }] };
    }
    expect(evaluated({ 'Fn::If': ['C60', 1, 2] }, stackOf({ Conditions }))).toBe(1);
  });
});
