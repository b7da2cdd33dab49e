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

/** The composite alarm of one service in one environment; the bake watches it. */
export const alarmName = (service: string, environment: string): string => `${service}-${environment}`;

/**
 * The composite alarm of the cluster that a service watches; it never blames a release. No environment's alarm has its name, since
 * names of environments hold no underscore.
 */
export const platformAlarmName = (service: string): string => `${service}_platform`;

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
