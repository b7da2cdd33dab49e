import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../lib/local/clock';
import { extractZip } from '../../../lib/local/codebuild/unzip';
import { linesOf } from '../../../lib/local/output-text';
import { type BuildRequest, plain, testHost } from '../codebuild/host';
import { inEveryRoom, kindOf } from './rooms';

jest.setTimeout(60_000);

const buildspec = (commands: readonly string[], rest: readonly string[] = []): string =>
  [
    'version: 0.2',
    'env: {shell: bash, exported-variables: [VERSION]}',
    'phases:',
    '  build:',
    '    commands:',
    ...commands.map((command) => `      - ${JSON.stringify(command)}`),
    ...rest,
  ].join('\n');

/** Aborts as soon as the build prints `line`. */
function abortAt(line: string) {
  const abort = new AbortController();
  const onEvent = (event: { kind: string; text?: string }) => {
    if (event.kind === 'output' && linesOf(event.text ?? '').includes(line)) abort.abort();
  };
  return { signal: abort.signal, onEvent };
}

inEveryRoom((name) => {
  const host = testHost();
  const state = join(host.root, '.slipway');
  const run = async (request: BuildRequest) => host.run({ rooms: await kindOf(name, state), ...request });
  const rooms = () => (existsSync(join(state, 'rooms')) ? readdirSync(join(state, 'rooms')) : []);

  test('a build hands over artifacts, reports and exported variables, and leaves no folder of its own', async () => {
    const junit = '<testsuites><testsuite name="s" tests="1"><testcase name="t"/></testsuite></testsuites>';
    const { outcome, lines, events, workspace } = await run({
      files: { 'app/run.sh*': '#!/bin/sh\necho ran in "$(basename "$PWD")"', 'report.xml': junit },
      secondary: { Extra: { 'data.txt': 'extra' } },
      outputs: ['Package'],
      environment: plain({ COMMIT: 'abc' }),
      buildspec: buildspec(
        [
          'cd app && ./run.sh && cat "$CODEBUILD_SRC_DIR_Extra/data.txt" && echo',
          'umask 077; mkdir ../dist; cp run.sh ../dist/; VERSION="1-$COMMIT"',
        ],
        ['artifacts: {files: [dist/*]}', 'reports: {unit: {files: [report.xml]}}'],
      ),
    });
    expect(outcome).toMatchObject({ status: 'Succeeded', variables: { VERSION: '1-abc' } });
    expect(lines).toEqual(['ran in app', 'extra']);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'report' }));
    if (outcome.status !== 'Succeeded') return;
    const folder = join(host.root, 'extracted');
    mkdirSync(folder);
    expect(await extractZip(outcome.artifacts['Package'] ?? '', folder)).toMatchObject({ ok: true });
    expect(readFileSync(join(folder, 'dist/run.sh'), 'utf8')).toContain('echo ran');
    expect(readdirSync(workspace).sort()).toEqual(expect.arrayContaining(['artifacts', 'log.txt', 'reports']));
    expect(['home', 'state', 'src'].filter((leaf) => existsSync(join(workspace, leaf)))).toEqual([]);
    expect(rooms()).toEqual([]);
  });

  test('what a failed build leaves belongs to the user, whoever made it', async () => {
    const { outcome, workspace } = await run({
      buildspec: buildspec([
        'mkdir -p kept/below; echo x > kept/below/file; [ "$(id -u)" != 0 ] || chown -R 12345:12345 kept; false',
      ]),
    });
    expect(outcome.status).toBe('Failed');
    const owner = statSync(workspace).uid;
    if (name !== 'host') expect(statSync(join(workspace, 'src/kept/below/file')).uid).toBe(owner);
    expect(readFileSync(join(workspace, 'src/kept/below/file'), 'utf8')).toBe('x\n');
  });

  test('a secret is masked, and stands on no command line', async () => {
    const { lines, log } = await run({
      secrets: {
        parameter: () => ({ ok: true, value: 'correct horse battery' }),
        secret: () => ({ ok: true, value: 'correct horse battery' }),
        values: () => ({ ok: true, value: {} }),
      } as unknown as NonNullable<BuildRequest['secrets']>,
      project: [{ name: 'PASSWORD', value: '/password', type: 'PARAMETER_STORE' }],
      buildspec: buildspec([
        'echo "it is $PASSWORD"; cat /proc/[0-9]*/cmdline 2> /dev/null | tr "\\0" " " | grep -c "hors[e] battery" || true',
      ]),
    });
    expect(lines).toEqual(['it is ***', '0']);
    expect(log).not.toContain('horse');
  });

  test('a stop ends the running command, runs nothing more and leaves nothing', async () => {
    const { outcome, lines, workspace } = await run({
      ...abortAt('go'),
      buildspec: buildspec(['echo go; sleep 60; echo never', 'echo never']),
    });
    expect(outcome).toMatchObject({ status: 'Stopped' });
    expect(lines).toEqual(['go']);
    expect([existsSync(join(workspace, 'state')), rooms()]).toEqual([false, []]);
  });

  test('a stop gets the better of a command that ignores SIGTERM', async () => {
    const { outcome } = await run({
      ...abortAt('go'),
      grace: 100,
      buildspec: buildspec(['trap "" TERM INT; echo go; while :; do sleep 0.05; done']),
    });
    expect([outcome.status, rooms()]).toEqual(['Stopped', []]);
  });

  test('a run that is stopped already runs no command', async () => {
    const { outcome, lines } = await run({ signal: AbortSignal.abort(), buildspec: buildspec(['echo never']) });
    expect([outcome.status, lines]).toEqual(['Stopped', []]);
  });

  test('a build that takes longer than its timeout fails as TIMED_OUT', async () => {
    let elapse = (): void => {};
    const clock: Clock = {
      now: () => new Date(0),
      sleep: (_, signal) =>
        new Promise((resolve) => {
          elapse = () => resolve('elapsed');
          signal.addEventListener('abort', () => resolve('aborted'));
        }),
    };
    const { outcome } = await run({
      clock,
      buildspec: buildspec(['echo go; sleep 60']),
      onEvent: (event) => event.kind === 'output' && linesOf(event.text ?? '').includes('go') && elapse(),
    });
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('TIMED_OUT') });
    expect(rooms()).toEqual([]);
  });

  test('what a build leaves in the background ends with it', async () => {
    const { outcome, lines } = await run({
      grace: 100,
      buildspec: buildspec([
        'trap "" TERM; while :; do mkdir -p "$CODEBUILD_SRC_DIR/more"; sleep 0.01; done & echo one',
        'echo two',
      ]),
    });
    expect([outcome.status, lines]).toEqual(['Succeeded', ['one', 'two']]);
  });

  test("a file of this machine that the user's environment names can be read by the build", async () => {
    const file = join(host.root, 'my certificates.pem');
    writeFileSync(file, 'certificates');
    const { lines } = await run({
      user: { PATH: '/usr/bin:/bin', SSL_CERT_FILE: file },
      buildspec: buildspec(['cat "$SSL_CERT_FILE"; echo']),
    });
    expect(lines).toEqual(['certificates']);
  });

  test('ten thousand lines come whole and in order', async () => {
    const { lines } = await run({ buildspec: buildspec(['seq 1 10000']) });
    expect(lines).toEqual(Array.from({ length: 10_000 }, (_, index) => String(index + 1)));
  });
});
