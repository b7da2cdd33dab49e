import { expect, test } from '@jest/globals';
import { renderPlanTree } from '../../../lib/local/plan-tree';
import { resolveAction } from '../../../lib/local/variables';
import { type Loose, pipelineOf, planned, plansOf, testMutants } from './kinds';

const PACK = 'Build/Pack';

test('a Commands action is read with its commands, environment, files, output variables and role', () => {
  expect(planned(PACK, 'commands')).toEqual({
    kind: 'commands',
    id: PACK,
    stage: 'Build',
    name: 'Pack',
    runOrder: 1,
    namespace: 'Pack',
    inputs: ['Source'],
    outputs: ['Site'],
    roleArn: 'arn:aws:iam::111122223333:role/shop-pipeline',
    commands: [
      'mkdir -p site',
      'echo "#{variables.GREETING}, $WHO" > site/index.html',
      'export VERSION=1.$(cat version.txt)',
    ],
    environment: [{ name: 'WHO', value: '#{Commit.BranchName}', type: 'PLAINTEXT' }],
    outputVariables: ['VERSION', 'AWS_DEFAULT_REGION'],
    files: ['site/**/*', 'version.txt'],
    computeType: 'BUILD_GENERAL1_MEDIUM',
  });
});

test('what is not said has its default: small compute, every file, the role of the pipeline only without one of its own', () => {
  const action = planned(PACK, 'commands', (template) => {
    const { Actions } = pipelineOf(template).Stages[1];
    delete Actions[0].Configuration;
    delete Actions[0].OutputArtifacts[0].Files;
    Actions[0].RoleArn = 'arn:aws:iam::111122223333:role/own';
  });
  expect(action).toMatchObject({
    computeType: 'BUILD_GENERAL1_SMALL',
    files: ['**/*'],
    roleArn: 'arn:aws:iam::111122223333:role/own',
  });
});

test('a Commands rule has the role of the pipeline too', () => {
  const [rule] = plansOf()[0]?.stages.find(({ name }) => name === 'Cloud')?.beforeEntry?.rules ?? [];
  expect(rule).toMatchObject({
    provider: 'Commands',
    action: { roleArn: 'arn:aws:iam::111122223333:role/shop-pipeline', inputs: ['Site'] },
  });
});

test('references in commands and environment are resolved before it runs', () => {
  const scope = new Map<string, Record<string, string>>([
    ['variables', { GREETING: 'good day' }],
    ['Commit', { BranchName: 'main' }],
  ]);
  const resolved = resolveAction(planned(PACK, 'commands'), scope);
  expect(resolved.ok && resolved.value).toMatchObject({
    commands: ['mkdir -p site', 'echo "good day, $WHO" > site/index.html', 'export VERSION=1.$(cat version.txt)'],
    environment: [{ value: 'main' }],
  });
});

test('the plan shows the commands and what is kept of them', () => {
  const tree = renderPlanTree(plansOf()[0] as Loose)
    .split('\n')
    .map((line) => line.replace(/^[ │├└─]*/, ''));
  const start = tree.indexOf('Pack  3 commands');
  expect(tree.slice(start, start + 9)).toEqual([
    'Pack  3 commands',
    'in Source → out Site',
    '$ mkdir -p site',
    '$ echo "#{variables.GREETING}, $WHO" > site/index.html',
    '$ export VERSION=1.$(cat version.txt)',
    'with WHO=#{Commit.BranchName}',
    'keeps site/**/*, version.txt',
    'puts out VERSION, AWS_DEFAULT_REGION',
    'gives variables #{Pack.…}',
  ]);
});

