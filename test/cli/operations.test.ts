import { announcePause } from '../../lib/local/rooms/paused';
import { Place } from './command-line';
import { Operated } from './operated';

/** Real pipelines at the real endpoint, with the real command line and its SDK clients; only what the actions do is made up. */
let place: Place;
let operated: Operated;
beforeAll(() => {
  place = new Place('slipway-ops-');
});
afterEach(() => operated.close());
afterAll(() => place.remove());

const lines = (text: string): string[] => text.trimEnd().split('\n');

test('status and approve: what waits is shown with the command that answers it, and the command answers it', async () => {
  operated = await Operated.open(place);
  const execution = await operated.waiting();
  const status = await operated.run('status');
  expect(status).toMatchObject({ code: 0, stderr: '' });
  const [, command = ''] = / slipway (approve .*)/.exec(status.stdout) ?? [];
  expect(command).toBe('approve visits-development SignOff/ClientSignOff');
  expect(status.stdout).toMatch(/^✓ Build +Succeeded +\d+s {2}[0-9a-f]{8}/m);
  for (const line of lines(status.stdout)) expect([...line].length).toBeLessThanOrEqual(80);

  const ended = operated.host().ended(execution);
  const approved = await operated.run(...command.split(' '), '--comment', 'agreed');
  expect(approved).toMatchObject({ code: 0, stderr: '' });
  expect(lines(approved.stdout)[0]).toMatch(/^visits-development SignOff\/ClientSignOff waits for approval, for \d+s$/);
  expect(approved.stdout).toContain(`execution ${execution}`);
  expect((await ended).status).toBe('Succeeded');
  const again = await operated.run('approve');
  expect(again).toMatchObject({ code: 5, stderr: expect.stringMatching(/^nothing waits for approval/) });
});

test('reject, status --json --exit-status, retry: a rejected execution goes on where it stopped', async () => {
  operated = await Operated.open(place);
  const execution = await operated.waiting();
  const ended = operated.host().ended(execution);
  expect(await operated.run('reject', 'SignOff/ClientSignOff', '--comment', 'not today')).toMatchObject({ code: 0 });
  expect((await ended).status).toBe('Failed');

  const status = await operated.run('status', 'development', '--json', '--exit-status');
  expect(status).toMatchObject({ code: 1, stderr: '' });
  const { pipelines } = JSON.parse(status.stdout);
  expect(pipelines).toMatchObject([{ pipeline: 'visits-development', version: 1, mode: 'QUEUED' }]);
  const signOff = pipelines[0].stages.find(({ name }: { name: string }) => name === 'SignOff');
  expect(signOff).toMatchObject({ status: 'Failed', execution: { execution }, actions: [{ summary: 'not today' }] });

  const asks = operated.event(({ kind }) => kind === 'approval-requested');
  const retry = operated.run('retry', '--wait');
  await asks;
  expect(await operated.run('approve')).toMatchObject({ code: 0 });
  expect(await retry).toMatchObject({ code: 0, stdout: `${execution}\n` });
});

test('start --wait and logs -f: an execution is followed from action to action to its end', async () => {
  operated = await Operated.open(place, {
    'Build/Build': { variables: { TESTED: 'no', VERSION: '1' }, output: ['building'], externalId: build('b') },
    'Test/Unit': { hold: true, output: ['testing', 'tested'], externalId: build('c') },
    'Dev/Bake': { output: ['baking'] },
  });
  const testing = operated.fake.started('Test/Unit');
  const asks = operated.event(({ kind }) => kind === 'approval-requested');
  const start = operated.run('start', 'development', '--variable', 'REASON=why', '--revision', 'Source=0815', '--wait');
  await testing;
  const logs = operated.begin('logs', '-f');
  await logs.line('Build/Build │ building');
  operated.fake.release('Test/Unit');
  await asks;
  expect(await operated.run('approve', 'development')).toMatchObject({ code: 0 });
  const [started, followed] = await Promise.all([start, logs.ended]);
  expect(started).toMatchObject({ code: 0, stderr: expect.stringMatching(/visits-development: Succeeded\n$/) });
  expect(followed.code).toBe(0);
  expect(lines(followed.stdout).filter((line) => line.startsWith('Test/Unit'))).toEqual([
    'Test/Unit │ testing',
    'Test/Unit │ tested',
  ]);
  expect(lines(followed.stdout)).toContain('Dev/Bake │ baking');
  const [view] = operated.host().executions();
  expect(view?.state.variables).toEqual({ REASON: 'why' });
  expect(await operated.run('logs', 'Test/Unit')).toMatchObject({ code: 0, stdout: 'testing\ntested\n' });
  expect(await operated.run('logs', '--list')).toMatchObject({
    stdout: expect.stringContaining(`${view?.execution}  `),
  });
});

