import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../lib/local/clock';
import { StackRecords } from '../../../lib/local/cloudformation/stack-record';
import { ArtifactObjects } from '../../../lib/local/executors/artifact-objects';
import { cloudFormationExecutor } from '../../../lib/local/executors/cloudformation';
import type { CloudFormationAction } from '../../../lib/local/plan';
import { temporaryFolder } from '../codebuild/host';
import { BINDINGS } from './kinds';
import { runAction, unzip } from './machine';
import { deploy, QUEUE } from './stacks';

const root = temporaryFolder();
const executor = cloudFormationExecutor({
  ...BINDINGS,
  records: new StackRecords(join(root, 'stacks'), 'eu-west-1'),
  artifacts: new ArtifactObjects({ bucket: 'artifacts', folder: join(root, 'artifacts') }),
  clock: { ...systemClock, now: () => new Date('2026-03-04T05:06:07.890Z') },
});

const run = (action: CloudFormationAction, template = QUEUE, more: Record<string, string> = {}) =>
  runAction(root, executor, action, { Source: { 'queue.yaml': template, ...more } });
const record = (stack: string) => JSON.parse(readFileSync(join(root, 'stacks', 'eu-west-1', `${stack}.json`), 'utf8'));

describe('a stack', () => {
  test('is recorded, loudly not deployed; outputs that follow from parameters become variables', async () => {
    const first = await run(deploy({ stackName: 'first', outputs: ['Out'], outputFileName: 'outputs.json' }));
    expect(first.outcome).toMatchObject({ status: 'Succeeded', variables: { Label: 'shop-1.7-eu-west-1' } });
    expect(first.events).toContainEqual({
      kind: 'fact',
      name: 'NOT RUN',
      value: 'CloudFormation stack first: recorded, not deployed',
    });
    expect(first.lines).toEqual([
      'NOT RUN: there is no CloudFormation on this machine; none of these resources was made.',
      'Add Queue (AWS::SQS::Queue)',
      'Add Role (AWS::IAM::Role)',
      'Outputs without a value, as their resources do not exist: Url',
      expect.stringMatching(/^Recorded in .*first\.json$/),
    ]);
    expect(record('first')).toMatchObject({
      note: expect.stringContaining('NOT RUN'),
      updated: '2026-03-04T05:06:07.890Z',
      deployed: { parameters: { Version: '1.7', Secret: '****' }, unknownOutputs: ['Url'] },
    });
    const file = join(root, 'stacks', 'eu-west-1', 'first.json');
    expect(readFileSync(file, 'utf8')).not.toContain('hidden-value');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await unzip(join(first.workspace, 'Out.zip'), join(root, 'out'));
    expect(JSON.parse(readFileSync(join(root, 'out', 'outputs.json'), 'utf8'))).toEqual({
      Label: 'shop-1.7-eu-west-1',
    });
  });

  test('without a name of the output file puts out an empty artifact', async () => {
    const { outcome, workspace } = await run(deploy({ stackName: 'mute', outputs: ['Out'] }));
    expect(outcome.status).toBe('Succeeded');
    expect(existsSync(join(workspace, 'Out.zip'))).toBe(true);
  });

  test('is compared with what was recorded last', async () => {
    await run(deploy({ stackName: 'second' }));
    const same = await run(deploy({ stackName: 'second' }));
    expect(same.lines).toContain('No difference to what was recorded last.');
    const changed = await run(deploy({ stackName: 'second', parameterOverrides: '{"Version":"2","Wide":"yes"}' }));
    expect(changed.lines.slice(1, 3)).toEqual([
      'Add More (AWS::SQS::Queue)',
      'Modify Queue (AWS::SQS::Queue): QueueName',
    ]);
    expect(changed.outcome).toMatchObject({ variables: { Wide: 'wide' } });
    const removed = await run(
      deploy({ stackName: 'second' }),
      'Parameters: {Version: {Type: String}}\nResources: {Queue: {Type: AWS::SQS::Queue}}',
    );
    expect(removed.lines).toContain('Remove Role (AWS::IAM::Role)');
  });

  test('goes with DELETE_ONLY, which is content where there is none', async () => {
    await run(deploy({ stackName: 'third' }));
    const gone = await run(deploy({ stackName: 'third', mode: 'DELETE_ONLY' }));
    expect(gone.lines).toContain('Remove Queue (AWS::SQS::Queue)');
    expect(existsSync(join(root, 'stacks', 'eu-west-1', 'third.json'))).toBe(false);
    expect((await run(deploy({ stackName: 'third', mode: 'DELETE_ONLY' }))).outcome.status).toBe('Succeeded');
  });

  test('takes a change set once; the execution that took it may be interrupted and do it again', async () => {
    const propose = deploy({ stackName: 'fourth', mode: 'CHANGE_SET_REPLACE', changeSetName: 'next' });
    const execute = deploy({ stackName: 'fourth', mode: 'CHANGE_SET_EXECUTE', changeSetName: 'next' });
    expect((await run(execute)).outcome).toMatchObject({
      reason: expect.stringMatching(/^ChangeSetNotFoundException/),
    });
    const proposed = await run(propose);
    expect(proposed.outcome).toMatchObject({ status: 'Succeeded', variables: {} });
    expect(record('fourth')).not.toHaveProperty('deployed');
    expect((await run(execute)).outcome).toMatchObject({ variables: { Label: 'shop-1.7-eu-west-1' } });
    expect(record('fourth')).toMatchObject({ deployed: {}, changeSets: {} });
    const again = await run(execute);
    expect(again.outcome).toMatchObject({ status: 'Succeeded', variables: { Label: 'shop-1.7-eu-west-1' } });
    const other = await runAction(root, executor, execute, { Source: {} }, undefined, {}, 'e2');
    expect(other.outcome).toMatchObject({ reason: expect.stringMatching(/^ChangeSetNotFoundException/) });
  });
});

