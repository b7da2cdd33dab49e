import type { EnvironmentType, Project } from '@aws-sdk/client-codebuild';
import type { PipelineHost } from '../../pipelines/host';
import type { BuildProject, CodeBuildAction, Plan } from '../../plan';

/** The projects of all pipelines' actions and rules, by name. */
export function projectsOf(pipelines: ReadonlyMap<string, PipelineHost>): ReadonlyMap<string, BuildProject> {
  const actions = [...pipelines.values()].flatMap(({ plan }) => codeBuildActions(plan));
  return new Map(actions.map(({ project }) => [project.name, project]));
}

function codeBuildActions({ stages }: Plan): CodeBuildAction[] {
  const actions = stages.flatMap(({ actions, beforeEntry, onSuccess, onFailure }) => [
    ...actions,
    ...[beforeEntry, onSuccess, onFailure?.condition].flatMap((condition) =>
      (condition?.rules ?? []).flatMap((rule) => ('action' in rule ? [rule.action] : [])),
    ),
  ]);
  return actions.filter((action) => action.kind === 'codebuild');
}

export function environmentType({ image, computeType }: BuildProject): EnvironmentType {
  const isArm = /aarch64|arm/i.test(image);
  if (computeType.includes('LAMBDA')) return isArm ? 'ARM_LAMBDA_CONTAINER' : 'LINUX_LAMBDA_CONTAINER';
  return isArm ? 'ARM_CONTAINER' : 'LINUX_CONTAINER';
}

/** A project as BatchGetProjects tells it (CodeBuild API reference, Project). */
export const describeProject = (project: BuildProject): Project => ({
  name: project.name,
  arn: project.arn,
  source: { type: 'CODEPIPELINE', buildspec: project.buildspec },
  artifacts: { type: 'CODEPIPELINE', name: project.name },
  cache: { type: project.cacheNamespace === undefined ? 'NO_CACHE' : 'S3' },
  environment: {
    type: environmentType(project),
    image: project.image,
    computeType: project.computeType as never,
    privilegedMode: project.privileged,
    environmentVariables: project.environment.map(({ name, value, type }) => ({ name, value, type })),
  },
  serviceRole: project.roleArn,
  timeoutInMinutes: project.timeoutMinutes,
});