test('logs -f when the Slipway that runs it ends: the rest comes from the journal', async () => {
  const reports = [{ kind: 'fact' as const, name: 'buildId', value: build('b') }];
  operated = await Operated.open(place, {
    'Build/Build': { variables: { TESTED: 'no', VERSION: '1' }, output: ['one'], reports, hold: true },
    'Test/Unit': { outcome: 'Failed', output: ['two'], externalId: build('c') },
  });
  const building = operated.fake.started('Build/Build');
  const ended = operated.host().ended(await operated.start());
  await building;
  const logs = operated.begin('logs', '--follow');
  await logs.line('one');
  // It sees nothing of what comes next until the endpoint is gone.
  logs.kill('SIGSTOP');
  operated.fake.release('Build/Build');
  await ended;
  await operated.endpoint.close();
  logs.kill('SIGCONT');
  expect(await logs.ended).toMatchObject({ code: 1, stdout: 'Build/Build │ one\nTest/Unit │ two\n' });
});

test('stop, transition, rollback', async () => {
  operated = await Operated.open(place, { 'Dev/Deploy': [{}, { outcome: 'Failed' }, {}] });
  const good = await operated.waiting();
  let ended = operated.host().ended(good);
  await operated.run('approve');
  await ended;

  const stopped = await operated.waiting();
  ended = operated.host().ended(stopped);
  const stop = await operated.run('stop', '--abandon', '--reason', 'wrong branch');
  expect(stop).toMatchObject({ code: 0, stdout: `${stopped} is stopping\n` });
  expect((await ended).status).toBe('Stopped');

  const disable = ['transition', 'disable', 'development', '--stage', 'Dev'];
  expect(await operated.run(...disable, '--reason', 'Jürgen')).toMatchObject({ code: 2 });
  expect(await operated.run(...disable, '--reason', 'change freeze')).toMatchObject({ code: 0, stderr: '' });
  expect((await operated.run('status')).stdout).toMatch(
    /transition to Dev is disabled since \d+s.*\n +change freeze\n/,
  );
  expect(await operated.run('transition', 'enable', '--stage', 'Dev')).toMatchObject({ code: 0, stderr: '' });

  const list = await operated.run('rollback', '--stage', 'Dev', '--list');
  expect(list).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^${good} +\\d+s ago +present `)) });
  const nothing = await operated.run('rollback', '--stage', 'Dev');
  expect(nothing).toMatchObject({ code: 5, stderr: expect.stringMatching(/^there is nothing to go back to/) });
  const back = await operated.run('rollback', '--stage', 'Dev', '--to', good.slice(0, 6));
  expect(back).toMatchObject({ code: 0 });
  expect(operated.host().execution(back.stdout.trim())).toMatchObject({ type: 'ROLLBACK', target: good });
});

test('shell: enters the build that is held, leaves it held, and lets it go on with --done', async () => {
  operated = await Operated.open(place, { 'Build/Build': { outcome: 'Failed', externalId: build('b') } });
  expect(await operated.run('shell')).toMatchObject({ code: 5, stderr: expect.stringMatching(/^no build is held: /) });
  const held = announcePause(place.state, {
    build: build('b'),
    execution: 'e',
    stage: 'Test',
    action: 'Unit',
    phase: 'BUILD',
    command: 'pytest',
    reason: 'exit status 1',
    directory: '/',
    environmentFile: '/dev/null',
    shell: ['/bin/sh', '-c', 'echo inside; exit 3'],
    pid: process.pid,
  });
  expect(await operated.run('shell', 'Test/Unit')).toEqual({
    code: 0,
    signal: null,
    stdout: 'inside\n',
    stderr:
      'Test/Unit, BUILD: pytest (exit status 1)\nTest/Unit is still held: `slipway shell --done` lets it go on, as does an answer to the run\n',
  });
  expect(held.isThere()).toBe(true);
  expect(await operated.run('shell', 'Test/Image')).toMatchObject({
    code: 2,
    stderr: `no build of Test/Image is held; these are:\n  Test/Unit  ${build('b')}  BUILD: pytest (exit status 1)\n`,
  });
  expect(await operated.run('shell', '--done')).toMatchObject({ code: 0, stdout: 'Test/Unit goes on\n' });
  expect(held.isThere()).toBe(false);

  await operated.host().ended(await operated.start());
  const onAws = await place.run(['shell', '--aws'], { env: operated.asAws });
  expect(onAws).toMatchObject({ code: 5, stdout: '' });
  expect(onAws.stderr).toContain(`Build/Build is build ${build('b')} of CodeBuild`);
  expect(onAws.stderr).toContain('codebuild-breakpoint');
  expect(onAws.stderr).toMatch(/start-build --region eu-west-1 --project-name \S+ .*--debug-session-enabled/);
});

test('errors: one sentence and what to do, each with its exit code', async () => {
  operated = await Operated.open(place);
  expect(await operated.run('status', 'visits-develpment')).toMatchObject({
    code: 2,
    stderr: 'no pipeline visits-develpment; did you mean visits-development? There are: visits-development\n',
  });
  expect(await operated.run('logs')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^there is no execution yet/),
  });

  // Taken for AWS: what changes something asks first, and there is nobody to ask.
  const env = operated.asAws;
  const refused = await place.run(['start', 'development', '--aws'], { env });
  expect(refused).toMatchObject({
    code: 2,
    stderr: 'start visits-development: this changes what runs on AWS, and there is no terminal to ask on; add --yes\n',
  });
  expect(operated.host().executions()).toEqual([]);
  expect(await place.run(['start', 'development', '--aws', '--yes'], { env })).toMatchObject({ code: 0 });
  const stranger = await place.run(['status', '--aws'], { env: { ...env, AWS_SECRET_ACCESS_KEY: 'x' } });
  expect(stranger).toMatchObject({ code: 3, stderr: expect.stringMatching(/^AWS does not take the credentials/) });

  await operated.endpoint.close();
  expect(await operated.run('status')).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(/^the local endpoint is gone/),
  });
});

test('on a terminal a change on AWS is asked about: where, and as whom; no means no', async () => {
  operated = await Operated.open(place);
  const no = await place.onTerminal(['start', '--aws'], 'n', { env: operated.asAws });
  expect(no.stdout).toMatch(
    /start visits-development\r?\n\(account 111122223333, eu-west-1, as assumed-role\/slipway-operator\/slipway\)\? \[y\/N\] /,
  );
  expect(no.stdout).toContain('nothing was changed');
  expect(no.code).toBe(130);
  expect(operated.host().executions()).toEqual([]);
  const yes = await place.onTerminal(['start', '--aws'], 'y', { env: operated.asAws });
  expect(yes.code).toBe(0);
  expect(
    operated
      .host()
      .executions()
      .map(({ execution }) => yes.stdout.includes(execution)),
  ).toEqual([true]);
});

test('status --watch on a terminal: redrawn, until Ctrl-C', async () => {
  operated = await Operated.open(place);
  await operated.waiting();
  const { code, stdout } = await place.onTerminal(['status', '--watch'], '\u0003', {
    env: {},
    after: 'waits for approval',
  });
  expect(code).toBe(130);
  expect(stdout).toMatch(/\u001b\[H\u001b\[2J/);
  expect(stdout).not.toContain('stopping');
});

const build = (letter: string): string => `visits-development-build:${letter.repeat(8)}-1111-4111-8111-111111111111`;