test('a template with macros is recorded as it is written, and that is said', async () => {
  const ended = await run(
    deploy({ stackName: 'macros', parameterOverrides: '{"Sizes":"1,2"}', capabilities: ['CAPABILITY_AUTO_EXPAND'] }),
    `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Globals: {Function: {Timeout: 3}}
Parameters: {Sizes: {Type: CommaDelimitedList, AllowedPattern: '[0-9]'}}
Rules: {Some: {Assertions: [{Assert: !EachMemberIn [!ValueOfAll ['x', y], !RefAll z]}]}}
Resources:
  Fn::ForEach::Queues: [Size, !Ref Sizes, {'Queue\${Size}': {Type: AWS::SQS::Queue}}]
  Function: {Type: AWS::Serverless::Function}
Outputs: {Fn::ForEach::Urls: [Size, !Ref Sizes, {'Url\${Size}': {Value: x}}]}
`,
  );
  expect(ended.outcome.status).toBe('Succeeded');
  expect(ended.lines).toContain(
    'Transforms are not expanded here: AWS::LanguageExtensions, AWS::Serverless-2016-10-31; what they make is not among the resources',
  );
});

describe('parameters', () => {
  test('come from configuration, and from overrides over it, with their functions', async () => {
    const action = deploy({
      stackName: 'parameters',
      templateConfiguration: { artifact: 'Source', file: 'configuration.json' },
      parameterOverrides: JSON.stringify({
        Version: { 'Fn::GetParam': ['Source', 'build.json', 'version'] },
        Code: { 'Fn::GetArtifactAtt': ['Source', 'ObjectKey'] },
      }),
    });
    const ended = await run(action, QUEUE, {
      'configuration.json': '{"Parameters":{"Version":"1","Wide":"yes"},"Tags":{"a":"b"}}',
      'build.json': '{"version":"3.1"}',
    });
    expect(ended.outcome).toMatchObject({ variables: { Label: 'shop-3.1-eu-west-1', Wide: 'wide' } });
    const { Code } = record('parameters').deployed.parameters;
    expect(Code).toMatch(/^shop\/Source\/[0-9a-f]{7}$/);
    expect(existsSync(join(root, 'artifacts', Code))).toBe(true);
  });
});

