import { expect, test } from '@jest/globals';
import type { Assembly, Template } from '../../../lib/local/assembly';
import { readPlan } from '../../../lib/local/read-plan';
import { structuralMutants, type Tree, written } from '../../structural-mutants';
import { BINDINGS } from './delivery-assembly';

const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const type = (category: string, provider: string) => ({
  Category: category,
  Owner: 'AWS',
  Provider: provider,
  Version: '1',
});

/** Small, so that 10,000 mutants take seconds. */
const RESOURCES: Tree = {
  Spec: {
    Type: 'AWS::CodeBuild::Project',
    Properties: {
      Name: 'one',
      ServiceRole: role('build'),
      Artifacts: { Type: 'CODEPIPELINE' },
      Source: { Type: 'CODEPIPELINE', BuildSpec: 'version: 0.2\nphases: {build: {commands: [x]}}' },
      Environment: {
        Type: 'LINUX_CONTAINER',
        Image: { 'Fn::Sub': 'aws/${AWS::Region}:5' },
        ComputeType: 'BUILD_GENERAL1_SMALL',
        PrivilegedMode: true,
        EnvironmentVariables: [
          { Name: 'A', Value: { Ref: 'Bucket' } },
          { Name: 'S', Type: 'SECRETS_MANAGER', Value: 'id:key' },
        ],
      },
      TimeoutInMinutes: 15,
      Cache: { Type: 'LOCAL', Modes: ['LOCAL_CUSTOM_CACHE'] },
    },
  },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'b' } },
  Other: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'c' } },
  Pipe: {
    Type: 'AWS::CodePipeline::Pipeline',
    Properties: {
      Name: 'pipe',
      PipelineType: 'V2',
      ExecutionMode: 'QUEUED',
      RoleArn: role('pipe'),
      ArtifactStore: { Type: 'S3', Location: { Ref: 'Bucket' } },
      Variables: [{ Name: 'V', DefaultValue: 'v' }],
      Stages: [
        {
          Name: 'Source',
          Actions: [
            {
              Name: 'Source',
              ActionTypeId: type('Source', 'CodeCommit'),
              Configuration: { RepositoryName: 'r', BranchName: 'b', PollForSourceChanges: false },
              OutputArtifacts: [{ Name: 'In' }],
              Namespace: 'S',
            },
          ],
        },
        {
          Name: 'Build',
          Actions: [
            {
              Name: 'Build',
              ActionTypeId: type('Build', 'CodeBuild'),
              RunOrder: 2,
              Configuration: {
                ProjectName: { Ref: 'Spec' },
                BuildspecOverride: 'version: 0.2\nphases: {build: {commands: [y]}}\nartifacts: {files: [a]}',
                EnvironmentVariables: '[{"name":"C","value":"#{S.CommitId} #{variables.V}"}]',
              },
              InputArtifacts: [{ Name: 'In' }],
              OutputArtifacts: [{ Name: 'Out' }],
            },
            {
              Name: 'Ask',
              ActionTypeId: type('Approval', 'Manual'),
              Configuration: { CustomData: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] } },
              TimeoutInMinutes: 10,
            },
          ],
          OnFailure: { Result: 'ROLLBACK' },
        },
      ],
    },
  },
};

const assemblyOf = (Resources: Tree): Assembly => ({
  directory: '/assembly',
  assets: [],
  stacks: [
    {
      name: 'Stack',
      file: 'Stack.template.json',
      directory: '/assembly',
      template: { Parameters: {}, Mappings: {}, Conditions: {}, Resources, Outputs: {} } as Template,
    },
  ],
});

const MUTANTS = 10_000;
const ROUNDS = 5;

/** What a run reads and what it writes down about what it does without. */
const read = (resources: Tree): { plan?: string; ignored: readonly string[]; errors: readonly string[] } => {
  const result = readPlan(assemblyOf(resources), BINDINGS);
  if (!result.ok) {
    const wrong = result.errors.filter(
      ({ file, path, message }) =>
        message.length < 10 ||
        /undefined|\[object/.test(message) ||
        (path === '' ? file !== 'manifest.json' : file !== 'Stack.template.json'),
    );
    expect(wrong).toEqual([]);
    return { ignored: [], errors: result.errors.map(({ path, message }) => `${path}: ${message}`) };
  }
  const ignored = result.value.flatMap((plan) => plan.ignored?.map(({ path }) => path) ?? []);
  return { plan: JSON.stringify(result.value), ignored, errors: [] };
};

/**
 * What may change without a trace: members that are listed as ignored (the listing itself is part of the plan), what no pipeline
 * asks for, and a default that is taken away or written out.
 */
const HARMLESS = [
  // Of the bucket only its Ref is asked for; BucketName is what that gives.
  /^Bucket\.Properties\.(?!BucketName$)/,
  /^Other\b/,
  /^(Bucket|Spec|Pipe)\.(?!Properties|Type)/,
  /^Bucket\.Properties\.(?!BucketName)/,
];

const base = read(RESOURCES);
let accepted = 0;

test('the assembly is right as it is', () => {
  expect(base.errors).toEqual([]);
  expect(base.plan).toBeDefined();
});

test.each(Array.from({ length: ROUNDS }, (_, seed) => seed))(
  `${MUTANTS / ROUNDS} mutants of a template give another plan or errors with file, path and reason (seed %i)`,
  (seed) => {
    const silent: string[] = [];
    for (const { tree, changes } of structuralMutants(RESOURCES, seed, MUTANTS / ROUNDS)) {
      const after = read(tree);
      if (after.plan === undefined) {
        expect(after.errors.length).toBeGreaterThan(0);
        continue;
      }
      accepted++;
      if (after.plan !== base.plan) continue;
      const trace = changes.filter(({ kind, path }) => {
        const at = written(path);
        const isIgnored = base.ignored.some((one) => `Resources.${at}`.startsWith(one));
        // JSON has no key twice: the twin is another attribute of a resource, which CloudFormation itself refuses.
        if (kind === 'duplicate' && (path.length <= 2 || at.startsWith('Bucket.'))) return false;
        return !isIgnored && !HARMLESS.some((pattern) => pattern.test(at));
      });
      if (trace.length > 0)
        silent.push(
          trace
            .map(({ kind, path, to }) => `${kind} ${written(path)} ${JSON.stringify(to)?.slice(0, 60)}`)
            .join(' and '),
        );
    }
    expect([...new Set(silent)]).toEqual([]);
  },
);

test('are of both kinds, so that the test means something', () => {
  expect(accepted).toBeGreaterThan(MUTANTS / 20);
  expect(accepted).toBeLessThan(MUTANTS / 2);
});
