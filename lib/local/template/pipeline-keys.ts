import type { Keys } from './keys';

const onlyCommands = 'only an action of the provider Commands (category Compute) has them.';
const label = 'It is a label.';

/** The part of KEYS that is a pipeline's own: stages, actions, conditions, triggers, artifact stores. */
export const PIPELINE_KEYS = {
  pipeline: {
    of: 'AWS::CodePipeline::Pipeline',
    reads: [
      'Name',
      'PipelineType',
      'ExecutionMode',
      'Stages',
      'Variables',
      'Triggers',
      'ArtifactStore',
      'ArtifactStores',
      'DisableInboundStageTransitions',
    ],
    ignores: {
      RoleArn:
        "The engine starts the actions itself; only what runs on CodePipeline's own compute takes it, having none of its own.",
      RestartExecutionOnUpdate: 'A run here reads the pipeline once, when it starts.',
      Tags: label,
    },
  },
  artifactStore: { of: 'artifact store', reads: ['Type', 'Location', 'EncryptionKey'] },
  artifactStores: { of: 'entry of ArtifactStores', reads: ['Region', 'ArtifactStore'] },
  encryptionKey: { of: 'encryption key', reads: ['Id', 'Type'] },
  transition: { of: 'disabled transition', reads: ['StageName', 'Reason'] },
  trigger: { of: 'trigger', reads: ['ProviderType', 'GitConfiguration'] },
  gitConfiguration: { of: 'GitConfiguration', reads: ['SourceActionName', 'Push', 'PullRequest'] },
  pushFilter: { of: 'push filter', reads: ['Tags', 'Branches', 'FilePaths'] },
  pullRequestFilter: { of: 'pull request filter', reads: ['Events', 'Branches', 'FilePaths'] },
  globs: { of: 'criterion', reads: ['Includes', 'Excludes'] },
  variable: { of: 'pipeline variable', reads: ['Name', 'DefaultValue'], ignores: { Description: label } },
  stage: {
    of: 'stage',
    reads: ['Name', 'Actions', 'BeforeEntry', 'OnSuccess', 'OnFailure'],
    refuses: { Blockers: 'nothing blocks a stage here; use a manual approval.' },
  },
  action: {
    of: 'action',
    reads: [
      'Name',
      'ActionTypeId',
      'RunOrder',
      'Configuration',
      'InputArtifacts',
      'OutputArtifacts',
      'Namespace',
      'RoleArn',
      'TimeoutInMinutes',
      'Region',
    ],
    refuses: {
      Commands: onlyCommands,
      OutputVariables: onlyCommands,
      EnvironmentVariables: 'give them in Configuration.EnvironmentVariables of a CodeBuild action.',
    },
  },
  actionType: { of: 'ActionTypeId', reads: ['Category', 'Owner', 'Provider', 'Version'] },
  inputArtifact: { of: 'input artifact', reads: ['Name'] },
  outputArtifact: {
    of: 'output artifact',
    reads: ['Name'],
    refuses: { Files: 'only the output of an action Commands has them.' },
  },
  conditions: { of: 'stage hook', reads: ['Conditions'] },
  failure: {
    of: 'OnFailure',
    reads: ['Result', 'RetryConfiguration', 'Conditions'],
  },
  retry: { of: 'RetryConfiguration', reads: ['RetryMode'] },
  condition: { of: 'condition', reads: ['Result', 'Rules'] },
  rule: {
    of: 'rule',
    reads: ['Name', 'RuleTypeId', 'Configuration', 'InputArtifacts', 'RoleArn', 'Region'],
    refuses: {
      Commands: 'only a rule of the provider Commands has them.',
      TimeoutInMinutes: 'CloudFormation has no timeout of a rule either; remove it.',
    },
  },
  commandsRule: {
    of: 'rule Commands',
    reads: ['Name', 'RuleTypeId', 'Configuration', 'InputArtifacts', 'RoleArn', 'Region', 'Commands'],
    refuses: { TimeoutInMinutes: 'CloudFormation has no timeout of a rule either; remove it.' },
  },
  ruleType: { of: 'RuleTypeId', reads: ['Category', 'Owner', 'Provider', 'Version'] },
  variableCheck: { of: 'rule VariableCheck', reads: ['Variable', 'Operator', 'Value'] },
  alarmRule: { of: 'rule CloudWatchAlarm', reads: ['AlarmName', 'AlarmStates', 'WaitTime'] },
  windowRule: { of: 'rule DeploymentWindow', reads: ['Cron', 'TimeZone'] },
} satisfies Record<string, Keys>;
