import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseBuildspec } from '../../../lib/local/codebuild/buildspec';
import { runAsProblem, userOf } from '../../../lib/local/codebuild/run-as';
import { testHost } from './host';

const host = testHost();
const isRoot = process.getuid?.() === 0;

const parsed = (text: string) => {
  const result = parseBuildspec(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value;
};

const phases = (top: string, phase: string) =>
  `version: 0.2\n${top}phases:\n  build:\n${phase}    commands: [id -un]\n`;

test('run-as of a phase goes before that of the buildspec', () => {
  const { runAs, phases: read } = parsed(phases('run-as: one\n', '    run-as: two\n'));
  expect([runAs, read.build?.runAs]).toEqual(['one', 'two']);
});

test('who is not root cannot become another user, and is told before anything runs', () => {
  const spec = parsed(phases('', '    run-as: nobody\n'));
  expect(runAsProblem(spec, 'alice')).toMatch(/run-as: nobody is not possible: the build runs as alice/);
  expect(runAsProblem(spec, 'root')).toBeUndefined();
  expect(runAsProblem(spec, 'nobody')).toBeUndefined();
  expect(runAsProblem(parsed(phases('run-as: root\n', '')), 'alice')).toBeUndefined();
});

test('root is CodeBuild’s own default, for which the user stands who started Slipway', () => {
  expect([userOf('root', 'alice'), userOf('alice', 'alice'), userOf(undefined, 'root'), userOf('bob', 'root')]).toEqual(
    [undefined, undefined, undefined, 'bob'],
  );
});

test('run-as the own user is run as it is', async () => {
  const { lines } = await host.run({ buildspec: phases(`run-as: ${userInfo().username}\n`, '') });
  expect(lines).toEqual([userInfo().username]);
});

test.each(['a b', '$(id)', "x'y", ''])('%j is no name of a user', (name) => {
  const result = parseBuildspec(phases(`run-as: ${JSON.stringify(name)}\n`, ''));
  expect(result.ok).toBe(false);
});

(isRoot ? describe : describe.skip)('root (NOT RUN for other users)', () => {
  // The build's folder must be one that another user may enter.
  beforeAll(() => chmodSync(host.root, 0o755));

  test('becomes the user of run-as; directory and variables are carried on, and the next phase is root’s again', async () => {
    const { outcome, lines } = await host.run({
      buildspec: `version: 0.2
phases:
  pre_build:
    run-as: nobody
    commands:
      - |-
        id -un
        cd sub && A='two  words'
      - mktemp > /dev/null && test "$A" = 'two  words' && basename "$PWD" && cat file
  build:
    commands:
      - id -un; echo "$A $CODEBUILD_BUILD_SUCCEEDING"; case $TMPDIR in *.*) echo other ;; *) echo own ;; esac; basename "$PWD"; env | grep -c slipway_ || true
`,
      files: { 'sub/file': 'readable' },
    });
    expect(lines).toEqual(['nobody', 'sub', 'readable', 'root', 'two  words 1', 'own', 'sub', '0']);
    expect(outcome.status).toBe('Succeeded');
  });

  test('a command of another user that fails fails the phase with its status', async () => {
    const { outcome } = await host.run({
      buildspec: 'version: 0.2\nrun-as: nobody\nphases: {build: {commands: [exit 3]}}',
    });
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('exit status 3') });
  });

  test('what another user’s command had for its own goes with a build that is stopped', async () => {
    const before = readdirSync('/tmp').filter((name) => name.startsWith('slipway-'));
    const stop = new AbortController();
    let folder = '';
    const { outcome } = await host.run({
      grace: 200,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind !== 'output' || !event.text.startsWith('/tmp/')) return;
        folder = event.text;
        stop.abort();
      },
      buildspec: 'version: 0.2\nrun-as: nobody\nphases: {build: {commands: ["echo $TMPDIR; sleep 600"]}}',
    });
    expect([outcome.status, before.includes(folder.split('/')[2] ?? '')]).toEqual(['Stopped', false]);
    expect([folder !== '', existsSync(folder)]).toEqual([true, false]);
  });

  test('a user who is not there is told', async () => {
    const { outcome, lines } = await host.run({
      buildspec: 'version: 0.2\nrun-as: nosuchuser\nphases: {build: {commands: [id]}}',
    });
    expect([outcome.status, lines]).toEqual(['Failed', ['run-as: there is no user nosuchuser here']]);
  });
});
