import type { Buildspec, PhaseName } from '../../../lib/local/codebuild/buildspec';
import { commandTitle, runPhases } from '../../../lib/local/codebuild/phases';
import type { ProcessEnd } from '../../../lib/local/codebuild/process';
import { plain, testHost } from './host';

const host = testHost();

/** Runs phases whose commands are their own results: `ok`, `fail`, or `fail 2` (the first two times). */
async function walk(phases: Buildspec['phases'], abortAt?: string) {
  const trace: string[] = [];
  const left = new Map<string, number>();
  const abort = new AbortController();
  const end = await runPhases(
    phases,
    async (command): Promise<ProcessEnd> => {
      trace.push(command);
      if (command === abortAt) abort.abort();
      const [, word, times] = /(ok|fail) ?(\d*)/.exec(command) ?? [];
      const remaining = left.get(command) ?? (times ? Number(times) : Number.POSITIVE_INFINITY);
      left.set(command, remaining - 1);
      return { kind: 'exit', code: word === 'fail' && remaining > 0 ? 1 : 0 };
    },
    {
      started: (phase) => trace.push(`<${phase}>`),
      ended: (phase, failure) => trace.push(`</${phase}${failure ? ' FAILED' : ''}>`),
      succeeding: (value) => trace.push(value ? 'SUCCEEDING=1' : 'SUCCEEDING=0'),
      notice: () => {},
    },
    abort.signal,
  );
  return { ...end, trace: trace.join(' ') };
}

const phase = (commands: string[], rest: Partial<NonNullable<Buildspec['phases']['build']>> = {}) => ({
  commands,
  finally: [],
  ...rest,
});
const all = (override: Partial<Record<PhaseName, ReturnType<typeof phase>>>) => ({
  install: phase(['i-ok']),
  pre_build: phase(['p-ok']),
  build: phase(['b-ok']),
  post_build: phase(['t-ok']),
  ...override,
});

test('phases run in CodeBuild’s order, whatever the order in the file', async () => {
  const { post_build, build, install, pre_build } = all({});
  expect(await walk({ post_build, build, install, pre_build })).toEqual({
    upload: true,
    trace:
      '<INSTALL> i-ok </INSTALL> <PRE_BUILD> p-ok </PRE_BUILD> <BUILD> b-ok </BUILD> <POST_BUILD> t-ok </POST_BUILD>',
  });
});

test('a failed INSTALL goes straight to FINALIZING', async () => {
  const result = await walk(all({ install: phase(['i-fail', 'i-ok']) }));
  expect(result).toMatchObject({ upload: false, trace: '<INSTALL> i-fail SUCCEEDING=0 </INSTALL FAILED>' });
  expect(result.failure).toBe('INSTALL: Error while executing command: i-fail. Reason: exit status 1');
});

test('a failed PRE_BUILD goes straight to FINALIZING', async () => {
  const result = await walk(all({ pre_build: phase(['p-fail']) }));
  expect(result).toMatchObject({
    upload: false,
    trace: expect.stringMatching(/p-fail SUCCEEDING=0 <\/PRE_BUILD FAILED>$/),
  });
});

test('after a failed BUILD, POST_BUILD and the upload still come, and the build fails', async () => {
  const result = await walk(all({ build: phase(['b-fail', 'b-ok']) }));
  expect(result).toMatchObject({ upload: true, failure: expect.stringMatching(/^BUILD: /) });
  expect(result.trace).toMatch(/b-fail SUCCEEDING=0 <\/BUILD FAILED> <POST_BUILD> t-ok <\/POST_BUILD>$/);
});

test('a failed POST_BUILD fails the build; the first failure is the one that is told', async () => {
  expect(await walk(all({ post_build: phase(['t-fail']) }))).toMatchObject({
    upload: true,
    failure: expect.stringMatching(/^POST_BUILD: /),
  });
  expect((await walk(all({ build: phase(['b-fail']), post_build: phase(['t-fail']) }))).failure).toMatch(/^BUILD: /);
});

test('finally runs after success and after failure; its own failure fails the phase', async () => {
  expect((await walk({ build: phase(['ok'], { finally: ['f-ok'] }) })).trace).toBe('<BUILD> ok f-ok </BUILD>');
  expect((await walk({ build: phase(['fail'], { finally: ['f-ok'] }) })).trace).toBe(
    '<BUILD> fail SUCCEEDING=0 f-ok </BUILD FAILED>',
  );
  expect((await walk({ build: phase(['ok'], { finally: ['f-fail', 'f-ok'] }) })).failure).toMatch(/f-fail/);
});

