import type { PipelineKind } from './pipeline';

/** Physical names, so that stacks can refer to each other's resources without depending on each other. */

export const pipelineName = (service: string, kind: PipelineKind): string => `${service}-${kind}`;

/** `<pipeline>-<stage>-<action>` in lower case; unique because stage and action names are. */
export const projectName = (pipeline: string, stage: string, action: string): string =>
  `${pipeline}-${stage}-${action}`.toLowerCase();

/** The project that an action or a rule of a stage runs: one of its own, or that of the action which `project` names. */
export const projectOf = (
  pipeline: string,
  stage: string,
  { name, project = name }: { readonly name: string; readonly project?: string },
): string => projectName(pipeline, stage, project);

/** Actions that the signer asks CodePipeline about, as `Stage/Action`: what made the version, and what made the image. */
export const VERSION_ACTION = 'Build/Build';
export const IMAGE_ACTION = 'Test/Image';

/** The project of the pipeline's image action. */
export const imageProjectName = (pipeline: string): string => {
  const [stage = '', action = ''] = IMAGE_ACTION.split('/');
  return projectName(pipeline, stage, action);
};

/** The composite alarm of one service in one environment; the bake watches it. */
export const alarmName = (service: string, environment: string): string => `${service}-${environment}`;

/**
 * The composite alarm of the cluster that a service watches; it never blames a release. No environment's alarm has its name, since
 * names of environments hold no underscore. `account`: of an environment that does not live in the account of the pipelines.
 */
export const platformAlarmName = (service: string, account?: string): string =>
  account === undefined ? `${service}_platform` : `${service}_platform_${account}`;

/**
 * Roles that work across accounts, by what they do for an environment: policies of the other account name them, in whatever order
 * the accounts are deployed. At most 64 characters (IAM API, CreateRole), with service and environment as long as they may be.
 */
export const environmentRoleName = (
  service: string,
  environment: string,
  role: /** What the pipeline becomes for its actions there. */
    | 'action'
    | 'deploy'
    | 'verify'
    | 'bake'
    /** In the account of the pipelines: what the bake becomes to tell its result. */
    | 'answer',
): string => `${service}-${environment}-${role}`;

/** The role of a pipeline that has actions in other accounts. */
export const pipelineRoleName = (pipeline: string): string => `${pipeline}-pipeline`;

/** The role of the nodes of a cluster in an account of its own; they pull images from the account of the pipelines. */
export const nodeRoleName = (service: string, account: string): string => `${service}-${account}-nodes`;

/** The bucket of artifacts that roles of other accounts read; at most 63 characters, in every region that there is. */
export const artifactBucketName = (service: string, account: string, region: string): string =>
  `${service}-${account}-${region}`;

/** The bucket of what is signed about images, likewise. */
export const attestationBucketName = (service: string, account: string, region: string): string =>
  `${artifactBucketName(service, account, region)}-at`;

/** The alias of the key that signs it. */
export const provenanceKeyAlias = (service: string): string => `alias/${service}-provenance`;

/** The function that bakes an environment in an account of its own. */
export const bakeFunctionName = (service: string, environment: string): string => `${service}-${environment}-bake`;

/** ECR repository of the service's images. */
export const imageRepositoryName = (service: string): string => service;

/** ECR repository of the image build's layer cache. */
export const cacheRepositoryName = (service: string): string => `${service}-cache`;

/** `pre-prod` -> `PreProd`: the stage that deploys to an environment. */
export const stageName = (environment: string): string =>
  environment
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** The stage of an environment's approvals. */
export const approvalStageName = (environment: string): string =>
  environment === 'production' ? 'SignOff' : `${stageName(environment)}SignOff`;
