import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, kubectlProcess } from '../../lib/deploy/kubectl-process';
import { FakeClock, FakeLog } from './fakes';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubectl '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A kubectl in shell; `$N` counts its calls from 1. */
function fake(script: string, { unreachable = 60, stop = new AbortController() } = {}) {
  const program = join(folder, 'kubectl');
  const count = join(folder, 'count');
  writeFileSync(program, `#!/bin/sh\necho x >> '${count}'; N=$(wc -l < '${count}')\n${script}\n`);
  chmodSync(program, 0o755);
  const clock = new FakeClock();
  const log = new FakeLog();
  const kubectl = kubectlProcess({
    program,
    environment: { PATH: process.env['PATH'] },
    clock,
    random: () => 1,
    log,
    signal: stop.signal,
    unreachable,
  });
  return { kubectl, clock, log, stop, calls: () => (existsSync(count) ? readFileSync(count, 'utf8').length / 2 : 0) };
}

test('gives the output, takes input, and shows a line that a shell takes', async () => {
  const { kubectl, log } = fake('cat; echo "$@"');
  expect(await kubectl.run(['get', 'pods', '-o', "jsonpath={'a b'}"], { input: 'in ' })).toEqual({
    ok: true,
    value: "in get pods -o jsonpath={'a b'}\n",
  });
  expect(log.lines).toEqual(["$ kubectl get pods -o 'jsonpath={'\\''a b'\\''}'"]);
  expect(commandLine(['a', '', 'b$'])).toBe("a '' 'b$'");
});

test('an API that is away for a while is asked again', async () => {
  const { kubectl, log } = fake(
    '[ $N -ge 4 ] && echo here || { echo "Unable to connect to the server: EOF" >&2; exit 1; }',
  );
  expect(await kubectl.run(['get', 'pods'])).toEqual({ ok: true, value: 'here\n' });
  expect(kubectl.calls).toBe(4);
  expect(log.lines.filter((line) => line.startsWith('$'))).toHaveLength(1);
});

test('one that stays away is given up after the limit', async () => {
  const { kubectl, clock } = fake('echo "Unable to connect to the server: EOF" >&2; exit 1', { unreachable: 20 });
  const start = clock.now().getTime();
  expect(await kubectl.run(['get', 'pods'])).toMatchObject({ ok: false, errors: [{ kind: 'unreachable' }] });
  expect((clock.now().getTime() - start) / 1000).toBeGreaterThanOrEqual(20);
  expect((clock.now().getTime() - start) / 1000).toBeLessThan(30);
});

test('what is refused, and what must not be tried again, is asked once', async () => {
  const refused = fake('echo "The Service \\"x\\" is invalid: y" >&2; exit 1');
  expect(await refused.kubectl.run(['apply'])).toMatchObject({ errors: [{ kind: 'refused' }] });
  expect(refused.calls()).toBe(1);
  const away = fake('echo "EOF" >&2; exit 1');
  await away.kubectl.run(['get'], { retry: false });
  expect(away.kubectl.calls).toBe(1);
});

test('401 is asked three times: credentials are renewed, but not for ever', async () => {
  const { kubectl } = fake('echo "error: You must be logged in to the server" >&2; exit 1');
  expect(await kubectl.run(['get'])).toMatchObject({ errors: [{ kind: 'unauthorized' }] });
  expect(kubectl.calls).toBe(3);
});

test('"timed out" is a 401 where a cheap question says so', async () => {
  const script = (probe: string): string =>
    `[ "$2" = --raw ] && { ${probe}; }; echo "error: timed out waiting for the condition" >&2; exit 1`;
  const lasting = fake(script('echo "error: You must be logged in to the server (Unauthorized)" >&2; exit 1'));
  expect(await lasting.kubectl.run(['wait'])).toMatchObject({ errors: [{ kind: 'unauthorized' }] });
  const slow = fake(script('exit 0'), { unreachable: 1 });
  expect(await slow.kubectl.run(['wait'])).toMatchObject({ errors: [{ kind: 'unreachable' }] });
});

test('one that hangs is ended', async () => {
  const { kubectl } = fake('[ "$2" = --raw ] && exit 0; exec sleep 60', { unreachable: 0 });
  expect(await kubectl.run(['get', 'x'], { timeoutSeconds: 0.2 })).toMatchObject({
    errors: [{ kind: 'unreachable', message: 'kubectl get did not end within 0.2 s' }],
  });
});

test('told to stop, a running one is ended and no other is started', async () => {
  const { kubectl, stop, calls } = fake('exec sleep 60');
  const running = kubectl.run(['get']);
  while (calls() === 0) await new Promise(setImmediate);
  stop.abort();
  expect(await running).toMatchObject({ errors: [{ kind: 'stopped' }] });
  expect(await kubectl.run(['get'])).toMatchObject({ errors: [{ kind: 'stopped' }] });
  expect(calls()).toBe(1);
});

test('other exit codes can be as good', async () => {
  const { kubectl } = fake('echo differs; exit 1');
  expect(await kubectl.run(['diff'], { accept: [0, 1] })).toEqual({ ok: true, value: 'differs\n' });
});

test('a kubectl that is not there', async () => {
  const { kubectl } = fake('');
  rmSync(join(folder, 'kubectl'));
  expect(await kubectl.run(['get'])).toMatchObject({
    errors: [{ kind: 'other', message: expect.stringContaining('is kubectl on PATH?') }],
  });
});
