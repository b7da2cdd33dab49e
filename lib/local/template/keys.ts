import { PIPELINE_KEYS } from './pipeline-keys';

/** How the members of one kind of object are treated. A member that none of the lists holds is an error. */
export interface Keys {
  /** What the object is, as diagnostics name it. */
  readonly of: string;
  readonly reads: readonly string[];
  /** Without effect on this machine, deliberately: member -> why that is right. */
  readonly ignores?: Readonly<Record<string, string>>;
  /** Known and not supported: member -> what to do instead. */
  readonly refuses?: Readonly<Record<string, string>>;
}

const pipelineSource = "CodePipeline hands the source over in place of the project's own, on AWS too.";
const singleSource = 'a build here has the one source that CodePipeline gives it; hand more over as input artifacts.';
const hostExecutor = "The buildspec's commands run on this machine, not in an image.";
const noAlarmActions = 'Nothing is notified here; who watches an alarm reads its state.';
const label = 'It is a label.';

/**
 * Every object of a template that a pipeline is read from, with what becomes of each member: the one place that says what
 * has no effect locally, and why. Sources: the resource types' pages in the CloudFormation template reference.
 */
export const KEYS = {
  ...PIPELINE_KEYS,

  codecommit: {
    of: 'action CodeCommit',
    reads: ['RepositoryName', 'BranchName', 'OutputArtifactFormat', 'PollForSourceChanges'],
  },
  connection: {
    of: 'action CodeStarSourceConnection',
    reads: ['ConnectionArn', 'FullRepositoryId', 'BranchName', 'OutputArtifactFormat', 'DetectChanges'],
  },
  codebuild: {
    of: 'action CodeBuild',
    reads: [
      'ProjectName',
      'PrimarySource',
      'EnvironmentVariables',
      'BatchEnabled',
      'BuildspecOverride',
      'CombineArtifacts',
    ],
  },
  approval: {
    of: 'action Manual approval',
    reads: ['CustomData', 'ExternalEntityLink'],
    ignores: { NotificationArn: 'The approval is asked for where the run is watched; no message is sent.' },
  },
  lambda: { of: 'action Lambda', reads: ['FunctionName', 'UserParameters'] },

  project: {
    of: 'AWS::CodeBuild::Project',
    reads: [
      'Name',
      'ServiceRole',
      'Source',
      'Artifacts',
      'Environment',
      'TimeoutInMinutes',
      'Cache',
      'BuildBatchConfig',
      'EncryptionKey',
      'QueuedTimeoutInMinutes',
      'Triggers',
    ],
    ignores: {
      AutoRetryLimit: 'It does not apply to builds that CodePipeline starts, on AWS neither.',
      BadgeEnabled: 'There is no public page for a badge here.',
      ConcurrentBuildLimit: 'As many builds run as the stage starts in parallel.',
      Description: label,
      LogsConfig: "The log is kept in the run's own folder.",
      SourceVersion: 'CodePipeline chooses the version, on AWS too.',
      Tags: label,
      Visibility: 'Nothing of a run here is public.',
      VpcConfig: "Builds run in this machine's own network.",
    },
    refuses: {
      FileSystemLocations: 'no network file system is mounted here; use a cache or an artifact.',
      ResourceAccessRole: 'nothing of a run here is public; remove it.',
      SecondaryArtifacts: 'use the outputs of the CodeBuild action.',
      SecondarySources: singleSource,
      SecondarySourceVersions: singleSource,
    },
  },
  projectSource: {
    of: 'AWS::CodeBuild::Project.Source',
    reads: ['Type', 'BuildSpec'],
    ignores: {
      Auth: pipelineSource,
      BuildStatusConfig: pipelineSource,
      GitCloneDepth: pipelineSource,
      GitSubmodulesConfig: pipelineSource,
      InsecureSsl: pipelineSource,
      Location: pipelineSource,
      ReportBuildStatus: pipelineSource,
      SourceIdentifier: pipelineSource,
    },
  },
  projectArtifacts: {
    of: 'AWS::CodeBuild::Project.Artifacts',
    reads: ['Type'],
    ignores: {
      EncryptionDisabled: "Artifacts are kept in the run's own folder, readable by its user only.",
      Location: 'CodePipeline keeps the artifacts, on AWS too.',
      Name: 'CodePipeline names the artifacts, on AWS too.',
      NamespaceType: 'CodePipeline names the artifacts, on AWS too.',
      OverrideArtifactName: 'CodePipeline names the artifacts, on AWS too.',
      Packaging: 'CodePipeline always takes a zip, on AWS too.',
      Path: 'CodePipeline keeps the artifacts, on AWS too.',
    },
  },
  projectEnvironment: {
    of: 'AWS::CodeBuild::Project.Environment',
    reads: ['Type', 'Image', 'ComputeType', 'PrivilegedMode', 'EnvironmentVariables'],
    ignores: {
      Fleet: 'Reserved capacity exists on AWS only; a build here runs on this machine.',
      ImagePullCredentialsType: hostExecutor,
    },
    refuses: {
      Certificate: 'install the certificate on this machine, or in the buildspec.',
      DockerServer: 'use the docker command of the machine.',
      HostKernel: 'the kernel is that of this machine.',
      RegistryCredential: 'an image from a private registry cannot be pulled here; use an image of CodeBuild or ECR.',
    },
  },
  environmentVariable: { of: 'environment variable', reads: ['Name', 'Value', 'Type'] },
  cache: {
    of: 'AWS::CodeBuild::Project.Cache',
    reads: ['Type', 'CacheNamespace', 'Modes'],
    ignores: { Location: 'The cache is a folder of this machine.' },
  },
  batchConfig: {
    of: 'AWS::CodeBuild::Project.BuildBatchConfig',
    reads: ['ServiceRole', 'CombineArtifacts', 'Restrictions', 'TimeoutInMins'],
    ignores: { BatchReportMode: 'CodePipeline hands the source over; there is no provider to report to.' },
  },
  batchRestrictions: {
    of: 'AWS::CodeBuild::Project.BuildBatchConfig.Restrictions',
    reads: ['MaximumBuildsAllowed', 'ComputeTypesAllowed'],
  },

  function: {
    of: 'AWS::Lambda::Function',
    reads: ['FunctionName', 'Handler', 'Runtime', 'Code', 'Role', 'Timeout', 'Environment'],
    ignores: {
      Architectures: "The function runs in this machine's Node.",
      CodeSigningConfigArn: 'The code is the one that was synthesized here.',
      DeadLetterConfig: 'The pipeline calls the function and sees its failure itself.',
      Description: label,
      EphemeralStorage: "The function writes to this machine's temporary folder.",
      KmsKeyArn: 'The environment is handed over in memory.',
      LoggingConfig: "The log is kept in the run's own folder.",
      MemorySize: "The function runs in this machine's Node, which sets its own limit.",
      RecursiveLoop: 'Nothing calls the function again here.',
      ReservedConcurrentExecutions: 'The pipeline calls the function once an action.',
      RuntimeManagementConfig: "The function runs in this machine's Node.",
      Tags: label,
      TracingConfig: 'Nothing is traced here.',
      VpcConfig: "The function runs in this machine's own network.",
    },
    refuses: {
      FileSystemConfigs: 'no network file system is mounted here.',
      ImageConfig: 'functions from container images do not run here; use a zip asset.',
      Layers: 'layers are not unpacked here; bundle what the function needs.',
      PackageType: 'functions from container images do not run here; use a zip asset.',
      SnapStart: 'Node has none; remove it.',
    },
  },
  alarm: {
    of: 'AWS::CloudWatch::Alarm',
    reads: [
      'AlarmName',
      'Namespace',
      'MetricName',
      'Dimensions',
      'Statistic',
      'ExtendedStatistic',
      'Period',
      'EvaluationPeriods',
      'DatapointsToAlarm',
      'Threshold',
      'ComparisonOperator',
      'TreatMissingData',
      'Metrics',
    ],
    ignores: {
      ActionsEnabled: noAlarmActions,
      AlarmActions: noAlarmActions,
      AlarmDescription: label,
      InsufficientDataActions: noAlarmActions,
      OKActions: noAlarmActions,
      Tags: label,
      Unit: 'A metric here has one unit.',
    },
    refuses: {
      EvaluateLowSampleCountPercentile: 'percentiles are taken of all samples; remove it.',
      EvaluationCriteria: 'queries are not evaluated here; use a metric of its own.',
      EvaluationInterval: 'queries are not evaluated here; use a metric of its own.',
      ThresholdMetricId: 'anomaly detection needs weeks of data; use a fixed threshold.',
    },
  },
  metricQuery: {
    of: 'entry of Metrics',
    reads: ['Id', 'MetricStat', 'Expression', 'ReturnData'],
    ignores: { Label: label },
    refuses: {
      AccountId: 'metrics of other accounts are not here.',
      Period: 'give the period in MetricStat.',
    },
  },
  metricStat: {
    of: 'MetricStat',
    reads: ['Metric', 'Period', 'Stat'],
    ignores: { Unit: 'A metric here has one unit.' },
  },
  metric: { of: 'Metric', reads: ['Namespace', 'MetricName', 'Dimensions'] },
  dimension: { of: 'dimension', reads: ['Name', 'Value'] },
  compositeAlarm: {
    of: 'AWS::CloudWatch::CompositeAlarm',
    reads: ['AlarmName', 'AlarmRule'],
    ignores: {
      ActionsEnabled: noAlarmActions,
      ActionsSuppressor: noAlarmActions,
      ActionsSuppressorExtensionPeriod: noAlarmActions,
      ActionsSuppressorWaitPeriod: noAlarmActions,
      AlarmActions: noAlarmActions,
      AlarmDescription: label,
      InsufficientDataActions: noAlarmActions,
      OKActions: noAlarmActions,
      Tags: label,
    },
  },
  code: {
    of: 'AWS::Lambda::Function.Code',
    reads: ['S3Bucket', 'S3Key'],
    refuses: {
      ImageUri: 'functions from container images do not run here; use a folder asset.',
      S3ObjectVersion: 'an asset has one version; remove it.',
      SourceKMSKeyArn: 'assets lie here as they are; remove it.',
      ZipFile: 'inline code does not run here; use a folder asset.',
    },
  },
  functionEnvironment: { of: 'AWS::Lambda::Function.Environment', reads: ['Variables'] },
} satisfies Record<string, Keys>;
