import { runtimeNotes, satisfies } from '../../../lib/local/codebuild/runtimes';
import { plain, testHost } from './host';

const host = testHost();

test('version 0.1: each command has a shell of its own, so neither directory nor variables reach the next one', async () => {
  const commands = '[mkdir sub && cd sub && A=1, \'basename "$PWD"; echo "${A-none}"\', "exit 4"]';
  const run = (version: string) =>
    host.run({ buildspec: `version: ${version}\nphases: {build: {commands: ${commands}}}` });
  const old = await run('0.1');
  expect(old.lines).toEqual(['src', 'none']);
  expect(old.outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('exit status 4') });
  expect((await run('0.2')).lines).toEqual(['sub', '1']);
});

test.each([
  ['3.12.4', '3.12', true],
  ['3.12.4', '3.1', false],
  ['3.12.4', '3.x', true],
  ['20.1.0', 'latest', true],
  ['21.0.2', 'corretto21', true],
  ['17.0.2', 'corretto21', false],
  ['1.22', '1.22', true],
  ['3', '3.11', false],
])('%s for %s: %s', (found, wanted, expected) => {
  expect(satisfies(found, wanted)).toBe(expected);
});

test('runtime-versions are told honestly: what is there against what was asked for', async () => {
  const shell = {
    run: async () => ({ kind: 'exit', code: 0 }) as const,
    read: async () => ({
      slipway_python: 'Python 3.11.2',
      slipway_nodejs: 'v22.1.0',
      slipway_java: 'openjdk version "21.0.2" 2024-01-16',
      slipway_golang: 'go version go1.22.1 linux/amd64',
      slipway_php: '',
    }),
    keep: () => () => {},
  };
  const asked = { python: '3.12', nodejs: '22', java: 'corretto21', golang: '1.x', php: '8.3', perl: '5' };
  expect(await runtimeNotes(asked, shell)).toEqual([
    'runtime-versions: python is 3.11.2 (3.12 was asked for, and nothing is installed here)',
    'runtime-versions: nodejs is 22.1.0 (as asked for)',
    'runtime-versions: java is 21.0.2 (as asked for)',
    'runtime-versions: golang is 1.22.1 (as asked for)',
    'runtime-versions: php 8.3 was asked for; there is none here',
    'runtime-versions: perl 5 is not known to CodeBuild',
  ]);
});

test('the log says what this machine has; a difference fails nothing', async () => {
  const { outcome, log } = await host.run({
    buildspec:
      'version: 0.2\nphases: {install: {runtime-versions: {nodejs: 8, python: 99}}, build: {commands: [\'echo "${slipway_nodejs-none}"\']}}',
  });
  expect(outcome.status).toBe('Succeeded');
  expect(log).toMatch(/runtime-versions: nodejs is \d+[\d.]* \(8 was asked for, and nothing is installed here\)/);
  expect(log).toContain('\nnone');
});

test('what is accepted and has no effect here is said: proxy, git-credential-helper, fleets, debug sessions', async () => {
  const { outcome, log } = await host.run({
    buildspec: `version: 0.2
env: {git-credential-helper: yes}
proxy: {upload-artifacts: yes, logs: no}
batch: {build-list: [{identifier: a, debug-session: true, env: {fleet: f}}]}
phases: {build: {commands: [echo]}}`,
  });
  expect(outcome.status).toBe('Succeeded');
  for (const told of [
    'proxy has no effect',
    'git-credential-helper: yes has no effect',
    'fleet f has no effect',
    'debug-session has no effect',
  ])
    expect(log).toContain(told);
});

test('CODEBUILD_BUILD_NUMBER counts the builds of a project; CODEBUILD_KMS_KEY_ID is Amazon S3’s own key where the project has none', async () => {
  const numbers: string[] = [];
  for (let round = 0; round < 2; round++) {
    const { lines } = await host.run({
      buildspec: 'version: 0.2\nphases: {build: {commands: ["echo $CODEBUILD_BUILD_NUMBER $CODEBUILD_KMS_KEY_ID"]}}',
    });
    numbers.push(lines[0]?.split(' ')[0] ?? '');
    expect(lines[0]).toMatch(/ arn:aws:kms:eu-west-1:111122223333:alias\/aws\/s3$/);
  }
  expect(Number(numbers[1])).toBe(Number(numbers[0]) + 1);
});

test('CODEBUILD_BATCH_BUILD_IDENTIFIER is of batch builds alone', async () => {
  const { lines } = await host.run({
    environment: plain({ A: '1' }),
    buildspec: 'version: 0.2\nphases: {build: {commands: ["echo ${CODEBUILD_BATCH_BUILD_IDENTIFIER-none}"]}}',
  });
  expect(lines).toEqual(['none']);
});