const resource = 'Resources: {A: {Type: AWS::SQS::Queue}}';
test.each<[string, Partial<CloudFormationAction>, string, RegExp]>([
  ['no such file', { templatePath: { artifact: 'Source', file: 'x' } }, QUEUE, /artifact Source has no file x/],
  ['a path outside', { templatePath: { artifact: 'Source', file: '../x' } }, QUEUE, /no path inside/],
  ['no such artifact', { templatePath: { artifact: 'X', file: 'x' } }, QUEUE, /X is no input artifact/],
  ['broken YAML', {}, 'Resources: {', /queue\.yaml .*at line 1/],
  ['a key twice', {}, 'Resources: {A: 1, A: 2}', /unique/],
  ['an unknown tag', {}, `${resource}\nOutputs: {B: {Value: !Magic x}}`, /unknown tag !Magic/],
  ['a list', {}, '[]', /no JSON or YAML object/],
  ['no resource', { parameterOverrides: '{}' }, 'Resources: {}', /at least one resource/],
  ['an unknown section', { parameterOverrides: '{}' }, `${resource}\nResource: {}`, /Resource: no section/],
  ['a resource without type', { parameterOverrides: '{}' }, 'Resources: {A: {}}', /A\.Type: expected a resource type/],
  ['an output without value', { parameterOverrides: '{}' }, `${resource}\nOutputs: {B: {}}`, /Outputs\.B\.Value/],
  [
    'a Ref to nothing',
    { parameterOverrides: '{}' },
    `${resource}\nOutputs: {B: {Value: !Ref C}}`,
    /"C" is no resource/,
  ],
  [
    'a GetAtt of nothing',
    { parameterOverrides: '{}' },
    `${resource}\nOutputs: {B: {Value: !GetAtt C.Arn}}`,
    /"C" is no/,
  ],
  [
    'a Sub of nothing',
    { parameterOverrides: '{}' },
    `${resource}\nOutputs: {B: {Value: !Sub '\${C.Arn}'}}`,
    /"C" is no/,
  ],
  [
    'a condition that is not there',
    { parameterOverrides: '{}' },
    'Resources: {A: {Type: AWS::SQS::Queue, Condition: C}}',
    /no condition "C"/,
  ],
  [
    'a dependency on nothing',
    { parameterOverrides: '{}' },
    'Resources: {A: {Type: AWS::SQS::Queue, DependsOn: C}}',
    /no resource "C"/,
  ],
  [
    'no capability for a named role',
    { capabilities: ['CAPABILITY_IAM'] },
    QUEUE,
    /Requires capabilities : \[CAPABILITY_NAMED_IAM\]/,
  ],
  [
    'no capability for a policy',
    { capabilities: [], parameterOverrides: '{}' },
    'Resources: {A: {Type: AWS::IAM::Policy}}',
    /\[CAPABILITY_IAM\]/,
  ],
  [
    'no capability for a macro',
    { parameterOverrides: '{}' },
    `Transform: AWS::Serverless-2016-10-31\n${resource}`,
    /\[CAPABILITY_AUTO_EXPAND\]/,
  ],
  [
    'a parameter too many',
    { parameterOverrides: '{"Version":"1","X":"y"}' },
    QUEUE,
    /\[X\] do not exist in the template/,
  ],
  ['a parameter too few', { parameterOverrides: '{}' }, QUEUE, /\[Version\] must have values/],
  [
    'a value that is forbidden',
    { parameterOverrides: '{"Version":"v1"}' },
    QUEUE,
    /'Version' failed to satisfy constraint/,
  ],
  [
    'a key that the file has not',
    { parameterOverrides: '{"Version":{"Fn::GetParam":["Source","b.json","z"]}}' },
    QUEUE,
    /has no text "z"/,
  ],
  [
    'an attribute that is not there',
    { parameterOverrides: '{"Version":{"Fn::GetArtifactAtt":["Source","Arn"]}}' },
    QUEUE,
    /not "Arn"/,
  ],
  [
    'overrides that a variable broke',
    { parameterOverrides: '{"Version":"1"2"}' },
    QUEUE,
    /ParameterOverrides is no JSON/,
  ],
  [
    'a configuration with more',
    { templateConfiguration: { artifact: 'Source', file: 'c.json' } },
    QUEUE,
    /TemplateConfiguration\.Extra: expected/,
  ],
])('%s fails, and nothing is recorded', async (_, more, template, reason) => {
  const ended = await run(deploy({ stackName: 'bad', ...more }), template, { 'b.json': '{}', 'c.json': '{"Extra":1}' });
  expect(ended.outcome).toMatchObject({ status: 'Failed', reason: expect.stringMatching(reason) });
  expect(existsSync(join(root, 'stacks', 'eu-west-1', 'bad.json'))).toBe(false);
});

test.each([
  ['MinLength: 3', 'ab'],
  ['MaxLength: 1', 'ab'],
  ['AllowedValues: [a, b]', 'ab'],
  ['Type: Number', 'ab'],
  ['Type: Number, MinValue: 3', '2'],
  ['Type: Number, MaxValue: 1', '2'],
  ['Type: CommaDelimitedList, AllowedValues: [a, b]', 'a,c'],
  ['Type: CommaDelimitedList, AllowedPattern: a+', 'a,b'],
])('a parameter with %s refuses %s', async (rule, value) => {
  const type = rule.startsWith('Type') ? '' : 'Type: String, ';
  const ended = await run(
    deploy({ stackName: 'rule', parameterOverrides: JSON.stringify({ P: value }) }),
    `Parameters: {P: {${type}${rule}}}\n${resource}`,
  );
  expect(ended.outcome).toMatchObject({ reason: expect.stringMatching(/'P' failed to satisfy constraint/) });
});
