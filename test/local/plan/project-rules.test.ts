import { project, resource, testMutants } from './mutants';

testMutants([
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
    'code that is not there',
    (t) => {
      resource(t, 'Bake4B9C').Properties.Code.S3Key = 'gone.zip';
    },
    'Bake4B9C/Code',
    /s3:\/\/cdk-hnb659fds-assets-111122223333-eu-west-1\/gone\.zip is no asset of this assembly/,
  ],
  ['no code', (t) => delete resource(t, 'Bake4B9C').Properties.Code, 'Bake4B9C/Code', /required and missing/],
]);
