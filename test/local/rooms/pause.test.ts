import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../lib/local/clock';
import { startLifetime } from '../../../lib/local/codebuild/lifetime';
import type { AskAfterPause } from '../../../lib/local/rooms/pause';
import { type PausedBuild, pausedFolder, readPaused } from '../../../lib/local/rooms/paused';
import { type BuildRequest, testHost } from '../codebuild/host';
import { inEveryRoom, kindOf } from './rooms';

jest.setTimeout(60_000);

const buildspec = (...commands: string[]): string =>
  [
    'version: 0.2',
    'env: {shell: bash}',
    'phases:',
    '  build:',
    '    commands:',
    ...commands.map((command) => `      - ${JSON.stringify(command)}`),
  ].join('\n');

inEveryRoom((name) => {
  const host = testHost();
  const state = join(host.root, '.slipway');
  const run = async (request: Omit<BuildRequest, 'rooms'>) =>
    host.run({ ...request, rooms: await kindOf(name, state) });
  /** What a person sees who enters the held build. */
  const inside = (paused: PausedBuild, input: string): string => {
    const [program = '', ...words] = paused.shell.filter((word) => word !== '--tty');
    return spawnSync(program, words, { input: `${input}\nexit\n`, encoding: 'utf8' }).stdout;
  };

  test('a build whose command failed is held, can be entered, and goes on as failed', async () => {
    const seen: unknown[] = [];
    const ask: AskAfterPause = async (paused) => {
      const file = join(pausedFolder(state), readdirSync(pausedFolder(state))[0] ?? '');
      seen.push(readPaused(state), statSync(file).mode & 0o777, existsSync(paused.environmentFile));
      seen.push(inside(paused, 'echo "$SAID in $(basename "$PWD")"; touch made-inside'));
      return 'go-on';
    };
    const { outcome, lines } = await run({
      pause: ask,
      buildspec: buildspec('mkdir sub; cd sub; SAID=hello', 'echo one; false', 'echo never'),
    });
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('exit status 1') });
    expect(lines).toEqual(['one']);
    expect(seen).toMatchObject([
      [
        {
          action: 'Build',
          stage: 'Build',
          execution: 'e1',
          phase: 'BUILD',
          command: 'echo one; false',
          pid: process.pid,
        },
      ],
      0o600,
      true,
      expect.stringContaining('hello in sub'),
    ]);
    expect(readPaused(state)).toEqual([]);
  });

  test('the command is run again from where it began, and the build goes on', async () => {
    let asked = 0;
    const { outcome, lines } = await run({
      pause: async (paused) => {
        asked++;
        inside(paused, 'touch mended');
        return 'again';
      },
      buildspec: buildspec('cd "$CODEBUILD_SRC_DIR"; A=1', 'echo "$A"; A=2; test -f mended', 'echo "$A"'),
    });
    expect([outcome.status, asked, lines]).toEqual(['Succeeded', 1, ['1', '1', '2']]);
  });

  test('the first command may fail by exit: the shell has the environment all the same', async () => {
    let seen = '';
    await run({
      pause: async (paused) => {
        seen = inside(paused, 'echo "$CODEBUILD_BUILD_ID"');
        return 'go-on';
      },
      buildspec: buildspec('exit 3'),
    });
    expect(seen).toContain('visits-build:');
  });

  test('a breakpoint holds the command until codebuild-resume', async () => {
    const seen: string[] = [];
    const { outcome, lines } = await run({
      pause: (paused) => {
        seen.push(paused.reason, inside(paused, 'echo "$SAID"; codebuild-resume'));
        return new Promise(() => {});
      },
      buildspec: buildspec('SAID=here; codebuild-breakpoint; echo on'),
    });
    expect([outcome.status, lines]).toEqual(['Succeeded', ['on']]);
    expect(seen).toEqual(['breakpoint', expect.stringContaining('here')]);
  });

  test('without leave to hold, a breakpoint is a notice', async () => {
    const { outcome, log } = await run({ buildspec: buildspec('codebuild-breakpoint && echo on') });
    expect(outcome.status).toBe('Succeeded');
    expect(log).toMatch(/codebuild-breakpoint: goes on.*\non$/);
  });

  test('a hold ends with the removal of its file', async () => {
    const { outcome } = await run({
      pause: () => {
        rmSync(pausedFolder(state), { recursive: true });
        return new Promise(() => {});
      },
      buildspec: buildspec('false'),
    });
    expect(outcome.status).toBe('Failed');
  });

  test('a hold ends when the run is stopped', async () => {
    const abort = new AbortController();
    const { outcome } = await run({
      signal: abort.signal,
      pause: (_, signal) => {
        abort.abort();
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
      buildspec: buildspec('false'),
    });
    expect(outcome.status).toBe('Stopped');
    expect(readPaused(state)).toEqual([]);
  });
});

test('the time of a build stands still while it is held', async () => {
  let now = 0;
  const sleeps: { milliseconds: number; elapse: () => void }[] = [];
  const clock: Clock = {
    now: () => new Date(now),
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        sleeps.push({ milliseconds, elapse: () => resolve('elapsed') });
        signal.addEventListener('abort', () => resolve('aborted'), { once: true });
      }),
  };
  let stopped = 0;
  const lifetime = startLifetime(new AbortController().signal, clock, 10, () => stopped++);
  now = 4 * 60_000;
  const release = lifetime.hold();
  const other = lifetime.hold();
  now = 60 * 60_000;
  release();
  release();
  await new Promise(setImmediate);
  expect(sleeps.map(({ milliseconds }) => milliseconds)).toEqual([600_000]);
  other();
  await new Promise(setImmediate);
  expect(sleeps.map(({ milliseconds }) => milliseconds)).toEqual([600_000, 360_000]);
  sleeps[1]?.elapse();
  await new Promise(setImmediate);
  expect([stopped, lifetime.reason()]).toEqual([1, 'timed-out']);
  await lifetime.close();
});