test('when a command and finally fail, the command is the reason', async () => {
  expect((await walk({ build: phase(['c-fail'], { finally: ['f-fail'] }) })).failure).toMatch(/c-fail/);
});

test('on-failure ABORT: nothing comes after a failed BUILD', async () => {
  const result = await walk(all({ build: phase(['b-fail'], { onFailure: { kind: 'abort' } }) }));
  expect(result).toMatchObject({ upload: false, trace: expect.stringMatching(/<\/BUILD FAILED>$/) });
});

test('on-failure CONTINUE: the next phase runs after a failed PRE_BUILD, and the build still fails', async () => {
  const result = await walk(all({ pre_build: phase(['p-fail'], { onFailure: { kind: 'continue' } }) }));
  expect(result).toMatchObject({ upload: true, failure: expect.stringMatching(/^PRE_BUILD: /) });
  expect(result.trace).toMatch(/<BUILD> b-ok/);
});

test('on-failure RETRY repeats the whole phase until it succeeds', async () => {
  const result = await walk({ build: phase(['ok', 'fail 2'], { onFailure: { kind: 'retry', times: 3 } }) });
  expect(result.failure).toBeUndefined();
  expect(result.trace).toBe(
    '<BUILD> ok fail 2 SUCCEEDING=0 SUCCEEDING=1 ok fail 2 SUCCEEDING=0 SUCCEEDING=1 ok fail 2 </BUILD>',
  );
});

test('on-failure RETRY ends after its number of retries, and at once when the pattern does not match', async () => {
  const times = async (onFailure: NonNullable<Buildspec['phases']['build']>['onFailure']) =>
    (await walk({ build: phase(['fail'], { onFailure }) })).trace.split(' fail').length - 1;
  expect(await times({ kind: 'retry', times: 2 })).toBe(3);
  expect(await times({ kind: 'retry', times: 2, pattern: /exit status 1/ })).toBe(3);
  expect(await times({ kind: 'retry', times: 2, pattern: /timeout/ })).toBe(1);
  expect(await times({ kind: 'retry', times: 0 })).toBe(1);
});

test('after an abort nothing more runs, not even finally', async () => {
  const result = await walk(all({ build: phase(['b-fail', 'b-ok'], { finally: ['f-ok'] }) }), 'b-fail');
  expect(result.trace).toMatch(/b-fail SUCCEEDING=0 <\/BUILD FAILED>$/);
  expect(result.upload).toBe(false);
});

test.each([
  ['make all', 'make all'],
  ['set -eu\n# Puts the tag\naws ecr', 'Puts the tag … (3 lines)'],
  ['\nset -euo pipefail\n\nfor x in a; do\n:\ndone\n', 'for x in a; do … (5 lines)'],
  ['x'.repeat(200), `${'x'.repeat(119)}…`],
])('a command has a title: %j', (command, title) => {
  expect(commandTitle(command)).toBe(title);
});

test('CODEBUILD_BUILD_SUCCEEDING is 1 until a command fails, 0 from finally on, and 1 again after a retry that mended it', async () => {
  const { lines } = await host.run({
    environment: plain({ LABEL: 'x' }),
    buildspec: `
version: 0.2
phases:
  pre_build:
    on-failure: RETRY-1
    commands: [mkdir once]
    finally: ['echo "f $CODEBUILD_BUILD_SUCCEEDING"; test -e again || { touch again; rmdir once; false; }']
  build:
    commands: ['echo "b $CODEBUILD_BUILD_SUCCEEDING"; false']
    finally: ['echo "bf $CODEBUILD_BUILD_SUCCEEDING"']
  post_build:
    commands: ['echo "p $CODEBUILD_BUILD_SUCCEEDING"']
`,
  });
  expect(lines).toEqual(['f 1', 'f 1', 'b 1', 'bf 0', 'p 0']);
});

test('a call that the role may not make is told in the log, and beside the command that failed for it', async () => {
  let deny = (_: string): void => {};
  const { outcome, log } = await host.run({
    buildspec: 'version: 0.2\nphases: {build: {commands: ["false"]}}',
    onCredentials: (onDenied) => {
      deny = onDenied;
    },
    onEvent: (event) => {
      if (event.kind === 'phase-started' && event.phase === 'BUILD') deny('IAM: the role visits-build may not …');
    },
  });
  expect(log).toContain('[slipway] IAM: the role visits-build may not …');
  expect(outcome).toMatchObject({
    status: 'Failed',
    reason: expect.stringMatching(/false[\s\S]*\nIAM: the role visits-build/),
  });
});
