import { parse } from 'yaml';
import { parseBuildspec } from '../../../lib/local/codebuild/buildspec';
import { selectFiles } from '../../../lib/local/codebuild/files';
import { random } from '../../config/random';
import { asYaml, hasTwins, type StructuralMutant, structuralMutants, written } from '../../structural-mutants';
import { temporaryFolder } from './host';

/** Small, so that 10,000 mutants take seconds; together they have every key. */
const BASES = [
  `version: 0.2
run-as: one
env:
  shell: bash
  variables: {A: 1, B: two}
  parameter-store: {P: /a/b}
  secrets-manager: {S: "id:key:stage", T: "id:key::version"}
  exported-variables: [V, W]
  git-credential-helper: yes
proxy: {upload-artifacts: yes, logs: yes}
phases:
  install: {runtime-versions: {python: 3.12, nodejs: latest}}
`,
  `version: 0.1
phases:
  install: {commands: [i], finally: [j], on-failure: ABORT}
  pre_build: {commands: [p, q], on-failure: RETRY-5-exit, run-as: two}
  build: {commands: ["echo a"], finally: [f, g], on-failure: CONTINUE}
  post_build: {commands: [t], on-failure: RETRY}
`,
  `version: 0.2
phases: {build: {commands: [x]}}
artifacts:
  files: ['**/*', a]
  base-directory: dist
  discard-paths: yes
  exclude-paths: ['*.log']
  enable-symlinks: yes
  name: n
  s3-prefix: p
  secondary-artifacts: {docs: {files: [d], base-directory: e*}, more: {files: [m]}}
reports:
  unit: {files: [u.xml], file-format: CLOVERXML, base-directory: r, discard-paths: yes}
  "arn:aws:codebuild:r:1:report-group/g": {files: ['*.trx'], file-format: VisualStudioTrx}
cache: {key: k-$A, fallback-keys: [k-, j], action: save, paths: ['a/**/*', /root/.m2]}
`,
  `version: 0.2
batch:
  fast-fail: yes
  build-graph:
    - {identifier: a, buildspec: b.yml, ignore-failure: yes, debug-session: yes}
    - identifier: b
      depend-on: [a]
      env: {compute-type: C, image: i, type: ARM_CONTAINER, privileged-mode: yes, variables: {V: v}}
    - {identifier: c, env: {fleet: f}}
phases: {build: {commands: [x]}}
`,
  `version: 0.2
batch:
  build-matrix:
    static: {ignore-failure: yes, debug-session: yes, env: {type: ARM_CONTAINER, privileged-mode: yes, image: s}}
    dynamic: {buildspec: [a, b], env: {compute-type: [c], image: [i, j], variables: {V: [1, 2]}}}
phases: {build: {commands: [x]}}
`,
].map((text) => ({ text, tree: parse(text, { schema: 'failsafe' }) }));

const MUTANTS = 10_000;
const empty = temporaryFolder();

const shown = (text: string): string | undefined => {
  const result = parseBuildspec(text);
  return result.ok
    ? JSON.stringify(result.value, (_, value) => (value instanceof RegExp ? String(value) : value))
    : undefined;
};

/**
 * What may change without a trace: names that CodePipeline ignores, versions of an unwritten file, and what is missing where its
 * default was written. A static image gives way to the dynamic ones.
 */
const SILENT = [/\.name$/, /\.s3-prefix$/, /^proxy(\.|$)/, /static\.env\.image$/];
/** `yes` in other words. */
const FLAGS =
  /(discard-paths|enable-symlinks|fast-fail|ignore-failure|debug-session|privileged-mode|git-credential-helper)$/;

describe(`${MUTANTS} mutants of buildspecs`, () => {
  const accepted: number[] = [];

  test.each(BASES.map((base, index) => [index, base] as const))(
    'are read or refused with line, key and reason (base %i)',
    (index, base) => {
      const before = shown(asYaml(base.tree));
      expect(before).toBeDefined();
      const lost: string[] = [];
      let count = 0;
      for (const { tree, changes } of structuralMutants(base.tree, index, MUTANTS / BASES.length)) {
        const text = asYaml(tree);
        const result = parseBuildspec(text);
        if (!result.ok) {
          checkErrors(text, result.errors);
          continue;
        }
        count++;
        if (hasTwins(tree)) lost.push(`a key twice: ${describeChanges(changes)}`);
        if (shown(text) === before && !isHarmless({ tree, changes })) lost.push(describeChanges(changes));
        const { artifacts, secondaryArtifacts, reports } = result.value;
        for (const selection of [...(artifacts ? [artifacts] : []), ...Object.values(secondaryArtifacts), ...reports])
          selectFiles({ source: empty, home: empty }, selection);
      }
      accepted.push(count);
      expect([...new Set(lost)]).toEqual([]);
    },
  );

  test('are of both kinds, so that the test means something', () => {
    const all = accepted.reduce((sum, count) => sum + count, 0);
    expect(accepted).toHaveLength(BASES.length);
    expect(all).toBeGreaterThan(MUTANTS / 20);
    expect(all).toBeLessThan(MUTANTS / 2);
  });
});

