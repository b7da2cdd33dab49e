import { KEYS, type Keys } from '../keys';

const ownNetwork = "The commands run in this machine's own network.";
const noHeaders = 'An object here is a file of this machine, readable by its user only.';

/** What becomes of the members of the actions' own objects; see KEYS. Source: the action's page in the CodePipeline user guide. */
export const ACTION_KEYS = {
  commandsAction: {
    of: 'action Commands',
    reads: [...KEYS.action.reads, 'Commands', 'OutputVariables', 'EnvironmentVariables'],
  },
  commandsOutput: { of: 'output artifact', reads: ['Name', 'Files'] },
  commands: {
    of: 'configuration of a Commands action',
    reads: ['EnvironmentType', 'ComputeType'],
    ignores: { VpcId: ownNetwork, Subnets: ownNetwork, SecurityGroupIds: ownNetwork },
  },
  s3Deploy: {
    of: 'configuration of an S3 deploy action',
    reads: ['BucketName', 'Extract', 'ObjectKey'],
    ignores: { CannedACL: noHeaders, CacheControl: noHeaders, KMSEncryptionKeyARN: noHeaders },
  },
  ecrBuild: {
    of: 'configuration of an ECRBuildAndPublish action',
    reads: ['ECRRepositoryName', 'DockerFilePath', 'ImageTags', 'RegistryType'],
  },
  eksAction: { of: 'action EKS', reads: [...KEYS.action.reads, 'EnvironmentVariables'] },
  eks: {
    of: 'configuration of an EKS action',
    reads: ['ClusterName', 'ManifestFiles', 'HelmReleaseName', 'HelmChartLocation', 'HelmValuesFiles', 'Namespace'],
    ignores: { Subnets: ownNetwork, SecurityGroupIds: ownNetwork },
  },
  cloudFormation: {
    of: 'configuration of a CloudFormation action',
    reads: [
      'ActionMode',
      'StackName',
      'ChangeSetName',
      'RoleArn',
      'TemplatePath',
      'TemplateConfiguration',
      'ParameterOverrides',
      'Capabilities',
      'OutputFileName',
    ],
  },
  pipelineInvoke: {
    of: 'configuration of a CodePipeline invoke action',
    reads: ['PipelineName', 'SourceRevisions', 'Variables'],
  },
} satisfies Record<string, Keys>;
