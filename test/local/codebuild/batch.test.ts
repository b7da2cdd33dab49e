import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchProblem } from '../../../lib/local/codebuild/batch-rules';
import { parseBuildspec } from '../../../lib/local/codebuild/buildspec';
import { extractZip } from '../../../lib/local/codebuild/unzip';
import { linesOf } from '../../../lib/local/output-text';
import { plain, testHost } from './host';

const host = testHost();
const BATCH = { combineArtifacts: false, timeoutMinutes: 60 };

const spec = (batch: string, command: string, rest = '') =>
  `version: 0.2\nbatch:\n${batch}\nphases:\n  build:\n    commands:\n      - ${JSON.stringify(command)}\n${rest}`;

const tasksOf = (batch: string) => {
  const parsed = parseBuildspec(spec(batch, 'x'));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.value.batch?.tasks ?? [];
};

const errorsOf = (batch: string): string => {
  const parsed = parseBuildspec(spec(batch, 'x'));
  return parsed.ok ? '' : parsed.errors.map(({ line, path, message }) => `${line} ${path}: ${message}`).join('\n');
};

const trace = (events: Awaited<ReturnType<typeof host.run>>['events']) =>
  events.flatMap((event) => (event.kind === 'phase-started' ? [event.phase] : []));

describe('the batch section', () => {
  test('a build-list is a list of tasks with what they have in place of the project’s', () => {
    const list = `  fast-fail: true
  build-list:
    - identifier: small
      env: {compute-type: BUILD_GENERAL1_SMALL, image: i, type: ARM_CONTAINER, privileged-mode: true, variables: {A: 1.0}}
    - identifier: other
      buildspec: other.yml
      ignore-failure: true`;
    expect(tasksOf(list)).toEqual([
      {
        identifier: 'small',
        ignoreFailure: false,
        dependsOn: [],
        environment: {
          computeType: 'BUILD_GENERAL1_SMALL',
          image: 'i',
          type: 'ARM_CONTAINER',
          privileged: true,
          variables: { A: '1.0' },
        },
      },
      {
        identifier: 'other',
        buildspec: 'other.yml',
        ignoreFailure: true,
        dependsOn: [],
        environment: { variables: {} },
      },
    ]);
  });

  test('a build-matrix is every combination of its dynamic values, each with the static ones', () => {
    const matrix = `  build-matrix:
    static:
      ignore-failure: true
      env: {type: LINUX_CONTAINER, privileged-mode: true, variables: {S: s}}
    dynamic:
      buildspec: [a.yml, b.yml]
      env:
        image: [one, two]
        variables: {V: [1, 2], W: [x]}`;
    const tasks = tasksOf(matrix);
    expect(tasks.map(({ identifier }) => identifier)).toEqual(Array.from({ length: 8 }, (_, index) => `build${index}`));
    const shown = tasks.map(({ buildspec, environment }) =>
      [buildspec, environment.image, ...Object.values(environment.variables)].join(' '),
    );
    expect(shown).toEqual([
      'a.yml one s 1 x', 'a.yml one s 2 x', 'a.yml two s 1 x', 'a.yml two s 2 x',
      'b.yml one s 1 x', 'b.yml one s 2 x', 'b.yml two s 1 x', 'b.yml two s 2 x',
    ]); // biome-ignore format: a row a buildspec
    expect(tasks.every(({ ignoreFailure, environment }) => ignoreFailure && environment.privileged)).toBe(true);
  });

  test.each([
    ['  fast-fail: true', 'expected one of build-list, build-graph, build-matrix, build-fanout'],
    ['  build-fanout: {parallelism: 5}', 'build-fanout is not supported on this machine'],
    ['  build-list: []', 'expected at least one task'],
    ['  build-list: [{env: {}}]', 'identifier is missing'],
    ['  build-list: [{identifier: a b}]', 'expected an identifier of A-Z a-z 0-9 _ -'],
    ['  build-list: [{identifier: a}, {identifier: a}]', 'two tasks have the identifier a'],
    ['  build-list: [{identifier: a, depend-on: [b]}]', 'unknown key "depend-on"'],
    ['  build-graph: [{identifier: a, depend-on: [b]}]', 'a depends on b, which is no task; there: a'],
    [
      '  build-graph: [{identifier: a, depend-on: [b]}, {identifier: b, depend-on: [a]}]',
      'these tasks wait for each other: a, b',
    ],
    ['  build-list: [{identifier: a}]\n  build-graph: [{identifier: a}]', 'a batch is of one kind'],
    ['  build-list: [{identifier: a, env: {type: WINDOWS_CONTAINER}}]', 'WINDOWS_CONTAINER does not run here'],
    ['  build-list: [{identifier: a, env: {compute-type: BUILD_LAMBDA_1GB}}]', 'builds on Lambda compute'],
    ['  build-list: [{identifier: a, env: {compute-type: x, fleet: y}}]', 'a compute-type or a fleet, not both'],
    ['  build-list: [{identifier: a, env: {variables: {CODEBUILD_X: y}}}]', "are CodeBuild's own"],
    ['  build-matrix: {static: {}}', 'dynamic is missing'],
    ['  build-matrix: {dynamic: {env: {variables: {A: []}}}}', 'expected at least one value'],
    [
      `  build-matrix: {dynamic: {env: {variables: {A: [${Array(101).fill(1)}], B: [${Array(10).fill(1)}]}}}}`,
      'expected at most 1000 builds, found 1010 combinations',
    ],
  ])('%j is refused: %s', (batch, message) => {
    expect(errorsOf(batch)).toContain(message);
    expect(errorsOf(batch)).toMatch(/^\d+ batch/);
  });

  test('an artifact belongs to a build of the batch, or the batch is refused', () => {
    const tasks = tasksOf('  build-list: [{identifier: a}, {identifier: b}]');
    const project = { computeType: 'BUILD_GENERAL1_SMALL' } as Parameters<typeof batchProblem>[0]['project'];
    const problem = (...outputs: string[]) => batchProblem({ outputs, project }, BATCH, tasks);
    expect(problem('a', 'b_docs')).toBeUndefined();
    expect(problem('a', 'docs')).toMatch(/output docs is of no build: .* of the builds a, b/);
  });
});

