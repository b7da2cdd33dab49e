import { type Json, list, type TemplateRule } from './template';

/** Services whose calls have no source that a trust policy could name. */
const SOURCELESS_SERVICES = new Set(['lambda.amazonaws.com', 'ec2.amazonaws.com']);

const CONTROL_PLANE_LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

/** In standard support (EKS user guide, kubernetes-versions). */
const KUBERNETES_VERSIONS = ['1.35', '1.36'];

/** Privileged mode gives a build root on its host, so only these projects have it: the builds of images. */
export const privilegedOnly = (projects: readonly string[]): TemplateRule => ({
  id: 'privileged-builds',
  description: 'Only the builds of images are privileged.',
  types: ['AWS::CodeBuild::Project'],
  check: ({ Name: name, Environment: environment }) =>
    environment?.PrivilegedMode !== undefined && environment.PrivilegedMode !== false && !projects.includes(name)
      ? `project ${text(name)} is privileged; only ${projects.join(', ') || 'no project'} may be`
      : undefined,
});

export const RESOURCE_RULES: readonly TemplateRule[] = [
  {
    id: 'inlined-buildspec',
    description: 'A buildspec is in the template, so that the repository that is built cannot replace it.',
    types: ['AWS::CodeBuild::Project'],
    check: ({ Source: source }) =>
      typeof source?.BuildSpec === 'string' && source.BuildSpec.includes('\n') && /^version:/m.test(source.BuildSpec)
        ? undefined
        : 'no buildspec in Source.BuildSpec: the repository’s own would run; inline buildspecs/<job>.yml',
  },
  {
    id: 'build-timeout',
    description: 'A build has a timeout, running and queued.',
    types: ['AWS::CodeBuild::Project'],
    check: ({ TimeoutInMinutes: running, QueuedTimeoutInMinutes: queued }) =>
      running > 0 && queued > 0 ? undefined : 'TimeoutInMinutes and QueuedTimeoutInMinutes must be set',
  },
  {
    id: 'build-logs',
    description: 'A build logs to a log group of its own.',
    types: ['AWS::CodeBuild::Project'],
    check: ({ LogsConfig: logs }) =>
      logs?.CloudWatchLogs?.Status === 'ENABLED' && logs.CloudWatchLogs.GroupName !== undefined
        ? undefined
        : 'LogsConfig.CloudWatchLogs must be enabled, with a GroupName',
  },
  {
    id: 'image-repository',
    description: 'Image tags cannot be moved, and images are scanned.',
    types: ['AWS::ECR::Repository'],
    check: ({ ImageTagMutability: mutability, ImageScanningConfiguration: scanning }) => {
      if (mutability !== 'IMMUTABLE' && mutability !== 'IMMUTABLE_WITH_EXCLUSION') return 'tags must be IMMUTABLE';
      return scanning?.ScanOnPush === true ? undefined : 'ScanOnPush must be true';
    },
  },
  {
    id: 'service-trust',
    description: 'A service takes a role only for a resource of this account (aws:SourceAccount and aws:SourceArn).',
    types: ['AWS::IAM::Role'],
    check: ({ AssumeRolePolicyDocument: document }) => {
      const open = list(document?.Statement).filter(
        (statement) => list(statement.Principal?.Service).some(hasSource) && !namesSource(statement.Condition),
      );
      return open.length === 0 ? undefined : 'the trust in a service names no aws:SourceAccount and aws:SourceArn';
    },
  },
  {
    id: 'dead-letters',
    description: 'Every target of an event rule has a dead-letter queue.',
    types: ['AWS::Events::Rule'],
    check: ({ Targets: targets }) =>
      list(targets).every((target) => target.DeadLetterConfig?.Arn !== undefined)
        ? undefined
        : 'a target has no DeadLetterConfig: an event that cannot be delivered would be lost',
  },
  {
    id: 'branch-events',
    description: 'An event rule on what is pushed to CodeCommit looks at branches only.',
    types: ['AWS::Events::Rule'],
    check: ({ EventPattern: pattern }) =>
      list(pattern?.source).includes('aws.codecommit') &&
      list(pattern['detail-type']).join() !== 'CodeCommit Pull Request State Change' &&
      list(pattern.detail?.referenceType).join() !== 'branch'
        ? 'detail.referenceType must be [branch]: a tag named like the branch would start the pipeline'
        : undefined,
  },
  {
    id: 'log-groups',
    description: 'A log group forgets, and is encrypted with a key of ours.',
    types: ['AWS::Logs::LogGroup'],
    check: ({ RetentionInDays: days, KmsKeyId: key }) =>
      days > 0 && key !== undefined ? undefined : 'RetentionInDays and KmsKeyId must be set',
  },
  {
    id: 'cluster',
    description: 'A cluster is private, logs everything, encrypts secrets and runs a supported version.',
    types: ['AWS::EKS::Cluster'],
    check: checkCluster,
  },
];

function checkCluster(cluster: Json): string | undefined {
  const { ResourcesVpcConfig: network, Logging: logging, AccessConfig: access } = cluster;
  const logs = list(logging?.ClusterLogging?.EnabledTypes).map(({ Type: type }) => type);
  const missing = CONTROL_PLANE_LOGS.filter((type) => !logs.includes(type));
  if (network?.EndpointPublicAccess !== false) return 'EndpointPublicAccess must be false';
  if (missing.length > 0) return `control-plane logs are off: ${missing.join(', ')}`;
  if (list(cluster.EncryptionConfig).length === 0) return 'EncryptionConfig must encrypt secrets';
  if (access?.AuthenticationMode !== 'API') return 'AuthenticationMode must be API';
  if (access?.BootstrapClusterCreatorAdminPermissions !== false)
    return 'BootstrapClusterCreatorAdminPermissions must be false';
  if (!KUBERNETES_VERSIONS.includes(cluster.Version)) return `Version must be one of ${KUBERNETES_VERSIONS.join(', ')}`;
  return undefined;
}

const hasSource = (service: Json): boolean => !SOURCELESS_SERVICES.has(service);

const namesSource = (condition: Json): boolean => {
  const keys = Object.values(condition ?? {}).flatMap((operator) => Object.keys(operator as object));
  return keys.includes('aws:SourceAccount') && keys.includes('aws:SourceArn');
};

const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
