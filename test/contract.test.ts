import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../lib/config/load';
import { type Assembly, readAssembly, type Template } from '../lib/local/assembly';
import type { Plan } from '../lib/local/plan';
import { readPlan } from '../lib/local/read-plan';
import { synthesize } from '../lib/local/synth';
import { readWorld } from '../lib/local/world';
import { deliveryPipelines } from '../lib/model/delivery-pipelines';
import type { Pipeline } from '../lib/model/pipeline';
import { modelContract, planContract } from './contract';

const ROOT = join(__dirname, '..');
const BINDINGS = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };
const SYNTHESIS = 180_000;

/** A configuration that differs from the sample's in whatever the pipelines depend on. */
const OTHER = `
service: { name: shop, path: shop }
source:
  provider: connection
  connectionArn: arn:aws:codeconnections:eu-west-1:111122223333:connection/0f7a2b1c-0000-4000-8000-000000000001
  repository: acme/shop
branches: { development: next, production: release }
build: { package: app, dockerfile: docker/Dockerfile, context: app }
checks:
  unit: { coverage: 75 }
  integration: false
  quality: { mypy: false }
  security: { pip-audit: false }
environments:
  dev: { suite: smoke, namespace: shop-next }
  production:
    url: https://shop.example.com
    approvals: [{ name: Client, timeout: 2d }, { name: Operations }]
    bake: 10m
`;

/** One environment with the pipelines, two in an account of their own. */
const ACCOUNTS = `
service: { name: shop, path: shop }
aws: { account: "111122223333", region: eu-west-1 }
environments:
  dev: {}
  staging: { account: "222222222222", cluster: { name: there } }
  production: { account: "222222222222" }
`;

// CDK's own validation takes seconds and has its place in `cdk synth`; here it is about what the template says.
process.env['CDK_VALIDATION'] = 'false';

interface Synthesized {
  readonly directory: string;
  readonly pipelines: readonly Pipeline[];
}

let folder: string;
const synthesized: Record<string, Synthesized> = {};

async function synthesizeFrom(name: string, config: string): Promise<void> {
  const loaded = loadConfig(config, {});
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  const directory = join(folder, name);
  const result = await synthesize({
    projectRoot: ROOT,
    output: directory,
    config,
    environment: process.env,
    signal: AbortSignal.timeout(SYNTHESIS),
  });
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  synthesized[name] = { directory, pipelines: deliveryPipelines(loaded.value) };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contract-'));
  const write = (name: string, config: string): string => {
    const file = join(folder, `of-${name}.yaml`);
    writeFileSync(file, config);
    return file;
  };
  mkdirSync(join(folder, 'shop'));
  await Promise.all([
    synthesizeFrom('sample', join(ROOT, 'slipway.yaml')),
    synthesizeFrom('other', write('other', OTHER)),
    synthesizeFrom('accounts', write('accounts', ACCOUNTS)),
  ]);
}, SYNTHESIS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function assemblyIn(directory: string): Assembly {
  const assembly = readAssembly(directory);
  if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
  return assembly.value;
}

function plansOf(assembly: Assembly): Plan[] {
  const plans = readPlan(assembly, BINDINGS);
  if (!plans.ok) throw new Error(JSON.stringify(plans.errors, null, 1));
  return plans.value;
}

const of = (name: string): Synthesized => synthesized[name] as Synthesized;

describe.each(['sample', 'other', 'accounts'])('model and synthesized template agree: %s', (name) => {
  test('on stages, actions, order, artifacts, variables, conditions, environments and buildspecs', () => {
    const plans = plansOf(assemblyIn(of(name).directory));
    expect(plans.map(planContract)).toEqual(of(name).pipelines.map(modelContract));
  });

  test('on the alarms that a bake watches, and on the cluster that a deploy names', () => {
    const assembly = assemblyIn(of(name).directory);
    const world = readWorld(assembly, BINDINGS);
    if (!world.ok) throw new Error(JSON.stringify(world.errors));
    const actions = of(name).pipelines.flatMap(({ stages }) => stages.flatMap((stage) => stage.actions));
    const alarms = actions.flatMap((action) => (action.kind === 'bake' ? [action.alarm] : []));
    expect(alarms.length).toBeGreaterThan(0);
    expect(world.value.alarms.map((alarm) => alarm.name)).toEqual(expect.arrayContaining(alarms));
    const clusters = actions.flatMap((action) =>
      action.kind === 'build' && action.job === 'deploy' ? [action.environment['CLUSTER']] : [],
    );
    expect(world.value.clusters.map((cluster) => cluster.name)).toEqual([...new Set(clusters)].sort());
  });
});

