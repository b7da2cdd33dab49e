import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COPY, contents, makePath, onLinux, Place, processesWith, until } from './command-line';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

/** A Python that is new enough, and whose pip says that it is there and then goes on for ever with a child. */
function hangingPython(): string {
  const folder = join(place.folder, 'path');
  const probe = JSON.stringify({
    executable: join(folder, 'python3'),
    version: [3, 12, 1],
    pip: true,
    ensurepip: true,
  });
  const script = `case "$1" in -c) echo '${probe}';; *) touch '${place.folder}/pip'; sleep 600 & wait;; esac`;
  return makePath(folder, ['sh', 'git', 'cp', 'sleep', 'touch'], { python3: script });
}

const pipStarted = (): Promise<void> => until(() => existsSync(join(place.folder, 'pip')));

const nothingLeft = () => {
  expect(processesWith(place.folder)).toEqual([]);
  expect(contents(place.state).filter((name) => name !== 'cdk.out')).toEqual([]);
  expect(contents(join(place.clone, '.slipway', 'tools'))).toEqual([]);
};

onLinux('while the tools are installed', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s: exit code 130, no process and no draft left',
    async (signal) => {
      const run = place.start(['run', '--json'], { env: { PATH: hangingPython() } });
      await Promise.all([pipStarted(), run.line('cdk.out written')]);
      run.kill(signal);
      expect(await run.ended).toMatchObject({ code: 130, stderr: '\nstopping …\n' });
      nothingLeft();
    },
  );

  test('run | head: ends in order when nobody reads any more', async () => {
    const go = join(place.folder, 'go');
    place.app(`while [ ! -e '${go}' ]; do sleep 0.02; done; ${COPY}`);
    const run = place.start(['run', '--json'], { env: { PATH: hangingPython() } });
    await Promise.all([pipStarted(), run.line('"Synthesis","status":"started"')]);
    run.leave();
    writeFileSync(go, '');
    expect(await run.ended).toMatchObject({ code: 130, stderr: '\nnobody reads the output: stopping …\n' });
    nothingLeft();
  });

  test('SIGKILL: the next run ends what was left and works on', async () => {
    const PATH = hangingPython();
    const run = place.start(['run'], { env: { PATH } });
    await pipStarted();
    run.kill('SIGKILL');
    await run.ended;
    expect(processesWith(place.folder)).not.toEqual([]);
    const next = await place.run(['run'], { env: { SLIPWAY_PYTHON: '/nowhere', PATH } });
    expect(next.code).toBe(3);
    nothingLeft();
  });
});

test('--json: every line of standard output is an object, with nothing else among them', async () => {
  const { code, stdout, stderr } = await place.run(['run', '--json'], { env: { SLIPWAY_PYTHON: '/nowhere' } });
  expect(code).toBe(3);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toContainEqual({ kind: 'preparation', name: 'Tools', status: 'started' });
  expect(lines).toContainEqual({ kind: 'preparation', name: 'Tools', status: 'failed' });
  expect(stderr).toMatch(/^Python 3\.11 or newer is needed/);
});

test('plain lines where there is no terminal: no control characters', async () => {
  const { stdout } = await place.run(['run'], { env: { SLIPWAY_PYTHON: '/nowhere', TERM: 'xterm-256color' } });
  expect(stdout).toMatch(/^… Tools\n… Synthesis\n/);
  expect(stdout).not.toContain('\u001b');
});

/** Python has what a terminal needs, and is there wherever Slipway runs. */
const PTY = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

function onTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { code: number | null; stdout: string } {
  const { PATH = '', HOME = '' } = process.env;
  const command = [process.execPath, join(place.clone, 'bin', 'slipway.mjs'), ...args];
  const { status, stdout } = spawnSync('python3', ['-c', PTY, ...command], {
    cwd: place.project,
    env: { PATH, HOME, SLIPWAY_PYTHON: '/nowhere', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { code: status, stdout };
}

describe('on a terminal', () => {
  const hide = '\u001b[?25l';
  const show = '\u001b[?25h';

  test('a live screen, and a cursor that is there again after a failure', () => {
    const { code, stdout } = onTerminal(['run'], { TERM: 'xterm-256color' });
    expect(code).toBe(3);
    expect(stdout).toContain(hide);
    expect(stdout.lastIndexOf(show)).toBeGreaterThan(stdout.lastIndexOf(hide));
    expect(stdout).toContain('SLIPWAY_PYTHON is /nowhere');
  });

  test.each([{ TERM: 'dumb' }, { TERM: 'xterm', CI: '1' }, { TERM: 'xterm', CI: '1', NO_COLOR: '1' }])(
    '%j: plain lines',
    (env) => {
      const { code, stdout } = onTerminal(['run'], env);
      expect(code).toBe(3);
      expect(stdout).toMatch(/… Tools/);
      expect(stdout).not.toMatch(/\u001b\[\?25|\u001b\[\d+A/);
      if (!('CI' in env) || 'NO_COLOR' in env) expect(stdout).not.toContain('\u001b');
    },
  );

  test.each([
    [{ TERM: 'xterm' }, true],
    [{ TERM: 'xterm', NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
  ])('%j: doctor in colours: %s', (env, colours) => {
    expect(onTerminal(['doctor'], env).stdout.includes('\u001b[32m')).toBe(colours);
  });
});
