import { type CfnResource, Stack } from 'aws-cdk-lib';
import { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { Construct } from 'constructs';
import { bakeFunctionName, pipelineRoleName, projectOf } from '../model/names';
import type {
  Action,
  BakeAction,
  BuildAction,
  Condition,
  FailureCondition,
  Pipeline,
  SourceAction,
  Stage,
  Target,
} from '../model/pipeline';
import { remoteWork } from '../model/remote-work';
import { approvalAction } from './actions/approval';
import { bakeAction, type FunctionReference } from './actions/bake';
import { buildAction, type ProjectReference, variablesJson } from './actions/build';
import type { RenderedAction } from './actions/rendered-action';
import { codeCommitSource } from './actions/source-codecommit';
import { connectionSource } from './actions/source-connection';
import type { ArtifactAccess, ArtifactStore } from './artifact-store';
import type { BuildProject } from './build-project';
import { roleArnIn } from './other-account';
import { ownRole } from './role';
import type { ServiceBuilds } from './service-builds';
import { allow } from './statement';
import { serviceTrust } from './trust';

export interface DeliveryPipelineProps {
  readonly pipeline: Pipeline;
  readonly artifacts: ArtifactStore;
  readonly builds: ServiceBuilds;
  /** The function that bakes; asked for only if the pipeline has a bake action. */
  readonly bake: () => { readonly name: string; readonly arn: string };
}

type Elsewhere = NonNullable<Target['elsewhere']>;

/**
 * One pipeline of the model as AWS::CodePipeline::Pipeline, action for action. Written against the CloudFormation resource,
 * for the L2 construct grants wildcards and cannot say all of it (onFailure).
 */
export class DeliveryPipeline extends Construct {
  readonly pipelineName: string;
  readonly arn: string;
  private readonly prerequisites: CfnResource[] = [];
  private readonly projects = new Map<string, BuildProject>();

  constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    const { pipeline, artifacts } = props;
    this.pipelineName = pipeline.name;
    this.arn = Stack.of(this).formatArn({ service: 'codepipeline', resource: pipeline.name });
    const access = artifacts.accessFor(pipeline.name, this);
    const stages = pipeline.stages.map((stage) => ({
      stage,
      actions: stage.actions.map((action) => this.render(stage, action, access, props)),
    }));
    const statements = [
      allow(['s3:GetBucketVersioning'], [artifacts.bucket.bucketArn]),
      ...stages.flatMap(({ actions }) => actions.flatMap((action) => action.statements)),
    ];
    const role = ownRole(this, 'Role', {
      description: `Runs the pipeline ${pipeline.name}`,
      roleName: remoteWork(pipeline).length > 0 ? pipelineRoleName(pipeline.name) : undefined,
      assumedBy: serviceTrust('codepipeline.amazonaws.com', this.arn),
      statements,
      managedPolicies: [access.read, access.write],
    });
    const resource = new CfnPipeline(this, 'Resource', {
      name: pipeline.name,
      pipelineType: 'V2',
      executionMode: pipeline.executionMode,
      roleArn: role.roleArn,
      restartExecutionOnUpdate: false,
      variables: pipeline.variables.map(({ name, default: defaultValue, description }) => ({
        name,
        defaultValue,
        description,
      })),
      artifactStore: {
        type: 'S3',
        location: artifacts.bucket.bucketName,
        encryptionKey: { id: artifacts.key.keyArn, type: 'KMS' },
      },
      stages: stages.map(({ stage, actions }) => ({
        name: stage.name,
        actions: actions.map((action) => action.declaration),
        ...(stage.beforeEntry && { beforeEntry: { conditions: [renderCondition(stage.beforeEntry)] } }),
        ...(stage.onFailure && { onFailure: { conditions: [this.renderFailure(stage, stage.onFailure)] } }),
      })),
      ...pushTrigger(pipeline),
    });
    // A new pipeline starts by itself, at once.
    for (const prerequisite of this.prerequisites) resource.addResourceDependency(prerequisite);
  }

  private render(stage: Stage, action: Action, access: ArtifactAccess, props: DeliveryPipelineProps): RenderedAction {
    switch (action.kind) {
      case 'source':
        return renderSource(this, action);
      case 'build': {
        const { elsewhere } = action.target ?? {};
        const project = elsewhere
          ? this.remoteProject(stage, action, elsewhere)
          : this.project(stage, action, access, props);
        return buildAction(action, project);
      }
      case 'approval':
        return approvalAction(action);
      case 'bake':
        return bakeAction(action, this.bakeOf(action, props));
      default:
        return action satisfies never;
    }
  }

  /** The project is in a stack of the other account (RemoteEnvironment). */
  private remoteProject(
    stage: Stage,
    action: Pick<BuildAction, 'name' | 'project'>,
    { account, role }: Elsewhere,
  ): ProjectReference {
    return { name: projectOf(this.pipelineName, stage.name, action), roleArn: roleArnIn(this, account, role) };
  }

  private bakeOf({ target }: BakeAction, { pipeline, bake }: DeliveryPipelineProps): FunctionReference {
    if (target.elsewhere === undefined) return bake();
    const { account, role } = target.elsewhere;
    return { name: bakeFunctionName(pipeline.service, target.environment), roleArn: roleArnIn(this, account, role) };
  }

  /** The action's own project, made here, or the one that another action of its stage has. */
  private project(
    stage: Stage,
    action: BuildAction,
    access: ArtifactAccess,
    { pipeline, builds }: DeliveryPipelineProps,
  ): BuildProject {
    const name = projectOf(pipeline.name, stage.name, action);
    let project = this.projects.get(name);
    if (project === undefined) {
      project = builds.project(this, `${stage.name}-${action.project ?? action.name}`, action, name, access);
      this.projects.set(name, project);
      this.prerequisites.push(...project.prerequisites);
    }
    return project;
  }

  /** Source: CodePipeline user guide, rule-reference-CodeBuild. The pipeline's role may start the project for its action already. */
  private renderFailure(stage: Stage, { result, rules }: FailureCondition): CfnPipeline.ConditionProperty {
    return {
      result,
      rules: rules.map((rule) => {
        const { elsewhere } = rule.target ?? {};
        const project: ProjectReference | undefined = elsewhere
          ? this.remoteProject(stage, rule, elsewhere)
          : this.projects.get(projectOf(this.pipelineName, stage.name, rule));
        if (project === undefined) throw new Error(`${stage.name}/${rule.name} runs a project that its stage has not`);
        return {
          name: rule.name,
          ruleTypeId: { category: 'Rule', owner: 'AWS', provider: rule.provider, version: '1' },
          configuration: { ProjectName: project.name, EnvironmentVariables: variablesJson(rule.variables) },
          inputArtifacts: [{ name: rule.input }],
          ...(project.roleArn !== undefined && { roleArn: project.roleArn }),
        };
      }),
    };
  }
}