test('the structure of a plan does not depend on where the assembly lies', () => {
  const { directory } = of('sample');
  const moved = join(folder, 'moved somewhere else');
  cpSync(directory, moved, { recursive: true });
  const structures = (path: string): string[] => plansOf(assemblyIn(path)).map(({ structure }) => structure);
  expect(structures(moved)).toEqual(structures(directory));
  expect(new Set(structures(directory)).size).toBe(2);
});

describe('a template that says something else than the model', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a template that the test changes at will
  type Loose = any;
  const stage = (pipeline: Loose, name: string): Loose => pipeline.Stages.find((one: Loose) => one.Name === name);
  const action = (pipeline: Loose, stageName: string, name: string): Loose =>
    stage(pipeline, stageName).Actions.find((one: Loose) => one.Name === name);
  const projectOf = (resources: Loose, { Configuration }: Loose): Loose =>
    resources[Configuration.ProjectName.Ref ?? ''] ??
    Object.values(resources).find((one: Loose) => one.Properties?.Name === Configuration.ProjectName);

  const MUTANTS: readonly (readonly [string, (pipeline: Loose, resources: Loose) => void])[] = [
    ['release before the checks', (p) => (action(p, 'Test', 'Release').RunOrder = 1)],
    ['two actions change places', (p) => stage(p, 'Test').Actions.reverse()],
    [
      'two stages change places',
      (p) => {
        const at = p.Stages.findIndex((one: Loose) => one.Name === 'Staging');
        p.Stages.splice(at, 2, p.Stages[at + 1], p.Stages[at]);
      },
    ],
    ['an action is gone', (p) => stage(p, 'Test').Actions.pop()],
    ['the sign-off is gone', (p) => (p.Stages = p.Stages.filter((one: Loose) => one.Name !== 'SignOff'))],
    ['an artifact is gone', (p) => delete action(p, 'Build', 'Build').OutputArtifacts],
    ['another artifact goes in', (p) => (action(p, 'Test', 'Unit').InputArtifacts[0].Name = 'Package')],
    [
      'a variable has another value',
      (p) => {
        const { Configuration } = action(p, 'Test', 'Release');
        Configuration.EnvironmentVariables = Configuration.EnvironmentVariables.replace(
          'Build.VERSION',
          'Build.TESTED',
        );
      },
    ],
    ['a variable is gone', (p) => delete action(p, 'Production', 'Deploy').Configuration.EnvironmentVariables],
    ['the namespace is another', (p) => (action(p, 'Test', 'Image').Namespace = 'Picture')],
    ['the variable of the pipeline is gone', (p) => delete p.Variables],
    ['the variable of the pipeline is yes by default', (p) => (p.Variables[0].DefaultValue = 'yes')],
    [
      'alarms are ignored whatever the variable says',
      (p) => {
        const { Configuration } = action(p, 'Production', 'Deploy');
        Configuration.EnvironmentVariables = Configuration.EnvironmentVariables.replace(
          '#{variables.IgnoreAlarms}',
          'yes',
        );
      },
    ],
    ['the condition is gone', (p) => delete stage(p, 'Test').BeforeEntry],
    ['the condition fails instead of skipping', (p) => (stage(p, 'Test').BeforeEntry.Conditions[0].Result = 'FAIL')],
    [
      'the condition asks for something else',
      (p) => (stage(p, 'Test').BeforeEntry.Conditions[0].Rules[0].Configuration.Value = 'yes'),
    ],
    ['nothing is rolled back', (p) => delete stage(p, 'Production').OnFailure],
    ['it retries instead of rolling back', (p) => (stage(p, 'Production').OnFailure = { Result: 'RETRY' })],
    ['only the pipeline rolls back', (p) => (stage(p, 'Production').OnFailure = { Result: 'ROLLBACK' })],
    [
      'the rule on failure deploys',
      (p) => {
        const { Configuration } = stage(p, 'Production').OnFailure.Conditions[0].Rules[0];
        Configuration.EnvironmentVariables = Configuration.EnvironmentVariables.replace('restore', 'deploy');
      },
    ],
    [
      'the rule on failure runs another project',
      (p) => {
        const { Configuration } = stage(p, 'Production').OnFailure.Conditions[0].Rules[0];
        Configuration.ProjectName = action(p, 'Production', 'Verify').Configuration.ProjectName;
      },
    ],
    [
      'the release is accepted by another project',
      (p) => (action(p, 'Production', 'Accept').Configuration = action(p, 'Staging', 'Accept').Configuration),
    ],
    ['executions overtake each other', (p) => (p.ExecutionMode = 'SUPERSEDED')],
    ['another branch is taken', (p) => (action(p, 'Source', 'Source').Configuration.BranchName = 'develop')],
    [
      'another project runs',
      (p) => (action(p, 'Test', 'Unit').Configuration = action(p, 'Test', 'Image').Configuration),
    ],
    ['the sign-off has another deadline', (p) => (action(p, 'SignOff', 'ClientSignOff').TimeoutInMinutes = 60)],
    [
      'the bake watches another alarm',
      (p) => {
        const { Configuration } = action(p, 'Production', 'Bake');
        Configuration.UserParameters = Configuration.UserParameters.replace('visits-production', 'visits-staging');
      },
    ],
    [
      'the bake ignores alarms whatever the variable says',
      (p) => {
        const { Configuration } = action(p, 'Production', 'Bake');
        Configuration.UserParameters = Configuration.UserParameters.replace('#{variables.IgnoreAlarms}', 'yes');
      },
    ],
    [
      'a buildspec runs something else',
      (p, resources) => {
        const { Source } = projectOf(resources, action(p, 'Test', 'Unit')).Properties;
        Source.BuildSpec = Source.BuildSpec.replace('pytest', 'true');
      },
    ],
    [
      'a threshold is another',
      (p, resources) => {
        const { Environment } = projectOf(resources, action(p, 'Test', 'Unit')).Properties;
        const minimum = Environment.EnvironmentVariables.find((one: Loose) => one.Name === 'COVERAGE_MINIMUM');
        minimum.Value = '10';
      },
    ],
    [
      'a build is privileged',
      (p, resources) => (projectOf(resources, action(p, 'Test', 'Unit')).Properties.Environment.PrivilegedMode = true),
    ],
    [
      'a build has more time',
      (p, resources) => (projectOf(resources, action(p, 'Test', 'Unit')).Properties.TimeoutInMinutes = 2000),
    ],
  ];

  /** Of pipelines with actions in another account. */
  const ROLES: readonly (readonly [string, (pipeline: Loose) => void])[] = [
    ['an action comes with the role of the pipeline', (p) => delete action(p, 'Production', 'Deploy').RoleArn],
    ['a bake comes with the role of the pipeline', (p) => delete action(p, 'Production', 'Bake').RoleArn],
    [
      'what restores comes with the role of the pipeline',
      (p) => delete stage(p, 'Staging').OnFailure.Conditions[0].Rules[0].RoleArn,
    ],
    [
      'an action comes with the role of another environment',
      (p) => (action(p, 'Production', 'Verify').RoleArn = action(p, 'Staging', 'Verify').RoleArn),
    ],
  ];

  test.each([
    ...MUTANTS.map(([what, change]) => [what, 'sample', 'visits-production', change] as const),
    ...ROLES.map(([what, change]) => [what, 'accounts', 'shop-production', change] as const),
  ])('is seen: %s', (_, name, pipelineName, change) => {
    const assembly = assemblyIn(of(name).directory);
    const changed = assembly.stacks.map((stack) => {
      const template: Loose = structuredClone(stack.template);
      const pipeline: Loose = Object.values(template.Resources).find(
        (one: Loose) => one.Properties?.Name === pipelineName && one.Type === 'AWS::CodePipeline::Pipeline',
      );
      if (pipeline) change(pipeline.Properties, template.Resources);
      return { ...stack, template: template as Template };
    });
    expect(changed).not.toEqual(assembly.stacks);
    const plans = readPlan({ ...assembly, stacks: changed }, BINDINGS);
    if (plans.ok) expect(plans.value.map(planContract)).not.toEqual(plansOf(assembly).map(planContract));
    else expect(plans.errors.length).toBeGreaterThan(0);
  });
});

test('the template says with each asset where it lies, for the local runner', () => {
  const { directory } = of('sample');
  const bake = plansOf(assemblyIn(directory))
    .flatMap(({ stages }) => stages.flatMap((stage) => stage.actions))
    .find((action) => action.kind === 'lambda');
  if (bake?.kind !== 'lambda') throw new Error('the sample has a bake');
  expect(readFileSync(join(bake.function.code, 'index.js'), 'utf8')).toContain('handler');
});
