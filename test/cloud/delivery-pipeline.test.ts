import type { Json } from '../../lib/cloud/rules/rule';
import { actionsOf, buildsOf, deliver, pipelineOf, statementsOf } from './delivery';
import { propertiesOf, readable, resourcesOf } from './fixtures';

const { pipelines, template } = deliver();
const builds = buildsOf(pipelines);
const roles = resourcesOf(template, 'AWS::IAM::Role');

describe('pipelines', () => {
  it.each(pipelines.map((pipeline) => [pipeline.name, pipeline] as const))(
    '%s is the model, action for action',
    (name, pipeline) => {
      const rendered = pipelineOf(template, name);
      expect(rendered).toMatchObject({ PipelineType: 'V2', ExecutionMode: 'QUEUED', RestartExecutionOnUpdate: false });
      expect(
        rendered.Stages.map((stage: Json) => ({
          name: stage.Name,
          actions: stage.Actions.map((action: Json) => [action.Name, action.RunOrder]),
          onFailure: stage.OnFailure?.Conditions.map(({ Result, Rules }: Json) => ({
            result: Result,
            rules: Rules.map((rule: Json) => [rule.Name, rule.RuleTypeId.Provider, rule.InputArtifacts[0].Name]),
          })),
          skips: stage.BeforeEntry?.Conditions.map((condition: Json) => condition.Result),
        })),
      ).toEqual(
        pipeline.stages.map((stage) => ({
          name: stage.name,
          actions: stage.actions.map((action) => [action.name, action.runOrder]),
          onFailure: stage.onFailure && [
            {
              result: stage.onFailure.result,
              rules: stage.onFailure.rules.map((rule) => [rule.name, rule.provider, rule.input]),
            },
          ],
          skips: stage.beforeEntry && [stage.beforeEntry.result],
        })),
      );
    },
  );

  it('hand over source, package and variables as the model says', () => {
    const stages = pipelineOf(template, 'visits-development').Stages;
    expect(stages[0].Actions[0]).toMatchObject({ Namespace: 'Source', OutputArtifacts: [{ Name: 'SourceArtifact' }] });
    expect(stages[1].Actions[0]).toMatchObject({
      Namespace: 'Build',
      InputArtifacts: [{ Name: 'SourceArtifact' }],
      OutputArtifacts: [{ Name: 'Package' }],
    });
    const release = stages[2].Actions.find(({ Name }: Json) => Name === 'Release');
    expect(JSON.parse(release.Configuration.EnvironmentVariables)).toEqual([
      { name: 'VERSION', value: '#{Build.VERSION}', type: 'PLAINTEXT' },
      { name: 'IMAGE_DIGEST', value: '#{Image.IMAGE_DIGEST}', type: 'PLAINTEXT' },
    ]);
  });

  it('skip a stage by a VariableCheck in CloudFormation’s words', () => {
    expect(pipelineOf(template, 'visits-production').Stages[2].BeforeEntry.Conditions[0].Rules).toEqual([
      {
        Name: 'NotYetTested',
        RuleTypeId: { Category: 'Rule', Owner: 'AWS', Provider: 'VariableCheck', Version: '1' },
        Configuration: { Variable: '#{Build.TESTED}', Operator: 'EQ', Value: 'no' },
      },
    ]);
  });

  it('ask for the sign-off and bake before they are done', () => {
    const stages = pipelineOf(template, 'visits-production').Stages;
    expect(stages[4].Actions[0]).toMatchObject({
      ActionTypeId: { Category: 'Approval', Owner: 'AWS', Provider: 'Manual', Version: '1' },
      Configuration: { CustomData: 'Deploy visits #{Build.VERSION} to production?' },
      TimeoutInMinutes: 7 * 24 * 60,
    });
    const bake = stages[5].Actions[2];
    expect(bake.ActionTypeId).toMatchObject({ Category: 'Invoke', Provider: 'Lambda' });
    expect(JSON.parse(bake.Configuration.UserParameters)).toEqual({
      alarm: 'visits-production',
      platformAlarm: 'visits_platform',
      minutes: 5,
      url: '#{ProductionVerify.BASE_URL}',
      version: '#{Build.VERSION}',
      inconclusive: 'fail',
      ignoreAlarms: '#{variables.IgnoreAlarms}',
    });
    expect(template.findResources('AWS::Lambda::Function')).toHaveProperty(bake.Configuration.FunctionName.Ref);
  });

  it('accept a release and restore the last good one by the project that deploys', () => {
    const { Actions, OnFailure } = pipelineOf(template, 'visits-production').Stages[5];
    const [deploy, , , accept] = Actions;
    const [rule] = OnFailure.Conditions[0].Rules;
    const modes = [deploy, accept, rule].map(({ Configuration }: Json) => {
      expect(Configuration.ProjectName).toEqual(deploy.Configuration.ProjectName);
      return JSON.parse(Configuration.EnvironmentVariables);
    });
    const plain = (name: string, value: string) => ({ name, value, type: 'PLAINTEXT' });
    const [version, commit] = [plain('VERSION', '#{Build.VERSION}'), plain('COMMIT', '#{Source.CommitId}')];
    expect(modes).toEqual([
      [version, commit, plain('MODE', 'deploy'), plain('IGNORE_ALARMS', '#{variables.IgnoreAlarms}')],
      [version, plain('MODE', 'accept')],
      [version, plain('MODE', 'restore')],
    ]);
  });

  it('have a variable that lets a release in while alarms fire, off unless somebody asks for it', () => {
    for (const { name } of pipelines) {
      expect(pipelineOf(template, name).Variables).toEqual([
        { Name: 'IgnoreAlarms', DefaultValue: 'no', Description: expect.stringContaining('although an alarm fires') },
      ]);
    }
  });

  it('come after the cluster access that their first execution needs', () => {
    const [pipeline] = Object.values(resourcesOf(template, 'AWS::CodePipeline::Pipeline'));
    const entries = Object.keys(resourcesOf(template, 'AWS::EKS::AccessEntry'));
    expect(entries.filter((entry) => pipeline.DependsOn.includes(entry))).toHaveLength(2);
  });

  it('run with a role that starts their own builds and nothing else', () => {
    for (const pipeline of pipelines) {
      const { RoleArn } = pipelineOf(template, pipeline.name);
      const role = roles[RoleArn['Fn::GetAtt'][0]];
      const start = statementsOf(template, role).find(({ Action }) => Action.includes('codebuild:StartBuild'));
      const started = start.Resource.map(
        (arn: Json) => resourcesOf(template, 'AWS::CodeBuild::Project')[arn['Fn::GetAtt'][0]].Properties.Name,
      );
      expect(started.sort()).toEqual(
        builds
          .map(({ name }) => name)
          .filter((name) => name.startsWith(`${pipeline.name}-`))
          .sort(),
      );
      expect(actionsOf(template, role)).not.toContain('sts:AssumeRole');
    }
  });
});

