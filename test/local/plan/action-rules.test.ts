import { action, resource, testMutants, variables } from './mutants';

testMutants([
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
]);
