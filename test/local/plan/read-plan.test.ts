import { describe, expect, test } from '@jest/globals';
import type { PlannedAction, PlannedStage } from '../../../lib/local/plan';
import { pipelineOf, planOf } from './delivery-assembly';
import { onFailure, resource, stage } from './mutants';

describe('readPlan on the assembly of a delivery pipeline', () => {
  const plan = planOf();
  const actions = plan.stages.flatMap((stage) => stage.actions);

  test('holds the pipeline, its stages, and its actions by run order', () => {
    expect(plan).toMatchObject({ pipeline: 'visits-development', stack: 'VisitsDelivery', executionMode: 'QUEUED' });
    expect(plan.variables).toEqual([{ name: 'REASON', default: 'push' }]);
    expect(actions.map(({ id, runOrder }) => [id, runOrder])).toEqual([
      ['Source/Source', 1],
      ['Build/Build', 1],
      ['Test/Image', 1],
      ['Test/Unit', 1],
      ['Test/Release', 2],
      ['SignOff/ClientSignOff', 1],
      ['Dev/Deploy', 1],
      ['Dev/Bake', 2],
    ]);
  });

  test('evaluates what crosses stacks: the source repository is imported from its own', () => {
    expect(actions[0]).toMatchObject({
      kind: 'codecommit',
      repository: 'visits',
      branch: 'develop',
      namespace: 'Source',
    });
  });

  test('resolves a CodeBuild action to its project, with buildspec, environment, cache and the variables of the run', () => {
    expect(actions[1]).toMatchObject({
      kind: 'codebuild',
      inputs: ['SourceArtifact'],
      outputs: ['Package'],
      project: {
        name: 'visits-build',
        arn: 'arn:aws:codebuild:eu-west-1:111122223333:project/visits-build',
        roleArn: 'arn:aws:iam::111122223333:role/VisitsDelivery-BuildRole',
        buildspec: expect.stringContaining('- make build'),
        cacheNamespace: 'visits',
        timeoutMinutes: 15,
        privileged: false,
      },
      environment: [{ name: 'COMMIT', value: '#{Source.CommitId}', type: 'PLAINTEXT' }],
    });
    expect(actions[2]).toMatchObject({
      project: {
        privileged: true,
        environment: [{ name: 'REPOSITORY_URI', value: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/visits' }],
      },
    });
  });

  test('holds conditions, rollback, approval and the function with its code', () => {
    const [, , testing, signOff, dev] = plan.stages;
    expect(testing?.beforeEntry).toEqual({
      result: 'SKIP',
      rules: [
        { name: 'NotTested', provider: 'VariableCheck', variable: '#{Build.TESTED}', operator: 'EQ', value: 'no' },
      ],
    });
    expect(dev?.onFailure).toEqual({ result: 'ROLLBACK' });
    const { roleArn: _, ...deploy } = (dev as PlannedStage).actions[0] as PlannedAction;
    const withRule = (project?: object) =>
      planOf((templates) => {
        stage(templates, 4).OnFailure = onFailure(templates);
        Object.assign(resource(templates, 'DeployProject').Properties, project);
      });
    expect(withRule().stages[4]?.onFailure).toEqual({
      condition: {
        result: 'ROLLBACK',
        rules: [{ name: 'Restore', provider: 'CodeBuild', action: { ...deploy, id: 'Dev/Restore', name: 'Restore' } }],
      },
    });
    expect(withRule().structure).not.toBe(plan.structure);
    expect(withRule({ TimeoutInMinutes: 99 }).structure).toBe(withRule().structure);
    expect(signOff?.actions[0]).toMatchObject({
      kind: 'approval',
      message: 'Release #{Build.VERSION}?',
      link: 'https://visits.example.com',
      timeoutMinutes: 1440,
    });
    expect(dev?.actions[1]).toMatchObject({
      kind: 'lambda',
      userParameters: '{"alarm":"visits-dev","minutes":1}',
      function: {
        handler: 'index.handler',
        runtime: 'nodejs22.x',
        code: expect.stringMatching(/delivery\/asset\.5b0c$/),
        environment: { CLUSTER: 'slipway' },
        timeoutSeconds: 60,
      },
    });
  });

  test('lists with a reason what the template says and a local run does without', () => {
    const ignored = plan.ignored?.map(({ property, path }) => `${property} ${path}`);
    expect(ignored).toContain('AWS::CodeBuild::Project.VpcConfig Resources.DeployProject.Properties.VpcConfig');
    expect(plan.ignored?.every(({ reason }) => reason.length > 5)).toBe(true);
  });

  test('gives the same structure hash to the same pipeline, and another one to another', () => {
    expect(planOf().structure).toBe(plan.structure);
    expect(plan.structure).toMatch(/^[0-9a-f]{64}$/);
    const renamed = planOf((templates) => {
      pipelineOf(templates).Stages[2].Actions[2].Name = 'UnitTests';
    });
    expect(renamed.structure).not.toBe(plan.structure);
  });
});
