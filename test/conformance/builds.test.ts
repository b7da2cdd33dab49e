import { describe, expect, test } from '@jest/globals';
import { parseBuildspec } from '../../lib/local/codebuild/buildspec';
import { ok } from '../../lib/result';
import { plain, testHost } from '../local/codebuild/host';

const host = testHost();

const spec = (...lines: string[]): string => ['version: 0.2', ...lines, ''].join('\n');
const phase = (name: string, ...commands: string[]): string[] => [
  `  ${name}:`,
  '    commands:',
  ...commands.map((command) => `      - ${JSON.stringify(command)}`),
];
const build = (...commands: string[]): string => spec('phases:', ...phase('build', ...commands));
const run = (buildspec: string, more: Partial<Parameters<typeof host.run>[0]> = {}) => host.run({ buildspec, ...more });

const variablesOf = (outcome: Awaited<ReturnType<typeof run>>['outcome']) =>
  outcome.status === 'Succeeded' ? outcome.variables : undefined;

/** Every fault of a buildspec in one text. */
const faults = (...lines: string[]): string => {
  const parsed = parseBuildspec(spec(...lines));
  return parsed.ok ? '' : parsed.errors.map(({ message }) => message).join('\n');
};
const BUILD = 'phases: {build: {commands: [x]}}';

describe('exported variables', () => {
  test('have the values that they have at the end of POST_BUILD', async () => {
    const exported = spec(
      'env: {exported-variables: [V]}',
      'phases:',
      ...phase('build', 'V=build'),
      ...phase('post_build', 'V=post_build'),
    );
    expect(variablesOf((await run(exported)).outcome)).toEqual({ V: 'post_build' });
  });

  test('are none that begin with AWS_', () => {
    expect(faults('env: {exported-variables: [AWS_KEY]}', BUILD)).toMatch(/AWS_KEY cannot be exported/);
  });

  test('are none of the project’s secrets', async () => {
    const exported = spec('env: {exported-variables: [S, V]}', 'phases:', ...phase('build', 'V=1'));
    const found = ok('hunter2-and-more');
    const secrets = { parameter: () => found, secret: () => found };
    const project = [{ name: 'S', value: '/db/password', type: 'PARAMETER_STORE' as const }];
    expect(variablesOf((await run(exported, { project, secrets })).outcome)).toEqual({ V: '1' });
  });
});

describe('a shell', () => {
  test('may be bash', async () => {
    const { lines } = await run(spec('env: {shell: bash}', 'phases:', ...phase('build', '[[ a == a ]] && echo bash')));
    expect(lines).toEqual(['bash']);
  });

  test.each(['powershell.exe', 'cmd.exe'])('is none of Windows: %s', (shell) => {
    expect(faults(`env: {shell: ${shell}}`, BUILD)).toMatch(/a shell of Windows, which does not run here/);
  });

  test('carries folder and variables from one phase to the next', async () => {
    const two = spec(
      'phases:',
      ...phase('install', 'mkdir -p a && cd a', 'V=1'),
      ...phase('build', 'echo "$V ${PWD##*/}"'),
    );
    expect((await run(two)).lines).toEqual(['1 a']);
  });

  test('of version 0.1 begins anew with each command', async () => {
    const old = build('V=1; mkdir a; cd a', 'echo "v=$V ${PWD##*/}"').replace('0.2', '0.1');
    expect((await run(old)).lines).toEqual(['v= src']);
  });
});

describe('runtime-versions', () => {
  test('are told as they are found, since nothing is installed', async () => {
    const { log } = await run(
      spec('phases:', '  install: {runtime-versions: {nodejs: 99}}', ...phase('build', 'true')),
    );
    expect(log).toMatch(/runtime-versions: nodejs is [\d.]+ \(99 was asked for, and nothing is installed here\)/);
  });

  test('stand in install only', () => {
    expect(faults('phases: {build: {commands: [x], runtime-versions: {nodejs: 22}}}')).toMatch(
      /unknown key "runtime-versions"/,
    );
  });
});

test('the helper for git and the proxy have no effect, and that is said', async () => {
  const { log } = await run(
    spec('env: {git-credential-helper: yes}', 'proxy: {logs: yes}', 'phases:', ...phase('build', 'true')),
  );
  expect(log).toContain('git-credential-helper: yes has no effect');
  expect(log).toContain('proxy has no effect');
});

