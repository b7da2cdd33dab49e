import { expect, test } from '@jest/globals';
import { diagnosticsOf, type Loose, pipelineOf } from './delivery-assembly';

type Templates = Record<string, Loose>;
type Mutant = readonly [what: string, change: (templates: Templates) => void, path: string, message: RegExp];

const stage = (templates: Templates, index: number): Loose => pipelineOf(templates).Stages[index];
const action = (templates: Templates, at: number, index = 0): Loose => stage(templates, at).Actions[index];
const resource = (templates: Templates, logicalId: string): Loose => templates['VisitsDelivery'].Resources[logicalId];
const project = (templates: Templates): Loose => resource(templates, 'BuildProject').Properties;
const condition = (templates: Templates): Loose => stage(templates, 2).BeforeEntry.Conditions[0];
const rule = (templates: Templates): Loose => condition(templates).Rules[0];
const variables = (list: unknown): string => JSON.stringify(list);
const build = (name: string, more: object): Loose => ({
  ActionTypeId: { Category: 'Test', Owner: 'AWS', Provider: 'CodeBuild', Version: '1' },
  Configuration: { ProjectName: 'visits-unit' },
  InputArtifacts: [{ Name: 'SourceArtifact' }],
  Name: name,
  ...more,
});

/** Every rule has a template that breaks it alone: the diagnostic names the place, what was expected and what to do. */
const MUTANTS: readonly Mutant[] = [
  // The pipeline as a whole
  ['one stage only', (t) => pipelineOf(t).Stages.splice(1), 'Stages', /2 to 50 stages, found 1/],
  [
    '51 stages',
    (t) => {
      for (let n = 0; n < 46; n += 1) pipelineOf(t).Stages.push({ Name: `S${n}`, Actions: [build('A', {})] });
    },
    'Stages',
    /2 to 50 stages, found 51/,
  ],
  ['no stages at all', (t) => delete pipelineOf(t).Stages, 'Stages', /found 0/],
  ['a stage without actions', (t) => (stage(t, 3).Actions = []), 'Stages[3].Actions', /1 to 50 actions, found 0/],
  [
    '51 actions in a stage',
    (t) => {
      for (let n = 0; n < 50; n += 1) stage(t, 3).Actions.push(build(`A${n}`, {}));
    },
    'Stages[3].Actions',
    /1 to 50 actions, found 51/,
  ],
  ['two stages of one name', (t) => (stage(t, 4).Name = 'Build'), 'Stages[4]', /names of stages are unique/],
  [
    'two actions of one name',
    (t) => (action(t, 2, 2).Name = 'Image'),
    'Stages[2].Actions[2]',
    /names of actions are unique/,
  ],
  [
    'a build in the first stage',
    (t) => stage(t, 0).Actions.push(build('B', { RunOrder: 2 })),
    'Stages[0].Actions[1]',
    /source actions only/,
  ],
  [
    'a source in a later stage',
    (t) => {
      const moved = structuredClone(action(t, 0));
      stage(t, 3).Actions.push({ ...moved, Name: 'Late', Namespace: 'Late', OutputArtifacts: [{ Name: 'Late' }] });
    },
    'Stages[3].Actions[1]',
    /belong to the first stage/,
  ],
  ['a name with a space', (t) => (pipelineOf(t).Name = 'my pipeline'), 'Name', /1–100 letters, digits/],
  ['a stage name with a slash', (t) => (stage(t, 3).Name = 'Sign/Off'), 'Stages[3].Name', /1–100 letters, digits/],
  ['an action name of 101 letters', (t) => (action(t, 3).Name = 'x'.repeat(101)), 'Stages[3].Actions[0].Name', /1–100/],
  [
    'PARALLEL',
    (t) => (pipelineOf(t).ExecutionMode = 'PARALLEL'),
    'ExecutionMode',
    /QUEUED or SUPERSEDED, found "PARALLEL"/,
  ],
  ['a type nobody knows', (t) => (pipelineOf(t).PipelineType = 'V3'), 'PipelineType', /V1 or V2/],
  [
    'two variables of one name',
    (t) => pipelineOf(t).Variables.push({ Name: 'REASON' }),
    'Variables[1]',
    /Two variables/,
  ],
  ['an empty default', (t) => (pipelineOf(t).Variables[0].DefaultValue = ''), 'Variables[0].DefaultValue', /1 to 1000/],
  [
    'a variable without a name',
    (t) => delete pipelineOf(t).Variables[0].Name,
    'Variables[0].Name',
    /required and missing/,
  ],
  [
    '51 variables',
    (t) => (pipelineOf(t).Variables = Array.from({ length: 51 }, (_, n) => ({ Name: `V${n}` }))),
    'Variables',
    /at most 50 variables, found 51/,
  ],

  // Hooks
  [
    'a rollback of the source stage',
    (t) => (stage(t, 0).OnFailure = { Result: 'ROLLBACK' }),
    'Stages[0].OnFailure',
    /cannot be rolled back/,
  ],
  [
    'a rollback of the source stage on success',
    (t) => (stage(t, 0).OnSuccess = { Conditions: [{ Result: 'ROLLBACK', Rules: [structuredClone(rule(t))] }] }),
    'Stages[0].OnSuccess',
    /cannot be rolled back/,
  ],
  [
    'a result that onFailure has not',
    (t) => (stage(t, 4).OnFailure.Result = 'SKIP'),
    'Stages[4].OnFailure.Result',
    /ROLLBACK or RETRY/,
  ],
  ['onFailure without a result', (t) => (stage(t, 4).OnFailure = {}), 'Stages[4].OnFailure', /Result is missing/],
  [
    'a retry mode for a rollback',
    (t) => (stage(t, 4).OnFailure.RetryConfiguration = { RetryMode: 'ALL_ACTIONS' }),
    'Stages[4].OnFailure.RetryConfiguration',
    /only with Result RETRY/,
  ],
  [
    'a result that beforeEntry has not',
    (t) => (condition(t).Result = 'ROLLBACK'),
    'Stages[2].BeforeEntry.Conditions[0].Result',
    /FAIL or SKIP/,
  ],
  [
    'a condition without a result',
    (t) => delete condition(t).Result,
    'Stages[2].BeforeEntry.Conditions[0]',
    /Result is missing/,
  ],
  [
    'SKIP on success',
    (t) => {
      stage(t, 2).OnSuccess = stage(t, 2).BeforeEntry;
      delete stage(t, 2).BeforeEntry;
    },
    'Stages[2].OnSuccess.Conditions[0].Result',
    /FAIL or ROLLBACK/,
  ],
  [
    'two conditions',
    (t) => stage(t, 2).BeforeEntry.Conditions.push(structuredClone(condition(t))),
    'Stages[2].BeforeEntry.Conditions',
    /exactly one condition, found 2/,
  ],
  ['no condition', (t) => (stage(t, 2).BeforeEntry.Conditions = []), 'Stages[2].BeforeEntry.Conditions', /found 0/],
  ['no rule', (t) => (condition(t).Rules = []), 'Stages[2].BeforeEntry.Conditions[0].Rules', /1 to 5 rules, found 0/],
  [
    'six rules',
    (t) => (condition(t).Rules = Array.from({ length: 6 }, (_, n) => ({ ...structuredClone(rule(t)), Name: `R${n}` }))),
    'Stages[2].BeforeEntry.Conditions[0].Rules',
    /1 to 5 rules, found 6/,
  ],
  [
    'two rules of one name',
    (t) => condition(t).Rules.push(structuredClone(rule(t))),
    'Stages[2].BeforeEntry.Conditions[0].Rules[1]',
    /Two rules have the name/,
  ],
  [
    'a rule that does not run here',
    (t) => (rule(t).RuleTypeId.Provider = 'CloudWatchAlarm'),
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].RuleTypeId',
    /CloudWatchAlarm.* does not run locally; only VariableCheck/,
  ],
  [
    'an operator nobody knows',
    (t) => (rule(t).Configuration.Operator = 'LIKE'),
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].Configuration.Operator',
    /EQ or NE or CONTAINS or MATCHES/,
  ],
  [
    'a rule without a value',
    (t) => delete rule(t).Configuration.Value,
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].Configuration.Value',
    /required and missing/,
  ],
  [
    'a pattern that only Java has',
    (t) => Object.assign(rule(t).Configuration, { Operator: 'MATCHES', Value: '(?>a)' }),
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].Configuration.Value',
    /no regular expression/,
  ],

  // Actions
  [
    'a provider that does not run here',
    (t) => (action(t, 3).ActionTypeId.Provider = 'EKS'),
    'Stages[3].Actions[0].ActionTypeId',
    /EKS .*does not run locally/,
  ],
  [
    'a category of another provider',
    (t) => (action(t, 1).ActionTypeId.Category = 'Deploy'),
    'Stages[1].Actions[0].ActionTypeId',
    /category Deploy/,
  ],
  [
    'another owner',
    (t) => (action(t, 3).ActionTypeId.Owner = 'Custom'),
    'Stages[3].Actions[0].ActionTypeId',
    /owner Custom/,
  ],
  [
    'another version',
    (t) => (action(t, 3).ActionTypeId.Version = '2'),
    'Stages[3].Actions[0].ActionTypeId',
    /version 2/,
  ],
  [
    'no type',
    (t) => delete action(t, 3).ActionTypeId.Provider,
    'Stages[3].Actions[0].ActionTypeId.Provider',
    /required and missing/,
  ],
  [
    'another region',
    (t) => (action(t, 3).Region = 'us-east-1'),
    'Stages[3].Actions[0].Region',
    /us-east-1, its pipeline in eu-west-1/,
  ],
  ['run order 0', (t) => (action(t, 3).RunOrder = 0), 'Stages[3].Actions[0].RunOrder', /from 1 to 999/],
  ['run order 1.5', (t) => (action(t, 3).RunOrder = 1.5), 'Stages[3].Actions[0].RunOrder', /whole number/],
  ['run order 1000', (t) => (action(t, 3).RunOrder = 1000), 'Stages[3].Actions[0].RunOrder', /from 1 to 999/],
  [
    'a build with a timeout',
    (t) => (action(t, 1).TimeoutInMinutes = 5),
    'Stages[1].Actions[0].TimeoutInMinutes',
    /Only a manual approval/,
  ],
  [
    'an approval of 4 minutes',
    (t) => (action(t, 3).TimeoutInMinutes = 4),
    'Stages[3].Actions[0].TimeoutInMinutes',
    /5 to 86400/,
  ],
  [
    'a source of branches nobody named',
    (t) => delete action(t, 0).Configuration.BranchName,
    'Stages[0].Actions[0].Configuration.BranchName',
    /required/,
  ],
  [
    'a full clone',
    (t) => (action(t, 0).Configuration.OutputArtifactFormat = 'CODEBUILD_CLONE_REF'),
    'Stages[0].Actions[0].Configuration.OutputArtifactFormat',
    /CODE_ZIP/,
  ],
  [
    'a value of 1001 characters',
    (t) => (action(t, 3).Configuration.CustomData = 'x'.repeat(1001)),
    'Stages[3].Actions[0].Configuration.CustomData',
    /1001 characters; CodePipeline takes 1000/,
  ],
  [
    'a value that is a list',
    (t) => (action(t, 3).Configuration.CustomData = ['x']),
    'Stages[3].Actions[0].Configuration.CustomData',
    /Expected a string/,
  ],
  [
    'a project nobody has',
    (t) => (action(t, 1).Configuration.ProjectName = 'none'),
    'Stages[1].Actions[0].Configuration.ProjectName',
    /No stack of this assembly holds/,
  ],
  [
    'two projects of one name',
    (t) => (resource(t, 'UnitProject').Properties.Name = 'visits-build'),
    'Stages[1].Actions[0].Configuration.ProjectName',
    /the name of more than one/,
  ],
  [
    'a function nobody has',
    (t) => (action(t, 4, 1).Configuration.FunctionName = 'none'),
    'Stages[4].Actions[1].Configuration.FunctionName',
    /No stack/,
  ],
  [
    'variables that are no JSON',
    (t) => (action(t, 1).Configuration.EnvironmentVariables = 'A=b'),
    'Stages[1].Actions[0].Configuration.EnvironmentVariables',
    /JSON list/,
  ],
  [
    'a variable with a member nobody knows',
    (t) => (action(t, 1).Configuration.EnvironmentVariables = variables([{ name: 'A', value: 'b', secret: true }])),
    'Stages[1].Actions[0].Configuration.EnvironmentVariables',
    /secret/,
  ],
  [
    'a variable of a type nobody knows',
    (t) => (action(t, 1).Configuration.EnvironmentVariables = variables([{ name: 'A', value: 'b', type: 'VAULT' }])),
    'Stages[1].Actions[0].Configuration.EnvironmentVariables',
    /Expected type PLAINTEXT or PARAMETER_STORE or SECRETS_MANAGER/,
  ],
  [
    'a reserved variable',
    (t) => (action(t, 1).Configuration.EnvironmentVariables = variables([{ name: 'CODEBUILD_X', value: 'b' }])),
    'Stages[1].Actions[0].Configuration.EnvironmentVariables',
    /reserved/,
  ],
  [
    'a variable twice',
    (t) =>
      (action(t, 1).Configuration.EnvironmentVariables = variables(['1', '2'].map((value) => ({ name: 'A', value })))),
    'Stages[1].Actions[0].Configuration.EnvironmentVariables',
    /stands here twice/,
  ],

  // Artifacts
  [
    'a build without input',
    (t) => delete action(t, 2, 2).InputArtifacts,
    'Stages[2].Actions[2].InputArtifacts',
    /1 to 5 input artifacts.*found 0/,
  ],
  [
    'an approval with input',
    (t) => (action(t, 3).InputArtifacts = [{ Name: 'SourceArtifact' }]),
    'Stages[3].Actions[0].InputArtifacts',
    /Expected 0 input/,
  ],
  [
    'a source without output',
    (t) => delete action(t, 0).OutputArtifacts,
    'Stages[0].Actions[0].OutputArtifacts',
    /Expected 1 output/,
  ],
  [
    'an input nobody makes',
    (t) => (action(t, 2, 2).InputArtifacts[0].Name = 'Nothing'),
    'Stages[2].Actions[2].InputArtifacts',
    /No action puts out "Nothing"; .*SourceArtifact, Package/,
  ],
  [
    'an input from a parallel action',
    (t) => {
      action(t, 2, 1).OutputArtifacts = [{ Name: 'Made' }];
      action(t, 2, 2).InputArtifacts[0].Name = 'Made';
    },
    'Stages[2].Actions[2].InputArtifacts',
    /"Made" comes from Test\/Image, which does not run before/,
  ],
  [
    'an output of two actions',
    (t) => (action(t, 2, 2).OutputArtifacts = [{ Name: 'Package' }]),
    'Stages[2].Actions[2].OutputArtifacts',
    /already the output of Build\/Build/,
  ],
  [
    'an input twice',
    (t) => action(t, 1).InputArtifacts.push({ Name: 'SourceArtifact' }),
    'Stages[1].Actions[0].InputArtifacts[1]',
    /twice/,
  ],
  [
    'an artifact name with a dot',
    (t) => (action(t, 1).OutputArtifacts[0].Name = 'a.b'),
    'Stages[1].Actions[0].OutputArtifacts[0].Name',
    /1–100 letters, digits and - _/,
  ],
  [
    'two inputs without a primary one',
    (t) => action(t, 4).InputArtifacts.push({ Name: 'Package' }),
    'Stages[4].Actions[0].Configuration',
    /PrimarySource is required/,
  ],
  [
    'a primary source that is no input',
    (t) => (action(t, 4).Configuration.PrimarySource = 'Package'),
    'Stages[4].Actions[0].Configuration.PrimarySource',
    /none of the input artifacts/,
  ],

  // Variables
  [
    'a namespace twice',
    (t) => (action(t, 4).Namespace = 'Build'),
    'Stages[4].Actions[0].Namespace',
    /already the namespace of Build\/Build/,
  ],
  [
    'a reserved namespace',
    (t) => (action(t, 4).Namespace = 'variables'),
    'Stages[4].Actions[0].Namespace',
    /own namespace/,
  ],
  [
    'a namespace named as an artifact',
    (t) => (action(t, 4).Namespace = 'Package'),
    'Stages[4].Actions[0].Namespace',
    /also the name of an artifact/,
  ],
  [
    'a variable of nobody',
    (t) => (action(t, 3).Configuration.CustomData = '#{Nobody.X}'),
    'Stages[3].Actions[0].Configuration.CustomData',
    /no action has the namespace "Nobody"; .*Source, Build, Image/,
  ],
  [
    'a variable that the build does not export',
    (t) => (action(t, 3).Configuration.CustomData = '#{Build.VERSIONS}'),
    'Stages[3].Actions[0].Configuration.CustomData',
    /Build\/Build puts out VERSION, TESTED/,
  ],
  [
    'a variable that a source does not have',
    (t) => (action(t, 3).Configuration.CustomData = '#{Source.Tag}'),
    'Stages[3].Actions[0].Configuration.CustomData',
    /Source\/Source puts out .*CommitId/,
  ],
  [
    'a variable from a parallel action',
    (t) =>
      (action(t, 2, 2).Configuration.EnvironmentVariables = variables([{ name: 'D', value: '#{Image.IMAGE_DIGEST}' }])),
    'Stages[2].Actions[2].Configuration.EnvironmentVariables',
    /Test\/Image does not run before/,
  ],
  [
    'a condition on what its own stage makes',
    (t) => (rule(t).Configuration.Variable = '#{Image.IMAGE_DIGEST}'),
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].Configuration.Variable',
    /does not run before/,
  ],
  [
    'a pipeline variable nobody declared',
    (t) => (action(t, 3).Configuration.CustomData = '#{variables.WHY}'),
    'Stages[3].Actions[0].Configuration.CustomData',
    /no variable "WHY"; it has REASON/,
  ],
  [
    'a pipeline variable in a source',
    (t) => (action(t, 0).Configuration.BranchName = '#{variables.REASON}'),
    'Stages[0].Actions[0].Configuration.BranchName',
    /cannot be used in source actions/,
  ],
  [
    'another member of codepipeline',
    (t) => (action(t, 3).Configuration.CustomData = '#{codepipeline.Name}'),
    'Stages[3].Actions[0].Configuration.CustomData',
    /only PipelineExecutionId/,
  ],
  [
    'a reference without an end',
    (t) => (action(t, 3).Configuration.CustomData = '#{Build.VERSION'),
    'Stages[3].Actions[0].Configuration.CustomData',
    /is no variable/,
  ],
  [
    'a reference without a namespace',
    (t) => (action(t, 3).Configuration.CustomData = '#{VERSION}'),
    'Stages[3].Actions[0].Configuration.CustomData',
    /is no variable/,
  ],

  // Projects
  [
    'no buildspec',
    (t) => delete project(t).Source.BuildSpec,
    'BuildProject/Source.BuildSpec',
    /the buildspec.yml of the repository that is built would run/,
  ],
  [
    'a buildspec file',
    (t) => (project(t).Source.BuildSpec = 'ci/buildspec.yml'),
    'BuildProject/Source.BuildSpec',
    /name of a file/,
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
    'a source of its own',
    (t) => (project(t).Source.Type = 'CODECOMMIT'),
    'BuildProject/Source.Type',
    /Expected CODEPIPELINE/,
  ],
  [
    'artifacts of its own',
    (t) => (project(t).Artifacts.Type = 'S3'),
    'BuildProject/Artifacts.Type',
    /Expected CODEPIPELINE/,
  ],
  [
    'Windows',
    (t) => (project(t).Environment.Type = 'WINDOWS_SERVER_2022_CONTAINER'),
    'BuildProject/Environment.Type',
    /LINUX_CONTAINER or ARM_CONTAINER/,
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
    'inline code',
    (t) => {
      resource(t, 'Bake4B9C').Properties.Code = { ZipFile: 'exports.handler = 1' };
      delete resource(t, 'Bake4B9C').Metadata;
    },
    'Bake4B9C/Code',
    /is inline/,
  ],
  [
    'code that is not there',
    (t) => (resource(t, 'Bake4B9C').Metadata['aws:asset:path'] = 'asset.gone'),
    'Bake4B9C/Code',
    /asset.gone is not in the assembly/,
  ],
  [
    'code of another assembly',
    (t) => {
      resource(t, 'Bake4B9C').Properties.Code.S3Key = 'other.zip';
      delete resource(t, 'Bake4B9C').Metadata;
    },
    'Bake4B9C/Code',
    /no asset of this assembly/,
  ],
];

