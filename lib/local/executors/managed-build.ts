import { stringify } from 'yaml';
import type { BuildProject, CodeBuildAction, EnvironmentVariable, PlannedAction } from '../plan';

/** What an action that runs on compute of CodePipeline's own does there. */
export interface ManagedWork {
  /** One shell command each. */
  readonly commands: readonly string[];
  readonly environment: readonly EnvironmentVariable[];
  /** Names of variables to put out. */
  readonly exports: readonly string[];
  /** Patterns of the output artifact's files, if there is one. */
  readonly files?: readonly string[];
  readonly computeType?: string;
  /** Whether it builds images. */
  readonly privileged?: boolean;
  /** Minutes until it fails. */
  readonly timeoutMinutes: number;
}

export interface ManagedPlace {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** CodePipeline user guide, rule-reference-Commands: "AL2_x86_64_standard:5.0". */
const IMAGE = 'aws/codebuild/amazonlinux2-x86_64-standard:5.0';

/** Log group of what runs on compute of CodePipeline's own (CodePipeline user guide, action-reference-Commands). */
export const managedLogGroup = (pipeline: string): string => `/aws/codepipeline/${pipeline}`;

/**
 * A build that stands for "CodePipeline managed CodeBuild compute", on which CodePipeline runs Commands, ECRBuildAndPublish
 * and EKS actions: a project that no template holds, with the role of the action (or of the pipeline, which the plan puts there).
 */
export function managedBuild(
  { kind: _, ...action }: PlannedAction,
  work: ManagedWork,
  { account, region, partition }: ManagedPlace,
): CodeBuildAction {
  const name = `${action.stage}-${action.name}`.replace(/[^A-Za-z0-9_-]/g, '-');
  const project: BuildProject = {
    name,
    logicalId: '',
    arn: `arn:${partition}:codebuild:${region}:${account}:project/${name}`,
    roleArn: action.roleArn ?? '',
    image: IMAGE,
    computeType: work.computeType ?? 'BUILD_GENERAL1_SMALL',
    privileged: work.privileged ?? false,
    buildspec: buildspecOf(work),
    environment: [],
    timeoutMinutes: work.timeoutMinutes,
  };
  const { id, stage, runOrder, namespace, inputs, outputs, roleArn } = action;
  const [primarySource] = inputs;
  return {
    kind: 'codebuild',
    id,
    stage,
    name: action.name,
    runOrder,
    inputs,
    outputs,
    ...(namespace !== undefined && { namespace }),
    ...(roleArn !== undefined && { roleArn }),
    ...(primarySource !== undefined && { primarySource }),
    project,
    environment: work.environment,
  };
}

const buildspecOf = ({ commands, exports, files }: ManagedWork): string =>
  stringify({
    version: 0.2,
    ...(exports.length > 0 && { env: { 'exported-variables': exports } }),
    phases: { build: { commands } },
    ...(files && { artifacts: { files } }),
  });
