import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { pipelineRoleName } from '../model/names';
import type { RemoteWork } from '../model/remote-work';
import { runProjects } from './actions/build';
import type { ArtifactAccess } from './artifact-store';
import { BakeFunction } from './bake-function';
import type { ClusterReference } from './cluster-reference';
import { roleArnIn, rolesOf } from './other-account';
import { ownRole } from './role';
import type { ServiceBuilds } from './service-builds';
import { allow } from './statement';

export interface RemoteEnvironmentProps {
  readonly work: RemoteWork;
  /** Account of the pipeline. */
  readonly tools: string;
  /** Over the artifacts of the pipeline. */
  readonly access: ArtifactAccess;
  readonly builds: ServiceBuilds;
  readonly key: IKey;
  readonly config: Config;
  readonly cluster: ClusterReference;
  /** Folder of lambda/. */
  readonly projectRoot: string;
}

/** One environment that a pipeline of another account works on: its projects, its bake, and the role that may start these alone. */
export class RemoteEnvironment extends Construct {
  constructor(scope: Construct, id: string, props: RemoteEnvironmentProps) {
    super(scope, id);
    const { work, tools, access, builds } = props;
    const projects = work.builds.map(({ action, project }) =>
      builds.project(this, action.name, action, project, access),
    );
    const functions = work.bake === undefined ? [] : [this.bake(work.bake, props)];
    // CodePipeline comes as the pipeline's role and sends no external id that a condition could ask for.
    ownRole(this, 'Action', {
      description: `Works on ${work.environment} for the pipeline ${work.pipeline}`,
      roleName: work.role,
      assumedBy: rolesOf(tools, [roleArnIn(this, tools, pipelineRoleName(work.pipeline))]),
      statements: [
        runProjects(projects.map(({ arn }) => arn)),
        ...(functions.length > 0 ? [allow(['lambda:InvokeFunction'], functions)] : []),
      ],
      managedPolicies: [access.read],
    });
  }

  /** The function's ARN. */
  private bake(
    { functionName, role: roleName, answerRole }: NonNullable<RemoteWork['bake']>,
    { tools, projectRoot, key, config, cluster }: RemoteEnvironmentProps,
  ): string {
    return new BakeFunction(this, 'Bake', {
      functionName,
      projectRoot,
      key,
      logRetentionDays: config.retention.logs,
      elsewhere: { roleName, answerRole: roleArnIn(this, tools, answerRole) },
      network: cluster,
    }).arn;
  }
}