test('a build has the phases DOWNLOAD_SOURCE, INSTALL, PRE_BUILD, BUILD, POST_BUILD and UPLOAD_ARTIFACTS', async () => {
  const all = spec(
    'phases:',
    ...['install', 'pre_build', 'build', 'post_build'].flatMap((name) => phase(name, 'echo x > a.txt')),
    'artifacts: {files: [a.txt]}',
  );
  const { events } = await run(all, { outputs: ['Out'] });
  expect(events.flatMap((event) => (event.kind === 'phase-ended' ? [event.phase] : []))).toEqual([
    'DOWNLOAD_SOURCE',
    'INSTALL',
    'PRE_BUILD',
    'BUILD',
    'POST_BUILD',
    'UPLOAD_ARTIFACTS',
  ]);
});

describe('artifacts', () => {
  test('need files', () => {
    expect(faults(BUILD, 'artifacts: {base-directory: dist}')).toMatch(
      /files is missing; expected a list of file patterns/,
    );
  });

  test('of a build in a pipeline ignore their name', async () => {
    const named = spec('phases:', ...phase('build', 'echo x > a.txt'), 'artifacts: {name: other, files: [a.txt]}');
    const { outcome } = await run(named, { outputs: ['Out'] });
    expect(outcome.status === 'Succeeded' && Object.keys(outcome.artifacts)).toEqual(['Out']);
  });

  test('of several inputs are in CODEBUILD_SRC_DIR_<artifact>', async () => {
    const { lines } = await run(build('cat "$CODEBUILD_SRC_DIR_Extra/b.txt"', 'ls'), {
      files: { 'a.txt': 'a' },
      secondary: { Extra: { 'b.txt': 'second' } },
    });
    expect(lines).toEqual(['second', 'a.txt']);
  });
});

test('a cache comes over the source', async () => {
  const cached = spec(
    'phases:',
    ...phase('build', 'cat kept/file', 'echo cached > kept/file'),
    "cache: {paths: ['kept/**/*']}",
  );
  const more = { cacheNamespace: 'conformance', files: { 'kept/file': 'source' } };
  expect((await run(cached, more)).lines).toEqual(['source']);
  expect((await run(cached, more)).lines).toEqual(['cached']);
});

describe('reports', () => {
  test('are of a format that CodeBuild has', () => {
    const report = (format: string) => `reports: {unit: {files: ['*.xml'], file-format: ${format}}}`;
    expect(faults(BUILD, report('TAP'))).toMatch(/TAP is not a report format of CodeBuild; expected/);
    const formats =
      'JUNITXML CUCUMBERJSON NUNITXML NUNIT3XML TESTNGXML VISUALSTUDIOTRX CLOVERXML COBERTURAXML JACOCOXML SIMPLECOV';
    expect(formats.split(' ').filter((format) => faults(BUILD, report(format)) !== '')).toEqual([]);
  });

  test('are of at most five groups', () => {
    const groups = ['a1', 'b1', 'c1', 'd1', 'e1', 'f1'].map((name) => `  ${name}: {files: ['*.xml']}`);
    expect(faults(BUILD, 'reports:', ...groups)).toMatch(/at most 5 report groups, found 6/);
  });
});

describe('what a buildspec of another machine asks for', () => {
  test('a batch that fans out tests is refused', () => {
    expect(faults(BUILD, 'batch: {build-fanout: {parallelism: 2}}')).toMatch(
      /build-fanout is not supported on this machine/,
    );
  });

  test('a phase that fails in a way that is not known is refused', () => {
    expect(faults('phases: {build: {commands: [x], on-failure: IGNORE}}')).toMatch(/IGNORE/);
  });

  test('more than 100 retries are refused', () => {
    expect(faults('phases: {build: {commands: [x], on-failure: RETRY-101}}')).toMatch(/at most 100 retries/);
  });

  test('a cache with more than five fallback keys is refused', () => {
    const keys = '[a, b, c, d, e, f]';
    expect(faults(BUILD, `cache: {paths: [x], key: k, fallback-keys: ${keys}}`)).toMatch(/at most 5 keys, found 6/);
  });

  test('a version that there is not is refused', () => {
    expect(parseBuildspec('version: 0.3\nphases: {build: {commands: [x]}}')).toMatchObject({
      errors: [{ message: expect.stringContaining('expected version 0.2 or 0.1, found 0.3') }],
    });
  });

  test('a name of CodeBuild’s own is refused', () => {
    expect(faults('env: {variables: {CODEBUILD_X: "1"}}', BUILD)).toMatch(
      /names that start with CODEBUILD_ are CodeBuild's own/,
    );
  });
});

test('variables of the action have values of their own, and are not expanded', async () => {
  const { lines } = await run(build('echo "$V"'), { environment: plain({ V: '$HOME/x' }) });
  expect(lines).toEqual(['$HOME/x']);
});
