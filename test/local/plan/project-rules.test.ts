import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileAsset } from '../../../lib/local/assembly';
import type { Plan } from '../../../lib/local/plan';
import { workOf } from '../../../lib/local/plan-action-lines';
import { readPlan } from '../../../lib/local/read-plan';
import { BINDINGS, deliveryAssembly, planOf } from './delivery-assembly';
import { action, type Mutant, project, resource, type Templates, testMutants, variables } from './mutants';

const BATCH = 'version: 0.2\nbatch: {build-list: [{identifier: a}, {identifier: b}]}\nphases: {build: {commands: [x]}}';

/** Makes a batch of the first test; gives its project's BuildBatchConfig. */
function batch(t: Templates) {
  const config = { ServiceRole: 'arn:aws:iam::111122223333:role/batch' };
  resource(t, 'UnitProject').Properties.BuildBatchConfig = config;
  Object.assign(action(t, 2).Configuration, { BatchEnabled: 'true', BuildspecOverride: BATCH });
  return resource(t, 'UnitProject').Properties.BuildBatchConfig;
}

testMutants([
  // Projects
  [
    'a buildspec file outside the source',
    (t) => (project(t).Source.BuildSpec = '../buildspec.yml'),
    'BuildProject/Source.BuildSpec',
    /Expected a path in the source/,
  ],
  [
    'a buildspec in S3',
    (t) => (project(t).Source.BuildSpec = 'arn:aws:s3:::bucket/spec.yml'),
    'BuildProject/Source.BuildSpec',
    /object in S3/,
  ],
  [
    'a buildspec that is wrong',
    (t) => (project(t).Source.BuildSpec = 'version: 0.2\nphases:\n  biuld:\n    commands: [make]\n'),
    'BuildProject/Source.BuildSpec',
    /buildspec:3:\d+ .*biuld/,
  ],
  [
    'a source of its own, with the artifacts of a pipeline',
    (t) => (project(t).Source.Type = 'CODECOMMIT'),
    'BuildProject/Artifacts.Type',
    /Expected NO_ARTIFACTS or S3, since the type of Source is CODECOMMIT/,
  ],
  [
    'artifacts of its own, with the source of a pipeline',
    (t) => (project(t).Artifacts.Type = 'S3'),
    'BuildProject/Artifacts.Type',
    /Expected CODEPIPELINE, since the type of Source is CODEPIPELINE/,
  ],
  [
    'a source that there is not',
    (t) => (project(t).Source.Type = 'SVN'),
    'BuildProject/Source.Type',
    /Expected CODEPIPELINE or BITBUCKET.*found "SVN"/,
  ],
  [
    'a webhook of a project that has its source of a pipeline',
    (t) => (project(t).Triggers = { Webhook: true }),
    'BuildProject/Triggers',
    /has no webhook/,
  ],
  ...[
    ['LINUX_LAMBDA_CONTAINER', /Builds on Lambda compute do not run here/],
    ['WINDOWS_SERVER_2022_CONTAINER', /Builds on Windows do not run here/],
    ['LINUX_GPU_CONTAINER', /Builds with a GPU do not run here/],
    ['MAC_ARM', /Builds on macOS do not run here/],
    ['LINUX_EC2', /Builds on instances of EC2 do not run here/],
  ].map(
    ([type, message]): Mutant => [
      `environment type ${type}`,
      (t) => (project(t).Environment.Type = type),
      'BuildProject/Environment.Type',
      message as RegExp,
    ],
  ),
  [
    'Lambda compute',
    (t) => (project(t).Environment.ComputeType = 'BUILD_LAMBDA_2GB'),
    'BuildProject/Environment.ComputeType',
    /BUILD_LAMBDA_2GB: Builds on Lambda compute do not run here/,
  ],
  [
    'a compute type nobody knows',
    (t) => (project(t).Environment.ComputeType = 'BUILD_GENERAL1_TINY'),
    'BuildProject/Environment.ComputeType',
    /Expected BUILD_GENERAL1_SMALL or/,
  ],
  [
    'a queue of 4 minutes',
    (t) => (project(t).QueuedTimeoutInMinutes = 4),
    'BuildProject/QueuedTimeoutInMinutes',
    /5 to 480/,
  ],
  [
    'a local cache without modes',
    (t) => (project(t).Cache = { Type: 'LOCAL' }),
    'BuildProject/Cache.Modes',
    /Is required with a local cache/,
  ],
  [
    'a mode of an S3 cache',
    (t) => (project(t).Cache.Modes = ['LOCAL_CUSTOM_CACHE']),
    'BuildProject/Cache.Modes',
    /Only a cache of type LOCAL has modes/,
  ],
  [
    'a Docker layer cache without privileges',
    (t) => (project(t).Cache = { Type: 'LOCAL', Modes: ['LOCAL_DOCKER_LAYER_CACHE'] }),
    'BuildProject/Cache.Modes[0]',
    /needs a privileged build/,
  ],
  [
    'a secret that is no reference',
    (t) =>
      (project(t).Environment.EnvironmentVariables[0] = { Name: 'A', Type: 'SECRETS_MANAGER', Value: 'a:b:c:d:e' }),
    'BuildProject/Environment.EnvironmentVariables[0].Value',
    /expected secret-id:json-key:version-stage:version-id/,
  ],
  [
    'a secret of the action with stage and id',
    (t) =>
      (action(t, 4).Configuration.EnvironmentVariables = variables([
        { name: 'A', value: 'a:b:AWSCURRENT:1', type: 'SECRETS_MANAGER' },
      ])),
    'Stages[4].Actions[0].Configuration.EnvironmentVariables',
    /give the version's stage or its id, not both/,
  ],

  // Overrides and batches
  [
    'an override in S3',
    (t) => (action(t, 2).Configuration.BuildspecOverride = 'arn:aws:s3:::bucket/spec.yml'),
    'Stages[2].Actions[0].Configuration.BuildspecOverride',
    /object in S3/,
  ],
  [
    'an override that is wrong',
    (t) => (action(t, 2).Configuration.BuildspecOverride = 'version: 0.2\nphases: {biuld: {commands: [x]}}'),
    'Stages[2].Actions[0].Configuration.BuildspecOverride',
    /buildspec:2:\d+ phases.biuld: unknown key/,
  ],
  [
    'a batch of a project without BuildBatchConfig',
    (t) => {
      action(t, 2).Configuration.BatchEnabled = 'true';
      action(t, 2).Configuration.BuildspecOverride = BATCH;
    },
    'Stages[2].Actions[0].Configuration.BatchEnabled',
    /The project has no BuildBatchConfig/,
  ],
  [
    'a batch whose buildspec has none',
    (t) => {
      batch(t);
      delete action(t, 2).Configuration.BuildspecOverride;
    },
    'Stages[2].Actions[0].Configuration.BatchEnabled',
    /the buildspec has no batch section/,
  ],
  [
    'a batch of more builds than the project allows',
    (t) => (batch(t).Restrictions = { MaximumBuildsAllowed: 1 }),
    'Stages[2].Actions[0].Configuration.BatchEnabled',
    /the batch has 2 builds, and the project allows 1/,
  ],
  [
    'a batch with a compute type that the project does not allow',
    (t) => (batch(t).Restrictions = { ComputeTypesAllowed: ['BUILD_GENERAL1_LARGE'] }),
    'Stages[2].Actions[0].Configuration.BatchEnabled',
    /build a wants BUILD_GENERAL1_SMALL/,
  ],
  [
    'a batch without a role',
    (t) => delete batch(t).ServiceRole,
    'UnitProject/BuildBatchConfig.ServiceRole',
    /required/,
  ],
  [
    'an output of no build of the batch',
    (t) => {
      batch(t);
      action(t, 2).OutputArtifacts = [{ Name: 'c' }];
    },
    'Stages[2].Actions[0].Configuration.BatchEnabled',
    /output c is of no build/,
  ],
  [
    'combined artifacts without a batch',
    (t) => (action(t, 2).Configuration.CombineArtifacts = 'true'),
    'Stages[2].Actions[0].Configuration.CombineArtifacts',
    /Only the artifacts of a batch can be combined/,
  ],
  ['a timeout of 4 minutes', (t) => (project(t).TimeoutInMinutes = 4), 'BuildProject/TimeoutInMinutes', /5 to 2160/],
  [
    'a cache nobody knows',
    (t) => (project(t).Cache.Type = 'EFS'),
    'BuildProject/Cache.Type',
    /S3 or NO_CACHE or LOCAL/,
  ],
  ['no role', (t) => delete project(t).ServiceRole, 'BuildProject/ServiceRole', /required/],
  [
    'a variable type nobody knows',
    (t) => (project(t).Environment.EnvironmentVariables[0].Type = 'VAULT'),
    'BuildProject/Environment.EnvironmentVariables[0].Type',
    /PLAINTEXT/,
  ],
  [
    'a variable without a value',
    (t) => delete project(t).Environment.EnvironmentVariables[0].Value,
    'BuildProject/Environment.EnvironmentVariables[0].Value',
    /required/,
  ],
  [
    'a reserved variable of the project',
    (t) => (project(t).Environment.EnvironmentVariables[0].Name = 'CODEBUILD_X'),
    'BuildProject/Environment.EnvironmentVariables[0]',
    /reserved/,
  ],
  [
    'a variable of the project twice',
    (t) => (project(t).Environment.EnvironmentVariables[0].Name = 'REPOSITORY'),
    'BuildProject/Environment.EnvironmentVariables[1]',
    /twice/,
  ],

  // Functions
  [
    'Python',
    (t) => (resource(t, 'Bake4B9C').Properties.Runtime = 'python3.13'),
    'Bake4B9C/Runtime',
    /only Node functions/,
  ],
  [
    'no handler name',
    (t) => (resource(t, 'Bake4B9C').Properties.Handler = 'index'),
    'Bake4B9C/Handler',
    /such as index.handler/,
  ],
  [
    'a timeout of 901 seconds',
    (t) => (resource(t, 'Bake4B9C').Properties.Timeout = 901),
    'Bake4B9C/Timeout',
    /1 to 900/,
  ],
  [
    'code that is not there',
    (t) => {
      resource(t, 'Bake4B9C').Properties.Code.S3Key = 'gone.zip';
    },
    'Bake4B9C/Code',
    /s3:\/\/cdk-hnb659fds-assets-111122223333-eu-west-1\/gone\.zip is no asset of this assembly/,
  ],
  ['no code', (t) => delete resource(t, 'Bake4B9C').Properties.Code, 'Bake4B9C/Code', /required and missing/],
]);

