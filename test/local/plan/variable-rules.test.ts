import { action, rule, testMutants, variables } from './mutants';

testMutants([
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
]);
