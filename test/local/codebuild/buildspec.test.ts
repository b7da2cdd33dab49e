import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { renderBuildspec } from '../../../lib/cloud/buildspec';
import { parseBuildspec } from '../../../lib/local/codebuild/buildspec';
import type { Job } from '../../../lib/model/pipeline';

const ROOT = join(__dirname, '..', '..', '..');

const minimal = 'version: 0.2\nphases:\n  build:\n    commands: [make]\n';

const errors = (text: string): string[] => {
  const result = parseBuildspec(text);
  return result.ok
    ? []
    : result.errors.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
};

const value = (text: string) => {
  const result = parseBuildspec(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value;
};

test('the smallest buildspec has the defaults of CodeBuild', () => {
  expect(value(minimal)).toEqual({
    version: '0.2',
    notices: [],
    shell: '/bin/sh',
    variables: {},
    parameterStore: {},
    secretsManager: {},
    exportedVariables: [],
    runtimeVersions: {},
    phases: { build: { commands: ['make'], finally: [] } },
    reports: [],
    secondaryArtifacts: {},
  });
});

test.each(readdirSync(join(__dirname, '../../../buildspecs')).filter((name) => name.endsWith('.yml')))(
  'the buildspec %s is valid as it stands in the template',
  (name) => {
    expect(errors(renderBuildspec(name.replace('.yml', '') as Job, ROOT))).toEqual([]);
  },
);

test('values stay as they are written', () => {
  const { variables } = value(`${minimal}env:\n  variables: {A: 1.10, B: yes, C: '$HOME', D: 0x1f, E: ''}\n`);
  expect(variables).toEqual({ A: '1.10', B: 'yes', C: '$HOME', D: '0x1f', E: '' });
});

test('what real buildspecs have and CodeBuild takes no notice of is said', () => {
  const text = `${minimal}env: {compute-type: BUILD_GENERAL1_LARGE, variables: {a-b: x}}\nartifacts: {type: zip, files: a}\n`;
  const { notices, variables } = value(text);
  expect(variables).toEqual({});
  expect(notices).toEqual([
    'env.compute-type has no effect: CodeBuild takes it from the project',
    'variable a-b has no effect: no shell can read a name like that',
    'artifacts.type has no effect: CodeBuild takes no notice of it',
  ]);
});

test('a block scalar is one command', () => {
  const text = 'version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        one\n        two\n      - three\n';
  expect(value(text).phases.build?.commands).toEqual(['one\ntwo\n', 'three']);
});

test('anchors are followed', () => {
  const text = 'version: 0.2\nphases:\n  pre_build:\n    commands: &c [one]\n  build:\n    commands: *c\n';
  expect(value(text).phases.build?.commands).toEqual(['one']);
});

test('every error is told at once, in the order of the lines', () => {
  const text = `version: 0.3
env:
  shell: powershell.exe
  variables:
    CODEBUILD_X: 1
phases:
  biuld:
    commands: [make]
  build:
    commands:
      - echo key: value
`;
  expect(errors(text)).toEqual([
    '1:10 version: expected version 0.2 or 0.1, found 0.3',
    '3:10 env.shell: shell powershell.exe is a shell of Windows, which does not run here; expected bash or /bin/sh',
    "5:18 env.variables.CODEBUILD_X: CODEBUILD_X: names that start with CODEBUILD_ are CodeBuild's own",
    '7:3 phases.biuld: unknown key "biuld"; known here: install, pre_build, build, post_build',
    '11:9 phases.build.commands[0]: expected a command, found a mapping (quote a text that holds ": ")',
  ]);
});

test.each([
  ['', 'version is missing'],
  ['version: 0.2', 'phases is missing'],
  [`${minimal}colour: red`, 'unknown key "colour"'],
  ['version: 0.2\nphases:\n  build:\n    finally: [x]', 'build has no commands'],
  ['version: 0.2\nphases:\n  build:\n    commands: make', 'expected a list of commands, found "make"'],
  [
    'version: 0.2\nphases:\n  build:\n    commands: [x]\n    runtime-versions: {python: 3}',
    'unknown key "runtime-versions"',
  ],
  ['version: 0.2\nphases:\n  build:\n    commands: [x]\n    on-failure: IGNORE', 'expected ABORT, CONTINUE, RETRY'],
  ['version: 0.2\nphases:\n  build:\n    commands: [x]\n    on-failure: RETRY-101', 'expected at most 100 retries'],
  ['version: 0.2\nphases:\n  build:\n    commands: [x]\n    on-failure: RETRY-(', 'is not a regular expression'],
  [`${minimal}env: {exported-variables: [AWS_X]}`, 'AWS_X cannot be exported'],
  [`${minimal}env: {exported-variables: [A-B]}`, '"A-B" is not a name of an environment variable'],
  [`${minimal}artifacts: {}`, 'files is missing'],
  [`${minimal}artifacts: {files: []}`, 'expected at least one file pattern'],
  [`${minimal}artifacts: {files: [a], discard-paths: maybe}`, 'expected yes or no, found "maybe"'],
  [`${minimal}reports: {unit: {files: [a], file-format: JUNIT}}`, 'JUNIT is not a report format of CodeBuild'],
  ['version: 0.2\nversion: 0.2\nphases: {build: {commands: [x]}}', 'Map keys must be unique'],
  ['version: [', 'Flow sequence'],
])('%j is refused: %s', (text, message) => {
  expect(errors(text).join('\n')).toContain(message);
});

test.each([
  ['RETRY', { kind: 'retry', times: 3 }],
  ['RETRY-5', { kind: 'retry', times: 5 }],
  ['RETRY-.*timeout.*', { kind: 'retry', times: 3, pattern: /.*timeout.*/ }],
  ['RETRY-2-exit status 7', { kind: 'retry', times: 2, pattern: /exit status 7/ }],
  ['ABORT', { kind: 'abort' }],
  ['CONTINUE', { kind: 'continue' }],
])('on-failure: %s', (text, expected) => {
  const result = value(`version: 0.2\nphases:\n  build:\n    on-failure: ${text}\n    commands: [x]\n`);
  expect(result.phases.build?.onFailure).toEqual(expected);
});