const buildOf = (plan: ReturnType<typeof planOf>, stage: number) => {
  const found = plan.stages[stage]?.actions.find(({ kind }) => kind === 'codebuild');
  if (found?.kind !== 'codebuild') throw new Error('no build in that stage');
  return found;
};

test('a project without a buildspec runs buildspec.yml of the source, and the plan says who decides what runs', () => {
  const plan = planOf((t) => delete resource(t, 'UnitProject').Properties.Source.BuildSpec);
  expect(plan.ignored).toContainEqual({
    path: 'Resources.UnitProject.Properties.Source.BuildSpec',
    property: 'AWS::CodeBuild::Project.Source.BuildSpec',
    reason:
      'It is the file buildspec.yml of the source, read when the build starts: whoever can push decides what runs.',
  });
});

test('a buildspec may be the name of a file in the source; what it exports is known only when it runs', () => {
  const plan = planOf((t) => (project(t).Source.BuildSpec = './ci/build.yml'));
  expect(buildOf(plan, 1).project.buildspec).toBe('./ci/build.yml');
  expect(plan.ignored?.some(({ reason }) => reason.includes('the file ci/build.yml of the source'))).toBe(true);
});

test('a buildspec may be a file asset of the assembly: its text runs, and what it exports is known', () => {
  const folder = mkdtempSync(join(tmpdir(), 'buildspec-'));
  const path = join(folder, 'spec.yml');
  const spec = buildOf(planOf(), 1).project.buildspec;
  writeFileSync(path, spec);
  const bucket = 'cdk-assets-111122223333';
  const assembly = deliveryAssembly((t) => {
    project(t).Source.BuildSpec = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${bucket}/spec.yml`]] };
  });
  const asset: FileAsset = { bucket, key: 'spec.yml', path, packaging: 'file' };
  const read = readPlan({ ...assembly, assets: [...assembly.assets, asset] }, BINDINGS);
  rmSync(folder, { recursive: true });
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  expect(buildOf(read.value[0] as Plan, 1).project.buildspec).toBe(spec);
});

test('a project may have a source and a webhook of its own: the pipeline’s go before, and the plan says so', () => {
  const plan = planOf((t) => {
    Object.assign(project(t).Source, { Type: 'GITHUB', Location: 'https://github.com/a/b.git', GitCloneDepth: 1 });
    project(t).Artifacts = { Type: 'NO_ARTIFACTS' };
    project(t).Triggers = { Webhook: true };
  });
  const told = plan.ignored?.map(({ property }) => property);
  for (const name of ['Source.Type', 'Source.Location', 'Source.GitCloneDepth', 'Triggers'])
    expect(told).toContain(`AWS::CodeBuild::Project.${name}`);
});

test('BuildspecOverride goes in front of the project’s buildspec', () => {
  const override = 'version: 0.2\nphases: {build: {commands: [other]}}';
  const plan = planOf((t) => (action(t, 2).Configuration.BuildspecOverride = override));
  const builds = plan.stages[2]?.actions.flatMap((one) => (one.kind === 'codebuild' ? [one.buildspecOverride] : []));
  expect(builds).toContain(override);
});

test('a batch has the limits of its project, and combines its artifacts when the action says so', () => {
  const plan = planOf((t) => {
    batch(t).Restrictions = { MaximumBuildsAllowed: 2 };
    batch(t).TimeoutInMins = 30;
    Object.assign(resource(t, 'UnitProject').Properties.BuildBatchConfig, {
      Restrictions: { MaximumBuildsAllowed: 2 },
      TimeoutInMins: 30,
    });
    action(t, 2).Configuration.CombineArtifacts = 'true';
    action(t, 2).OutputArtifacts = [{ Name: 'All' }];
  });
  const batches = plan.stages[2]?.actions.flatMap((one) => (one.kind === 'codebuild' && one.batch ? [one.batch] : []));
  expect(batches).toEqual([{ combineArtifacts: true, timeoutMinutes: 30, mostBuilds: 2 }]);
});

test('variables of the project that come from a secret store are not among those that a build exports', () => {
  const plan = () =>
    planOf((t) =>
      project(t).Environment.EnvironmentVariables.push({ Name: 'VERSION', Type: 'PARAMETER_STORE', Value: '/v' }),
    );
  expect(plan).toThrow(/#\{Build.VERSION\}/);
});

test('a fleet and a local cache are told among what has no effect here', () => {
  const { ignored = [] } = planOf((t) => {
    project(t).Environment.Fleet = { FleetArn: 'arn' };
    project(t).Cache = { Type: 'LOCAL', Modes: ['LOCAL_SOURCE_CACHE', 'LOCAL_CUSTOM_CACHE'] };
  });
  const told = ignored.map(({ property, reason }) => `${property}: ${reason}`).join('\n');
  expect(told).toContain('AWS::CodeBuild::Project.Environment.Fleet: Reserved capacity');
  expect(told).toContain('Cache.Modes: It is for sources that CodeBuild clones');
  expect(told).toContain('Cache.Modes: It is kept for the project from build to build');
});

test('the plan tells a batch, a buildspec of the source and a local cache', () => {
  const plan = planOf((t) => {
    batch(t);
    action(t, 2).Configuration.CombineArtifacts = 'true';
    action(t, 2).OutputArtifacts = [{ Name: 'All' }];
    project(t).Source.BuildSpec = 'ci/build.yml';
    project(t).Cache = { Type: 'LOCAL', Modes: ['LOCAL_CUSTOM_CACHE'] };
  });
  const lines = plan.stages.flatMap((stage) => stage.actions.flatMap(workOf));
  expect(lines).toContain('a batch of builds, at most 8 h, their artifacts combined');
  expect(lines).toContain('with a buildspec of its own');
  expect(lines).toContain('what ci/build.yml of the source says');
  expect(lines.join('\n')).toContain('cache visits-build.local');
});
