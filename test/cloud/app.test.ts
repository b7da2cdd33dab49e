import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { Json } from '../../lib/cloud/rules/rule';
import { allow } from '../../lib/cloud/statement';
import { configOf, kubectlZip, projectRoot, slipwayApp } from './fixtures';

const stackNames = (assembly: CloudAssembly): string[] => assembly.stacks.map((stack) => stack.stackName).sort();

/** Everything a synthesis says goes to stderr; the tests look at what it throws. */
beforeAll(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterAll(() => jest.restoreAllMocks());

describe('a service with everything of its own', () => {
  const { app } = slipwayApp(configOf('tags:\n  team: web\n'), { staged: true });
  let assembly: CloudAssembly;
  beforeAll(() => {
    assembly = app.synth();
  });

  it('has four stacks and passes every check', () => {
    expect(stackNames(assembly)).toEqual(['SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring', 'VisitsSource']);
  });

  it('needs nothing looked up in an account', () => {
    expect(assembly.manifest.missing ?? []).toEqual([]);
    for (const stack of assembly.stacks) expect(stack.environment.name).toContain('unknown-account');
  });

  it('deploys the delivery after what it refers to', () => {
    const delivery = assembly.getStackByName('VisitsDelivery');
    const before = delivery.dependencies.map((artifact) => artifact.id);
    expect(before).toEqual(expect.arrayContaining(['VisitsSource', 'SlipwayCluster', 'VisitsMonitoring']));
  });

  it('carries kubectl once, for the cluster’s function and for the builds', () => {
    const layers = readdirSync(assembly.directory).filter((name) => name.startsWith('asset.') && name.endsWith('.zip'));
    const sizes = layers.map((name) => statSync(join(assembly.directory, name)).size);
    expect(sizes.filter((size) => size === statSync(kubectlZip).size)).toHaveLength(1);
  });

  it('protects every stack that keeps something', () => {
    const isProtected = assembly.stacks.filter((stack) => stack.terminationProtection).map((stack) => stack.stackName);
    expect(isProtected.sort()).toEqual(['SlipwayCluster', 'VisitsDelivery', 'VisitsSource']);
  });

  it('tags everything that can be tagged', () => {
    const tags = [
      { Key: 'slipway:service', Value: 'visits' },
      { Key: 'team', Value: 'web' },
    ];
    for (const stack of assembly.stacks) {
      for (const type of ['AWS::KMS::Key', 'AWS::CodeBuild::Project', 'AWS::EKS::Cluster', 'AWS::CloudWatch::Alarm']) {
        for (const resource of Object.values<Json>(stack.template.Resources).filter(({ Type }) => Type === type)) {
          expect(resource.Properties.Tags).toEqual(expect.arrayContaining(tags));
        }
      }
    }
  });

  it('says why each accepted finding is accepted', () => {
    const reasons = app.node
      .findAll()
      .flatMap((construct) =>
        construct.node.metadata
          .filter((entry) => entry.type === 'aws:cdk:acknowledged-rules')
          .flatMap((entry) => Object.entries(entry.data as Record<string, string>)),
      );
    expect(reasons.length).toBeGreaterThan(0);
    for (const [, reason] of reasons) expect(reason.length).toBeGreaterThan(30);
    // One finding at a time: an identity-policy finding names the policy or resource that is accepted.
    for (const [id] of reasons.filter(([rule]) => /IAM[45]/.test(rule)))
      expect(id).toMatch(/\[(Policy|Resource)::.+\]$/);
  });
});

describe('a check that finds something fails the synthesis', () => {
  const mutants: [what: string, finding: string, mutate: (stack: Stack) => unknown][] = [
    ['a bucket that may be read over plain HTTP', 'AwsSolutions-S10', (stack) => new Bucket(stack, 'Bucket')],
    [
      'a policy with a wildcard',
      'AwsSolutions-IAM5[Resource::*]',
      (stack) => new ManagedPolicy(stack, 'Policy', { statements: [allow(['s3:GetObject'], ['*'])] }),
    ],
    [
      'a log group that never forgets',
      'Slipway::log-groups',
      (stack) => new CfnResource(stack, 'Logs', { type: 'AWS::Logs::LogGroup' }),
    ],
  ];

  // One synthesis tells every finding.
  const { app } = slipwayApp(configOf('environments:\n  dev: {}\n'));
  const stack = new Stack(app, 'Mutant');
  for (const [, , mutate] of mutants) mutate(stack);
  let told = '';
  beforeAll(() => {
    try {
      app.synth();
    } catch (error) {
      told = String(error);
    }
  });

  it.each(mutants)('%s', (_, finding) => {
    expect(told).toContain(finding);
  });
});

describe('bin/app', () => {
  it('tells every configuration error with its place, and no stack trace', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-app-'));
    const file = join(folder, 'slipway.yaml');
    writeFileSync(file, 'service:\n  name: Visits!\ncluster:\n  version: 1.12\n');
    const run = spawnSync('node', ['bin/app.mjs'], {
      cwd: projectRoot,
      encoding: 'utf8',
      env: { ...process.env, SLIPWAY_CONFIG: file },
    });
    rmSync(folder, { recursive: true });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(`${file}:2:9 service.name`);
    expect(run.stderr).toContain(`${file}:4:12 cluster.version`);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });
});