testMutants(PACK, [
  ['no command', (action) => delete action.Commands, 'Commands', /required and missing/],
  ['an empty list', (action) => (action.Commands = []), 'Commands', /1 to 50 commands, found 0/],
  ['51 commands', (action) => (action.Commands = Array(51).fill('ls')), 'Commands', /1 to 50 commands, found 51/],
  ['an empty command', (action) => (action.Commands = ['']), 'Commands[0]', /not empty/],
  [
    'a command of 1001 characters',
    (action) => (action.Commands = ['x'.repeat(1001)]),
    'Commands[0]',
    /1001 characters/,
  ],
  ['a command of two lines', (action) => (action.Commands = ['ls\nls']), 'Commands[0]', /one line only/],
  [
    'a reference to nobody',
    (action) => (action.Commands = ['echo #{Nobody.X}']),
    'Commands[0]',
    /no action has the namespace/,
  ],
  [
    '16 output variables',
    (action) => (action.OutputVariables = Array.from({ length: 16 }, (_, i) => `V${i}`)),
    'OutputVariables',
    /1 to 15/,
  ],
  [
    'an output variable of 129 characters',
    (action) => (action.OutputVariables = ['x'.repeat(129)]),
    'OutputVariables[0]',
    /129 characters/,
  ],
  [
    'an output variable that is no name',
    (action) => (action.OutputVariables = ['a-b']),
    'OutputVariables[0]',
    /no.* name of an environment variable/,
  ],
  [
    'a credential as output',
    (action) => (action.OutputVariables = ['AWS_SECRET_ACCESS_KEY']),
    'OutputVariables[0]',
    /could be a credential/,
  ],
  [
    '11 environment variables',
    (action) => (action.EnvironmentVariables = Array.from({ length: 11 }, (_, i) => ({ Name: `V${i}`, Value: 'x' }))),
    'EnvironmentVariables',
    /1 to 10/,
  ],
  [
    'an environment variable of Parameter Store',
    (action) => (action.EnvironmentVariables[0].Type = 'PARAMETER_STORE'),
    'EnvironmentVariables[0].Type',
    /PLAINTEXT or SECRETS_MANAGER/,
  ],
  [
    'an environment variable twice',
    (action) => action.EnvironmentVariables.push(action.EnvironmentVariables[0]),
    'EnvironmentVariables[1]',
    /twice/,
  ],
  [
    'a reserved name',
    (action) => (action.EnvironmentVariables[0].Name = 'CODEBUILD_X'),
    'EnvironmentVariables[0]',
    /reserved/,
  ],
  [
    'a name with a dash',
    (action) => (action.EnvironmentVariables[0].Name = 'A-B'),
    'EnvironmentVariables[0].Name',
    /letters, digits and _/,
  ],
  ['no value', (action) => delete action.EnvironmentVariables[0].Value, 'EnvironmentVariables[0].Value', /required/],
  [
    'a value of 2001 characters',
    (action) => (action.EnvironmentVariables[0].Value = 'x'.repeat(2001)),
    'EnvironmentVariables[0].Value',
    /2001 characters/,
  ],
  [
    'a value of nobody',
    (action) => (action.EnvironmentVariables[0].Value = '#{Nobody.X}'),
    'EnvironmentVariables[0].Value',
    /no action has the namespace/,
  ],
  [
    '11 patterns',
    (action) => (action.OutputArtifacts[0].Files = Array(11).fill('*')),
    'OutputArtifacts[0].Files',
    /1 to 10/,
  ],
  [
    'a pattern of 129 characters',
    (action) => (action.OutputArtifacts[0].Files = ['x'.repeat(129)]),
    'OutputArtifacts[0].Files[0]',
    /129 characters/,
  ],
  ['no input', (action) => delete action.InputArtifacts, 'InputArtifacts', /1 to 10 input artifacts/],
  [
    'two outputs',
    (action) => action.OutputArtifacts.push({ Name: 'More' }),
    'OutputArtifacts',
    /0 to 1 output artifacts/,
  ],
  [
    'Windows',
    (action) => (action.Configuration.EnvironmentType = 'WINDOWS_SERVER_2022_CONTAINER'),
    'Configuration.EnvironmentType',
    /LINUX_CONTAINER/,
  ],
  [
    'a compute type that CodePipeline has not',
    (action) => (action.Configuration.ComputeType = 'BUILD_GENERAL1_2XLARGE'),
    'Configuration.ComputeType',
    /BUILD_GENERAL1_LARGE/,
  ],
  [
    'a key that is not there',
    (action) => (action.Configuration.Commands = 'ls'),
    'Configuration.Commands',
    /not known/,
  ],
  ['a timeout', (action) => (action.TimeoutInMinutes = 5), 'TimeoutInMinutes', /Only a manual approval/],
  [
    'a role of another account',
    (action) => (action.RoleArn = 'arn:aws:iam::999999999999:role/x'),
    'RoleArn',
    /999999999999/,
  ],
  [
    'a pipeline of type V1',
    (_, template) => {
      pipelineOf(template).PipelineType = 'V1';
    },
    'ActionTypeId',
    /type V2/,
  ],
  [
    'a pipeline without a role',
    (_, template) => {
      delete pipelineOf(template).RoleArn;
    },
    '/Resources.Pipeline.Properties.RoleArn',
    /required/,
  ],
  [
    'files of an action that has no Files',
    (_, template) => {
      pipelineOf(template).Stages[0].Actions[0].OutputArtifacts[0].Files = ['x'];
    },
    '/Resources.Pipeline.Properties.Stages[0].Actions[0].OutputArtifacts[0].Files',
    /only the output of an action Commands/,
  ],
  [
    'commands of another action',
    (_, template) => {
      pipelineOf(template).Stages[0].Actions[0].Commands = ['ls'];
    },
    '/Resources.Pipeline.Properties.Stages[0].Actions[0].Commands',
    /only an action of the provider Commands/,
  ],
]);