function checkErrors(text: string, errors: readonly { line: number; column: number; path: string; message: string }[]) {
  const lines = text.split('\n').length;
  const wrong = errors.filter(
    ({ line, column, message }) =>
      line < 1 || line > lines || column < 1 || message.length < 8 || /undefined|\[object|NaN/.test(message),
  );
  // A syntax error has no key; every other one names it, or the document as a whole.
  if (errors.length === 0 || wrong.length > 0) expect({ text, errors }).toBe('errors with their places');
}

const isHarmless = ({ changes }: StructuralMutant): boolean =>
  changes.every(
    ({ path, to }) =>
      SILENT.some((pattern) => pattern.test(written(path))) || (to === true && FLAGS.test(written(path))),
  );

const describeChanges = (changes: StructuralMutant['changes']): string =>
  changes.map(({ kind, path }) => `${kind} ${written(path)}`).join(' and ');

const FRAGMENTS = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '#',
  '&a ',
  '*a',
  '<<: ',
  '\t',
  '\n',
  '!x ',
  '---\n',
  '|\n',
  '\u0000',
  '%',
];

test('1,000 mutants of their characters are read or refused with a place', () => {
  const rest = random(99);
  const next = (below: number): number => Math.floor(rest() * below);
  for (let count = 0; count < 1_000; count++) {
    let text = BASES[next(BASES.length)]?.text ?? '';
    for (let times = 1 + next(3); times > 0; times--) {
      const at = next(text.length);
      const fragment = FRAGMENTS[next(FRAGMENTS.length)] ?? '';
      if (next(2) === 0) text = text.slice(0, at) + fragment + text.slice(at);
      else text = text.slice(0, at) + text.slice(at + 1 + next(6));
    }
    const result = parseBuildspec(text);
    if (!result.ok) checkErrors(text, result.errors);
  }
});

describe('hostile texts', () => {
  test('aliases that multiply are read in their own size', () => {
    const bomb = Array.from(
      { length: 20 },
      (_, level) => `  v${level}: &v${level} [${level === 0 ? 'x' : `*v${level - 1}, *v${level - 1}`}]`,
    );
    const text = `version: 0.2\nenv:\n variables:\n${bomb.join('\n')}\nphases: {build: {commands: *v19}}`;
    const result = parseBuildspec(text);
    expect(result.ok ? 0 : result.errors.length).toBeLessThan(30);
  });

  test('an alias of itself, a document in a document, tags and merge keys are refused or read', () => {
    for (const text of [
      'version: 0.2\nphases: &p {build: {commands: *p}}',
      'version: 0.2\nphases: {build: {commands: [x]}}\n---\nversion: 0.2',
      'version: !!js/function "x"\nphases: {build: {commands: [!!binary aGk=]}}',
      'version: 0.2\nx: &x {commands: [y]}\nphases: {build: {<<: *x}}',
      '\ufeffversion: 0.2\nphases: {build: {commands: [x]}}',
      `version: 0.2\nphases: ${'['.repeat(2_000)}${']'.repeat(2_000)}`,
      `version: 0.2\nphases: ${'{a: '.repeat(500)}x${'}'.repeat(500)}`,
      '\u0000',
      '"',
      '- a',
      '3',
      '? [a]\n: b',
    ]) {
      // biome-ignore format: a text a line
      const result = parseBuildspec(text);
      if (!result.ok) checkErrors(text, result.errors);
    }
  });

  test('a pattern that is too long to be matched is refused with its place', () => {
    const result = parseBuildspec(
      `version: 0.2\nphases: {build: {commands: [x]}}\nartifacts:\n  files: [${'*'.repeat(70_000)}]`,
    );
    expect(result).toMatchObject({ ok: false, errors: [{ line: 4, path: 'artifacts.files[0]' }] });
  });
});