test.each(MUTANTS)('%s is an error', (_, change, path, message) => {
  const errors = diagnosticsOf((templates) => {
    change(templates);
  });
  const [logicalId, property] = path.includes('/') ? path.split('/') : ['Development19B4', path];
  const expected = `Resources.${logicalId}.Properties.${property}`;
  expect(errors.map(({ file }) => file)).toEqual(errors.map(() => 'VisitsDelivery.template.json'));
  expect(errors.filter((error) => error.path === expected).map((error) => error.message)).toEqual([
    expect.stringMatching(message),
  ]);
});

test.each(['ExecutionMode', 'Variables', 'Stages[2].BeforeEntry', 'Stages[4].OnFailure'])(
  'a pipeline of type V1 with %s is an error',
  (path) => {
    const errors = diagnosticsOf((templates) => {
      delete pipelineOf(templates).PipelineType;
    });
    expect(errors).toContainEqual({
      file: 'VisitsDelivery.template.json',
      path: `Resources.Development19B4.Properties.${path}`,
      message: expect.stringContaining('Needs a pipeline of type V2'),
    });
  },
);

test('every error comes at once', () => {
  const errors = diagnosticsOf((templates) => {
    pipelineOf(templates).ExecutionMode = 'PARALLEL';
    action(templates, 3).RunOrder = 0;
    delete project(templates).Source.BuildSpec;
    resource(templates, 'Bake4B9C').Properties.Runtime = 'python3.13';
  });
  const places = ['ExecutionMode', 'RunOrder', 'BuildSpec', 'Runtime'];
  expect(places.filter((place) => !errors.some(({ path }) => path.endsWith(place)))).toEqual([]);
});

test('two pipelines of one name, and an assembly without any, are errors', () => {
  const twice = diagnosticsOf((templates) => {
    const { Resources } = templates['VisitsDelivery'];
    Resources.Again = structuredClone(Resources.Development19B4);
  });
  expect(twice).toMatchObject([{ path: 'Resources.Again', message: expect.stringContaining('already the name of') }]);
  const none = diagnosticsOf((templates) => {
    delete templates['VisitsDelivery'].Resources.Development19B4;
  });
  expect(none).toMatchObject([{ message: expect.stringContaining('No stack of this assembly holds a pipeline') }]);
});
