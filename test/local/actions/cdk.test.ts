import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Repository as CodeRepository } from 'aws-cdk-lib/aws-codecommit';
import { Artifact, Pipeline, PipelineType, Variable } from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import { Repository as ImageRepository } from 'aws-cdk-lib/aws-ecr';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { readAssembly } from '../../../lib/local/assembly';
import type { Plan, PlannedAction } from '../../../lib/local/plan';
import { readPlan } from '../../../lib/local/read-plan';
import { BINDINGS } from './kinds';

let folder: string;
let plans: readonly Plan[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-cdk-'));
  const app = new App({ outdir: folder });
  synthesize(new Stack(app, 'Shop'));
  app.synth();
  const assembly = readAssembly(folder);
  if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
  const read = readPlan(assembly.value, BINDINGS);
  if (!read.ok) throw new Error(JSON.stringify(read.errors, null, 2));
  plans = read.value;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function synthesize(stack: Stack): void {
  const source = new Artifact('Source');
  const site = new Artifact('Site', ['site/**/*']);
  const repository = new CodeRepository(stack, 'Code', { repositoryName: 'shop' });
  const fromSource = () =>
    new actions.CodeCommitSourceAction({ actionName: 'Source', repository, branch: 'main', output: source });
  const after = new Pipeline(stack, 'After', {
    pipelineName: 'shop-after',
    pipelineType: PipelineType.V2,
    variables: [new Variable({ variableName: 'VERSION', defaultValue: '0' })],
    stages: [
      { stageName: 'Source', actions: [fromSource()] },
      {
        stageName: 'Look',
        actions: [new actions.CommandsAction({ actionName: 'Look', input: source, commands: ['ls'] })],
      },
    ],
  });
  const pack = new actions.CommandsAction({
    actionName: 'Pack',
    input: source,
    output: site,
    commands: ['make site', 'export VERSION=1'],
    outputVariables: ['VERSION'],
  });
  const image = new actions.EcrBuildAndPublishAction({
    actionName: 'Image',
    repositoryName: new ImageRepository(stack, 'Images', { repositoryName: 'shop' }).repositoryName,
    dockerfileDirectoryPath: 'service',
    imageTags: ['latest', pack.variable('VERSION')],
    runOrder: 2,
    input: source,
  });
  const website = new Bucket(stack, 'Website', { bucketName: 'shop-website' });
  new Pipeline(stack, 'Pipeline', {
    pipelineName: 'shop',
    pipelineType: PipelineType.V2,
    stages: [
      { stageName: 'Source', actions: [fromSource()] },
      { stageName: 'Build', actions: [pack, image] },
      {
        stageName: 'Deploy',
        actions: [
          new actions.S3DeployAction({
            actionName: 'Website',
            input: site,
            bucket: website,
            objectKey: pack.variable('VERSION'),
            cacheControl: [actions.CacheControl.setPublic()],
          }),
          new actions.CloudFormationCreateReplaceChangeSetAction({
            actionName: 'Propose',
            stackName: 'shop-queue',
            changeSetName: 'next',
            templatePath: source.atPath('queue.yaml'),
            templateConfiguration: source.atPath('queue.json'),
            adminPermissions: true,
            parameterOverrides: { Code: site.objectKey, Image: image.variables.ecrImageDigestId },
            extraInputs: [site],
          }),
          new actions.CloudFormationExecuteChangeSetAction({
            actionName: 'Execute',
            stackName: 'shop-queue',
            changeSetName: 'next',
            runOrder: 2,
          }),
          new actions.PipelineInvokeAction({
            actionName: 'Next',
            targetPipeline: after,
            runOrder: 3,
            variables: [{ name: 'VERSION', value: pack.variable('VERSION') }],
            sourceRevisions: [
              { actionName: 'Source', revisionType: actions.RevisionType.COMMIT_ID, revisionValue: '4f2c1d0' },
            ],
          }),
        ],
      },
    ],
  });
}

const action = (id: string): PlannedAction | undefined =>
  plans
    .find(({ pipeline }) => pipeline === 'shop')
    ?.stages.flatMap((stage) => stage.actions)
    .find((each) => each.id === id);

test('what aws-cdk-lib writes for each kind of action is read', () => {
  expect(action('Build/Pack')).toMatchObject({
    kind: 'commands',
    commands: ['make site', 'export VERSION=1'],
    outputVariables: ['VERSION'],
    files: ['site/**/*'],
    roleArn: expect.stringContaining(':role/'),
  });
  expect(action('Build/Image')).toMatchObject({
    kind: 'ecr-build',
    repository: 'shop',
    dockerfile: 'service',
    tags: expect.stringMatching(/^latest,#\{.*\.VERSION\}$/),
  });
  expect(action('Deploy/Website')).toMatchObject({ kind: 's3-deploy', bucket: 'shop-website', extract: true });
  expect(action('Deploy/Propose')).toMatchObject({
    kind: 'cloudformation',
    mode: 'CHANGE_SET_REPLACE',
    templatePath: { artifact: 'Source', file: 'queue.yaml' },
    parameterOverrides: expect.stringMatching(/"Fn::GetArtifactAtt":\["Site","ObjectKey"\].*ECRImageDigestId/),
    capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  expect(action('Deploy/Execute')).toMatchObject({ mode: 'CHANGE_SET_EXECUTE', changeSetName: 'next' });
  expect(action('Deploy/Next')).toMatchObject({
    kind: 'pipeline-invoke',
    pipeline: 'shop-after',
    variables: [{ name: 'VERSION', value: expect.stringMatching(/^#\{.*\.VERSION\}$/) }],
    sourceRevisions: [{ action: 'Source', type: 'COMMIT_ID', value: '4f2c1d0' }],
  });
});
