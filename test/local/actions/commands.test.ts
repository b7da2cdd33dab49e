import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildOfCommands, commandsExecutor } from '../../../lib/local/executors/commands';
import { managedLogGroup } from '../../../lib/local/executors/managed-build';
import type { CommandsAction } from '../../../lib/local/plan';
import { temporaryFolder } from '../codebuild/host';
import { BINDINGS } from './kinds';
import { buildsIn, runAction, unzip } from './machine';

const root = temporaryFolder();
const executor = commandsExecutor(buildsIn(root), BINDINGS);

const commands = (list: readonly string[], more: Partial<CommandsAction> = {}): CommandsAction => ({
  kind: 'commands',
  id: 'Build/Pack',
  stage: 'Build',
  name: 'Pack',
  runOrder: 1,
  inputs: ['Source'],
  outputs: [],
  roleArn: 'arn:aws:iam::111122223333:role/shop-pipeline',
  commands: list,
  environment: [],
  outputVariables: [],
  files: [],
  computeType: 'BUILD_GENERAL1_SMALL',
  ...more,
});

test('the commands run in the first input, keep folder and variables, and leave files and variables behind', async () => {
  const action = commands(
    [
      'mkdir site && cd site',
      'cp "$CODEBUILD_SRC_DIR_Texts/hello.txt" index.html',
      'VERSION=1.$(cat ../version.txt)',
      'echo "$WHO builds $VERSION as $AWS_ACCESS_KEY_ID"',
    ],
    {
      inputs: ['Source', 'Texts'],
      outputs: ['Site'],
      files: ['site/**/*', 'version.txt'],
      outputVariables: ['VERSION', 'AWS_DEFAULT_REGION', 'CODEBUILD_BUILD_ID', 'NOBODY'],
      environment: [{ name: 'WHO', value: 'main', type: 'PLAINTEXT' }],
    },
  );
  const run = await runAction(root, executor, action, {
    Source: { 'version.txt': '7\n' },
    Texts: { 'hello.txt': 'hi' },
  });
  expect(run.outcome).toEqual({
    status: 'Succeeded',
    variables: {
      VERSION: '1.7',
      AWS_DEFAULT_REGION: 'eu-west-1',
      CODEBUILD_BUILD_ID: expect.stringMatching(/^Build-Pack:[0-9a-f-]{36}$/),
    },
    artifacts: { Site: join(run.workspace, 'artifacts', 'Site.zip') },
    externalId: expect.stringMatching(/^Build-Pack:/),
  });
  expect(run.lines).toEqual(['main builds 1.7 as key of arn:aws:iam::111122223333:role/shop-pipeline']);
  const out = join(run.workspace, 'out');
  await unzip(join(run.workspace, 'artifacts', 'Site.zip'), out);
  expect(readdirSync(out).sort()).toEqual(['site', 'version.txt']);
  expect(readFileSync(join(out, 'site', 'index.html'), 'utf8')).toBe('hi');
});

test('all files are ** and a slash, as the user guide writes it', async () => {
  const action = commands(['true'], { outputs: ['All'], files: ['**/'] });
  const run = await runAction(root, executor, action, { Source: { 'a.txt': 'a', 'b/c.txt': 'c' } });
  const out = join(run.workspace, 'out');
  await unzip(join(run.workspace, 'artifacts', 'All.zip'), out);
  expect(readdirSync(out, { recursive: true }).sort()).toEqual(['a.txt', 'b', 'b/c.txt']);
});

test('the first command that fails ends the action', async () => {
  const run = await runAction(root, executor, commands(['echo one', 'exit 3', 'echo two']), { Source: { a: '' } });
  expect(run.outcome).toMatchObject({ status: 'Failed', reason: expect.stringMatching(/exit 3.*3/s) });
  expect(run.lines).toEqual(['one']);
});

test('a secret comes from Secrets Manager and is masked in the output', async () => {
  writeFileSync(join(root, 'secrets.yaml'), 'secrets-manager:\n  apiTokens: {token: top-secret-value}\n');
  const action = commands(['echo "<$TOKEN>" ${#TOKEN}'], {
    environment: [{ name: 'TOKEN', value: 'apiTokens:token', type: 'SECRETS_MANAGER' }],
  });
  const run = await runAction(root, executor, action, { Source: { a: '' } });
  expect(run.lines).toEqual(['<***> 16']);
});

test('it is a build of 55 minutes on compute of its own, whose log group is the pipeline’s', () => {
  const build = buildOfCommands(commands(['true'], { computeType: 'BUILD_GENERAL1_LARGE' }), BINDINGS);
  expect(build.project).toMatchObject({ timeoutMinutes: 55, privileged: false, computeType: 'BUILD_GENERAL1_LARGE' });
  expect(managedLogGroup('shop')).toBe('/aws/codepipeline/shop');
});