describe('a batch', () => {
  test('goes through SUBMITTED, DOWNLOAD_BATCHSPEC and IN_PROGRESS, and every build has its own identifier, variables, log and source', async () => {
    const { outcome, events, lines, workspace } = await host.run({
      batch: BATCH,
      environment: plain({ A: 'action', B: 'action' }),
      buildspec: spec(
        '  build-list: [{identifier: one, env: {variables: {A: task}}}, {identifier: two}]',
        'echo "$CODEBUILD_BATCH_BUILD_IDENTIFIER $A $B"; test ! -e mark && touch mark',
      ),
    });
    expect(outcome).toMatchObject({
      status: 'Succeeded',
      variables: {},
      externalId: expect.stringMatching(/^visits-build:[0-9a-f-]{36}$/),
    });
    expect(events).toContainEqual({
      kind: 'fact',
      name: 'one buildId',
      value: expect.stringMatching(/^visits-build:/),
    });
    expect(lines.filter((line) => !line.includes('[slipway]')).sort()).toEqual([
      '[one] one task action',
      '[two] two action action',
    ]);
    expect(trace(events).filter((phase) => !phase.includes(' '))).toEqual([
      'SUBMITTED',
      'DOWNLOAD_BATCHSPEC',
      'IN_PROGRESS',
    ]);
    expect(trace(events)).toEqual(expect.arrayContaining(['one BUILD', 'two BUILD']));
    expect(readdirSync(join(workspace, 'builds')).sort()).toEqual(['one', 'two']);
    expect(readFileSync(join(workspace, 'builds/one/log.txt'), 'utf8')).toContain('one task action');
    expect(readFileSync(join(workspace, 'log.txt'), 'utf8')).toContain('[one] one task action');
  });

  test('of a graph starts a build when those before it have ended', async () => {
    const { lines } = await host.run({
      batch: BATCH,
      buildspec: spec(
        '  build-graph: [{identifier: last, depend-on: [first, middle]}, {identifier: middle, depend-on: [first]}, {identifier: first}]',
        'echo "$CODEBUILD_BATCH_BUILD_IDENTIFIER"',
      ),
    });
    expect(lines.filter((line) => !line.includes('[slipway]'))).toEqual([
      '[first] first',
      '[middle] middle',
      '[last] last',
    ]);
  });

  test('fails when a build fails; without fast-fail the others complete, and what depends on it is not started', async () => {
    const { outcome, lines } = await host.run({
      batch: BATCH,
      buildspec: spec(
        '  build-graph: [{identifier: bad}, {identifier: good}, {identifier: after, depend-on: [bad]}]',
        'test "$CODEBUILD_BATCH_BUILD_IDENTIFIER" != bad && echo ran',
      ),
    });
    expect(outcome).toMatchObject({
      status: 'Failed',
      reason: expect.stringMatching(/^bad: BUILD: .*; after was not started$/),
    });
    expect(lines).toContain('[good] ran');
    expect(lines).not.toContain('[after] ran');
  });

  test('with ignore-failure goes on past a build that fails, and succeeds', async () => {
    const { outcome, lines } = await host.run({
      batch: BATCH,
      buildspec: spec(
        '  build-graph: [{identifier: bad, ignore-failure: true}, {identifier: after, depend-on: [bad]}]',
        'test "$CODEBUILD_BATCH_BUILD_IDENTIFIER" != bad && echo ran',
      ),
    });
    expect(outcome.status).toBe('Succeeded');
    expect(lines).toContain('[after] ran');
  });

  test('with fast-fail ends the builds that run as soon as one has failed', async () => {
    const { outcome } = await host.run({
      batch: BATCH,
      grace: 200,
      // One fails when it sees that the other one runs.
      environment: plain({ RUNS: join(host.root, 'slow-runs') }),
      buildspec: spec(
        '  fast-fail: true\n  build-list: [{identifier: bad}, {identifier: slow}]',
        'if test "$CODEBUILD_BATCH_BUILD_IDENTIFIER" = slow; then touch "$RUNS"; sleep 600; fi; until test -e "$RUNS"; do sleep 0.02; done; false',
      ),
    });
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('slow: the build was stopped') });
  });

  test('hands over <build> and <build>_<artifact>', async () => {
    const { outcome } = await host.run({
      batch: BATCH,
      outputs: ['one', 'one_docs', 'two'],
      buildspec: spec(
        '  build-list: [{identifier: one}, {identifier: two}]',
        'echo "$CODEBUILD_BATCH_BUILD_IDENTIFIER" > out; echo docs > docs',
        'artifacts:\n  files: [out]\n  secondary-artifacts: {docs: {files: [docs]}}\n',
      ),
    });
    expect(outcome.status === 'Succeeded' && Object.keys(outcome.artifacts).sort()).toEqual(['one', 'one_docs', 'two']);
    const read = async (name: string, file: string) => {
      if (outcome.status !== 'Succeeded') return '';
      const folder = join(host.root, `out-${name}`);
      mkdirSync(folder);
      await extractZip(outcome.artifacts[name] ?? '', folder);
      return readFileSync(join(folder, file), 'utf8').trim();
    };
    expect(await read('two', 'out')).toBe('two');
    expect(await read('one_docs', 'docs')).toBe('docs');
  });

  test('with CombineArtifacts makes one zip of all primary artifacts in COMBINE_ARTIFACTS', async () => {
    const { outcome, events } = await host.run({
      batch: { ...BATCH, combineArtifacts: true },
      outputs: ['All'],
      buildspec: spec(
        '  build-list: [{identifier: one}, {identifier: two}]',
        'echo same > same; echo x > "$CODEBUILD_BATCH_BUILD_IDENTIFIER"',
        'artifacts: {files: [same, one*, two*], base-directory: "$CODEBUILD_SRC_DIR"}\n'.replace(
          'one*, two*',
          '"[ot]*"',
        ),
      ),
    });
    expect(trace(events).at(-1)).toBe('COMBINE_ARTIFACTS');
    if (outcome.status !== 'Succeeded') throw new Error(outcome.reason);
    const folder = join(host.root, 'combined');
    mkdirSync(folder);
    await extractZip(outcome.artifacts['All'] ?? '', folder);
    expect(readdirSync(folder).sort()).toEqual(['one', 'same', 'two']);
  });

  test('with CombineArtifacts fails where two builds give different files of one name', async () => {
    const { outcome } = await host.run({
      batch: { ...BATCH, combineArtifacts: true },
      outputs: ['All'],
      buildspec: spec(
        '  build-list: [{identifier: one}, {identifier: two}]',
        'echo "$CODEBUILD_BATCH_BUILD_IDENTIFIER" > out',
        'artifacts: {files: [out]}\n',
      ),
    });
    expect(outcome).toMatchObject({
      status: 'Failed',
      reason: 'COMBINE_ARTIFACTS: out differs between the builds one and two',
    });
  });

  test('a build may have a buildspec of the source in place of the batch’s', async () => {
    const { outcome, lines } = await host.run({
      batch: BATCH,
      files: { 'ci/other.yml': 'version: 0.2\nphases: {build: {commands: [echo other]}}' },
      buildspec: spec('  build-list: [{identifier: a, buildspec: ci/other.yml}, {identifier: b}]', 'echo own'),
    });
    expect(outcome.status).toBe('Succeeded');
    expect(lines).toEqual(expect.arrayContaining(['[a] other', '[b] own']));
  });

  test('whose buildspec has no batch section fails in DOWNLOAD_BATCHSPEC', async () => {
    const { outcome } = await host.run({ batch: BATCH, buildspec: 'version: 0.2\nphases: {build: {commands: [x]}}' });
    expect(outcome).toMatchObject({
      status: 'Failed',
      reason: expect.stringMatching(/^DOWNLOAD_BATCHSPEC: .*no batch/),
    });
  });

  test('that takes longer than its timeout ends its builds, and fails as TIMED_OUT', async () => {
    let over = (): void => {};
    const clock = {
      now: () => new Date(),
      // The batch's time is over when its build runs; the build's own never is.
      sleep: (milliseconds: number, signal: AbortSignal) =>
        new Promise<'elapsed' | 'aborted'>((resolve) => {
          if (milliseconds === 7 * 60_000) over = () => resolve('elapsed');
          signal.addEventListener('abort', () => resolve('aborted'));
        }),
    };
    const { outcome } = await host.run({
      batch: { ...BATCH, timeoutMinutes: 7 },
      grace: 200,
      clock,
      onEvent: (event) => event.kind === 'output' && linesOf(event.text).includes('[a] here') && over(),
      buildspec: spec('  build-list: [{identifier: a}]', 'echo here; sleep 600'),
    });
    expect(outcome).toMatchObject({
      status: 'Failed',
      reason: 'TIMED_OUT: the batch took longer than its 7 minutes',
    });
  });

  test('that is stopped ends its builds and says so', async () => {
    const stop = new AbortController();
    const { outcome } = await host.run({
      batch: BATCH,
      grace: 200,
      signal: stop.signal,
      onEvent: (event) => event.kind === 'output' && linesOf(event.text).includes('[a] here') && stop.abort(),
      buildspec: spec('  build-list: [{identifier: a}]', 'echo here; sleep 600'),
    });
    expect(outcome).toMatchObject({ status: 'Stopped' });
  });
});

test('a buildspec of a batch alone needs no phases where each of its builds has a buildspec', () => {
  const alone = (task: string) => parseBuildspec(`version: 0.2\nbatch: {build-list: [${task}]}\n`);
  expect(alone('{identifier: a, buildspec: a.yml}').ok).toBe(true);
  expect(alone('{identifier: a}')).toMatchObject({
    ok: false,
    errors: [{ line: 2, path: 'batch.build-list', message: 'build a names no buildspec, and this one has no phases' }],
  });
});

test('a build that is no batch takes no notice of the section', async () => {
  const { outcome, lines } = await host.run({ buildspec: spec('  build-list: [{identifier: a}]', 'echo once') });
  expect([outcome.status, lines]).toEqual(['Succeeded', ['once']]);
});
