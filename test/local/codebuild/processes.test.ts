import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../lib/local/clock';
import { findProcesses } from '../../../lib/local/codebuild/process-tree';
import { removeTemporaryFolders } from '../../../lib/local/codebuild/temporary';
import { endStrayBuilds } from '../../../lib/local/executors/stray-builds';
import { linesOf } from '../../../lib/local/output-text';
import { processStart } from '../../../lib/local/process-identity';
import { testHost } from './host';

const host = testHost();
const state = `SLIPWAY_STATE=${join(host.root, '.slipway')}`;
const left = () => findProcesses({ groups: [], marker: state });
const onLinux = process.platform === 'linux' ? test : test.skip;

const buildspec = (...commands: string[]): string =>
  [
    'version: 0.2',
    'phases:',
    '  build:',
    '    commands:',
    ...commands.map((command) => `      - ${JSON.stringify(command)}`),
  ].join('\n');

/** Aborts as soon as the build prints `line`. */
function abortAt(line: string) {
  const abort = new AbortController();
  const onEvent = (event: { kind: string; text?: string }) => {
    if (event.kind === 'output' && linesOf(event.text ?? '').includes(line)) abort.abort();
  };
  return { signal: abort.signal, onEvent };
}

onLinux('what a build leaves in the background ends with it', async () => {
  const { outcome, lines } = await host.run({
    buildspec: buildspec('sleep 60 & echo one', 'echo two', '(sleep 60 &) ; sh -c "sleep 60 & sleep 60 &"'),
  });
  expect([outcome.status, lines]).toEqual(['Succeeded', ['one', 'two']]);
  expect(await left()).toEqual([]);
});

onLinux('a process that left its group and session is found by its environment', async () => {
  const { outcome } = await host.run({ buildspec: buildspec('setsid sleep 60 & setsid -f sleep 60') });
  expect(outcome.status).toBe('Succeeded');
  expect(await left()).toEqual([]);
});

onLinux('one that cleared its environment is found by its group', async () => {
  const { lines } = await host.run({ buildspec: buildspec('env -i /bin/sleep 60 & echo $!') });
  expect(processStart(Number(lines[0]))).toBeUndefined();
});

onLinux('one that goes on writing into the source does not keep it from being removed', async () => {
  const { outcome, workspace } = await host.run({
    grace: 100,
    buildspec: buildspec('trap "" TERM; while :; do mkdir -p "$CODEBUILD_SRC_DIR/more"; done &'),
  });
  expect(outcome.status).toBe('Succeeded');
  expect(existsSync(join(workspace, 'src'))).toBe(false);
});

onLinux('one that ignores SIGTERM is killed after the grace', async () => {
  const { outcome } = await host.run({ grace: 50, buildspec: buildspec('trap "" TERM; sleep 60 & sleep 60 &') });
  expect(outcome.status).toBe('Succeeded');
  expect(await left()).toEqual([]);
});

test('a stop ends the running command, runs nothing more and leaves nothing', async () => {
  const { outcome, lines, workspace } = await host.run({
    ...abortAt('go'),
    buildspec: buildspec('echo go; sleep 60; echo never', 'echo never'),
  });
  expect(outcome).toEqual({ status: 'Stopped', reason: 'the build was stopped' });
  expect(lines).toEqual(['go']);
  expect(await left()).toEqual([]);
  expect(existsSync(join(workspace, 'home'))).toBe(false);
});

onLinux('a stop gets the better of a command that ignores SIGTERM', async () => {
  const { outcome } = await host.run({
    ...abortAt('go'),
    grace: 50,
    buildspec: buildspec('trap "" TERM INT; echo go; while :; do sleep 0.05; done'),
  });
  expect(outcome.status).toBe('Stopped');
  expect(await left()).toEqual([]);
});

test('a run that is stopped already runs no command', async () => {
  const { outcome, lines } = await host.run({ signal: AbortSignal.abort(), buildspec: buildspec('echo never') });
  expect([outcome.status, lines]).toEqual(['Stopped', []]);
});

test('a build that takes longer than its timeout fails as TIMED_OUT', async () => {
  let elapse = (): void => {};
  const clock: Clock = {
    now: () => new Date(0),
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        expect(milliseconds).toBe(30 * 60_000);
        elapse = () => resolve('elapsed');
        signal.addEventListener('abort', () => resolve('aborted'));
      }),
  };
  const { outcome } = await host.run({
    clock,
    buildspec: buildspec('echo go; sleep 60'),
    onEvent: (event) => event.kind === 'output' && linesOf(event.text ?? '').includes('go') && elapse(),
  });
  expect(outcome).toMatchObject({ status: 'Failed', reason: 'TIMED_OUT: the build took longer than its 30 minutes' });
  expect(await left()).toEqual([]);
});

onLinux('what a killed run left is ended by the next one, and nothing else is', async () => {
  const stray = spawn('sleep', ['60'], {
    env: { PATH: process.env['PATH'], SLIPWAY_STATE: join(host.root, '.slipway') },
  });
  const other = spawn('sleep', ['60'], {
    env: { PATH: process.env['PATH'], SLIPWAY_STATE: `${join(host.root, '.slipway')}2` },
  });
  const ended = new Promise((resolve) => stray.once('exit', (_, signal) => resolve(signal)));
  await Promise.all([stray, other].map((child) => new Promise((resolve) => child.once('spawn', resolve))));
  await endStrayBuilds(join(host.root, '.slipway'), {});
  expect(await ended).toBe('SIGTERM');
  expect(other.exitCode).toBeNull();
  expect(other.signalCode).toBeNull();
  other.kill();
});

test('temporary folders go with their build, and those of a killed run with the next', async () => {
  const { lines } = await host.run({ buildspec: buildspec('echo "$TMPDIR"; mktemp > /dev/null') });
  const [folder = ''] = lines;
  expect(folder).toMatch(/^\/tmp\/slipway-[0-9a-f]{8}-\w{6}$/);
  expect(existsSync(folder)).toBe(false);
  mkdirSync(folder);
  writeFileSync(join(folder, 'x'), '');
  removeTemporaryFolders(join(host.root, '.slipway'));
  expect(readdirSync('/tmp')).not.toContain(folder.replace('/tmp/', ''));
});