const renderSource = (scope: Construct, action: SourceAction): RenderedAction => {
  const { source } = action;
  switch (source.provider) {
    case 'codecommit':
      return codeCommitSource(scope, action);
    case 'connection':
      return connectionSource(action, source);
    default:
      return source satisfies never;
  }
};

const renderCondition = (condition: Condition): CfnPipeline.ConditionProperty => ({
  result: condition.result,
  rules: condition.rules.map((rule) => ({
    name: rule.name,
    ruleTypeId: { category: 'Rule', owner: 'AWS', provider: rule.provider, version: '1' },
    configuration: { Variable: rule.variable, Operator: rule.operator, Value: rule.value },
  })),
});

/** Triggers of the pipeline itself exist for connections only; CodeCommit starts it by an event rule (BranchEvent). */
const pushTrigger = (pipeline: Pipeline): { triggers?: CfnPipeline.PipelineTriggerDeclarationProperty[] } => {
  const sources = pipeline.stages.flatMap((stage) => stage.actions).filter((action) => action.kind === 'source');
  const triggers = sources
    .filter((action) => action.source.provider === 'connection')
    .map((action) => ({
      providerType: 'CodeStarSourceConnection',
      gitConfiguration: {
        sourceActionName: action.name,
        push: [{ branches: { includes: [pipeline.trigger.branch] } }],
      },
    }));
  return triggers.length > 0 ? { triggers } : {};
};
