import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expandIncludes, renderBuildspec } from '../../lib/cloud/buildspec';
import { loadConfig } from '../../lib/config/load';
import { PHASES, parseBuildspec } from '../../lib/local/codebuild/buildspec';
import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import type { BuildAction, Job } from '../../lib/model/pipeline';
import { preview } from '../../lib/model/preview';
import { FROM_TEMPLATE } from '../fixtures/from-template';
import { variablesRead } from './variables-read';
import { PROJECT, read } from './workshop';

const ROOT = join(__dirname, '..', '..');

const JOBS: readonly Job[] = [
  'build',
  'image',
  'unit',
  'integration',
  'quality',
  'security',
  'attest',
  'release',
  'deploy',
  'verify',
  'preview',
];

/**
 * What CodeBuild, the shell or whoever starts a run may set; none of it is needed (CHECKS: without it all checks are on; MANIFESTS:
 * without it no chart is rendered).
 */
const SURROUNDINGS = [
  'PATH',
  'PWD',
  'SECONDS',
  'EPOCHREALTIME',
  'PIPESTATUS',
  'UV_CACHE_DIR',
  'KUBECONFIG',
  'CHECKS',
  'MANIFESTS',
  'PIP_AUDIT_OUTAGE',
  'IMAGE_SBOM',
];

/** Tells a build which service it is for; not every job needs to know. */
const FOR_PEOPLE = ['SERVICE', 'ENVIRONMENT', 'REPOSITORY'];

/** What a deploy needs to verify what is attested of its image. */
const FOR_VERIFICATION = ['ATTESTATIONS', 'PROVENANCE_KEY', 'PROVENANCE_BUILDERS', 'PROVENANCE_SOURCE'];

const config = loadConfig(join(PROJECT, 'slipway.yaml'), {});
if (!config.ok) throw new Error('slipway.yaml of this repository is not valid');
const actions = deliveryPipelines(config.value)
  .flatMap((pipeline) => pipeline.stages.flatMap((stage) => stage.actions))
  .filter((action): action is BuildAction => action.kind === 'build');
const actionsOf = (job: Job): BuildAction[] => actions.filter((action) => action.job === job);
const given = (job: Job): string[] => [
  ...(job === 'preview' ? Object.keys(preview(config.value)?.build.environment ?? {}) : []),
  ...actionsOf(job).flatMap((action) => [...Object.keys(action.environment), ...Object.keys(action.variables)]),
  ...(FROM_TEMPLATE[job] ?? []),
];

const parsed = (job: Job) => {
  const result = parseBuildspec(renderBuildspec(job, ROOT));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value;
};
const commands = (job: Job): string[] =>
  PHASES.flatMap((phase) => [
    ...(parsed(job).phases[phase]?.commands ?? []),
    ...(parsed(job).phases[phase]?.finally ?? []),
  ]);

test('there is a buildspec for every job, and no other', () => {
  expect(
    readdirSync(join(PROJECT, 'buildspecs'))
      .filter((name) => name.endsWith('.yml'))
      .sort(),
  ).toEqual(JOBS.map((job) => `${job}.yml`).sort());
});

describe.each(JOBS)('%s', (job) => {
  test('is a valid buildspec for bash, with nothing left to include', () => {
    expect(parsed(job).shell).toBe('bash');
    expect(renderBuildspec(job, ROOT)).not.toContain('# include:');
  });

  test('reads no variable but what the model, the template, CodeBuild or itself set', () => {
    const known = [...given(job), ...Object.keys(parsed(job).variables), ...SURROUNDINGS];
    const unknown = variablesRead(commands(job)).filter(
      (name) => !known.includes(name) && !name.startsWith('CODEBUILD_'),
    );
    expect(unknown).toEqual([]);
  });

  test('uses every variable that it is given', () => {
    const used = variablesRead(commands(job), { own: true });
    expect(
      given(job).filter((name) => !used.includes(name) && ![...FOR_PEOPLE, ...FOR_VERIFICATION].includes(name)),
    ).toEqual([]);
  });

  test('exports what the model says, and has artifacts where the model has outputs', () => {
    for (const action of actionsOf(job)) {
      expect(parsed(job).exportedVariables).toEqual(action.exports);
      expect(parsed(job).artifacts !== undefined).toBe(action.outputs.length > 0);
    }
  });

  test('each command is correct bash, and one of several lines stops at its first failure', () => {
    for (const command of commands(job)) {
      expect(spawnSync('bash', ['-n', '-c', command], { encoding: 'utf8' }).stderr).toBe('');
    }
    const before = (['install', 'pre_build', 'build'] as const).flatMap(
      (phase) => parsed(job).phases[phase]?.commands ?? [],
    );
    for (const command of before.filter((command) => command.trim().includes('\n')))
      expect(command).toMatch(/^set -eu\b/m);
  });

  test('needs no root, no program that a bare laptop lacks, and never forgives a failure in passing', () => {
    const text = commands(job)
      .join('\n')
      // A program in Python calls none of them; it may speak of them.
      .replace(/<<'PYTHON'\n[\s\S]*?^\s*PYTHON$/gm, '')
      .replace(/^\s*#.*$/gm, '');
    expect(text).not.toMatch(/\b(sudo|curl|wget|jq|unzip|yum|apt-get|apk)\b|\/root\b|\/codebuild\b/);
    expect(text).not.toMatch(/\|\| *(true|:)|--exit-zero|--soft-fail|:latest\b/);
  });

  test('stays small: a template may have 1 MB for some twenty of them', () => {
    expect(renderBuildspec(job, ROOT).length).toBeLessThan(15_000);
  });
});

test('a variable that nobody sets is found', () => {
  expect(variablesRead(['echo "$REPOSITROY" ${VERSION:-x}', 'A=1; echo $A', 'for B in x; do echo "$B"; done'])).toEqual(
    ['REPOSITROY', 'VERSION'],
  );
});

test('what is included keeps the indentation of its place, and a stray file name is an error', () => {
  expect(expandIncludes('a:\n  - |\n    # include: x.sh\n    b\n', () => 'one\n\n  two\n')).toBe(
    'a:\n  - |\n    one\n\n      two\n    b\n',
  );
  expect(() => expandIncludes('# include: none.sh', (name) => read('buildspecs', 'lib', name))).toThrow('ENOENT');
});

test('one version of uv: in the tools, in the builds and in the image of the sample', () => {
  const hashes = (text: string): string[] => text.match(/sha256:[0-9a-f]{64}/g) ?? [];
  const tools = read('tools', 'uv-requirements.txt');
  const [, version] = /^uv==(\S+)/m.exec(tools) ?? [];
  const builds = read('buildspecs', 'lib', 'uv.sh');
  expect(builds).toContain(`UV_VERSION=${version}\n`);
  expect(hashes(tools)).toEqual(expect.arrayContaining(hashes(builds)));
  const image = read('examples', 'visits', 'uv-requirements.txt');
  expect(image).toContain(`uv==${version} `);
  expect(hashes(tools)).toEqual(expect.arrayContaining(hashes(image)));
});