describe('a push', () => {
  const rules = propertiesOf(template, 'AWS::Events::Rule');

  it.each([
    ['develop', 'visits-development'],
    ['main', 'visits-production'],
  ])('to %s starts %s with that commit, and a tag of that name does not', (branch, pipeline) => {
    const rule = rules.find(({ Name }) => Name === `${pipeline}-push`);
    expect(rule.EventPattern).toMatchObject({
      source: ['aws.codecommit'],
      'detail-type': ['CodeCommit Repository State Change'],
      detail: { event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'], referenceName: [branch] },
    });
    expect(readable(rule.EventPattern.resources)).toMatch(/:codecommit:.*:visits$/);
    expect(rule.Targets).toHaveLength(1);
    const [target] = rule.Targets;
    expect(readable(target.Arn)).toMatch(new RegExp(`:codepipeline:.*:${pipeline}$`));
    expect(target.InputTransformer.InputPathsMap).toEqual({ commit: '$.detail.commitId' });
    expect(JSON.parse(target.InputTransformer.InputTemplate.replace('<commit>', '"4f2c1d0"'))).toEqual({
      sourceRevisions: [{ actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: '4f2c1d0' }],
    });
    expect(target.DeadLetterConfig).toBeDefined();
    expect(actionsOf(template, roles[target.RoleArn['Fn::GetAtt'][0]])).toEqual([
      'codepipeline:StartPipelineExecution',
    ]);
  });

  it('is not polled for beside', () => {
    for (const { Stages } of propertiesOf(template, 'AWS::CodePipeline::Pipeline'))
      expect(Stages[0].Actions[0].Configuration.PollForSourceChanges).toBe('false');
  });

  it('to a repository behind a connection starts the pipeline by its own trigger, once', () => {
    const arn = 'arn:aws:codestar-connections:eu-west-1:111122223333:connection/00000000-0000-4000-8000-000000000000';
    const { template: connected } = deliver(
      `source:\n  provider: connection\n  repository: Acme/visits\n  connectionArn: ${arn}\n`,
    );
    expect(propertiesOf(connected, 'AWS::Events::Rule')).toEqual([]);
    const pipeline = pipelineOf(connected, 'visits-development');
    expect(pipeline.Triggers).toEqual([
      {
        ProviderType: 'CodeStarSourceConnection',
        GitConfiguration: { SourceActionName: 'Source', Push: [{ Branches: { Includes: ['develop'] } }] },
      },
    ]);
    expect(pipeline.Stages[0].Actions[0].Configuration).toEqual({
      ConnectionArn: arn,
      FullRepositoryId: 'Acme/visits',
      BranchName: 'develop',
      DetectChanges: 'false',
      OutputArtifactFormat: 'CODE_ZIP',
    });
    const role = resourcesOf(connected, 'AWS::IAM::Role')[pipeline.RoleArn['Fn::GetAtt'][0]];
    expect(actionsOf(connected, role)).toContain('codestar-connections:UseConnection');
  });
});
