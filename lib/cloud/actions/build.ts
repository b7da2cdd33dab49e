import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { BuildAction } from '../../model/pipeline';
import { allow } from '../statement';
import type { RenderedAction } from './rendered-action';

/** `EnvironmentVariables` of an action's or a rule's configuration. */
export const variablesJson = (variables: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })));

/** What whoever runs builds for CodePipeline does; of an execution that is abandoned they go on (user guide, pipelines-stop). */
export const runProjects = (arns: readonly string[]): PolicyStatement =>
  allow(['codebuild:BatchGetBuilds', 'codebuild:StartBuild'], arns);

/** A project of the pipeline's account, or one of another with the role there that runs it. */
export type ProjectReference = { readonly name: string } & (
  | { readonly arn: string; readonly roleArn?: never }
  | { readonly roleArn: string }
);

/** A run of a CodeBuild project. Source: CodePipeline user guide, action-reference-CodeBuild. */
export function buildAction(action: BuildAction, project: ProjectReference): RenderedAction {
  return {
    declaration: {
      name: action.name,
      actionTypeId: { category: action.category, owner: 'AWS', provider: 'CodeBuild', version: '1' },
      configuration: {
        ProjectName: project.name,
        ...(Object.keys(action.variables).length > 0 && { EnvironmentVariables: variablesJson(action.variables) }),
      },
      inputArtifacts: [{ name: action.input }],
      ...(action.outputs.length > 0 && { outputArtifacts: action.outputs.map((name) => ({ name })) }),
      ...(action.namespace !== undefined && { namespace: action.namespace }),
      runOrder: action.runOrder,
      ...(project.roleArn !== undefined && { roleArn: project.roleArn }),
    },
    statements:
      project.roleArn === undefined ? [runProjects([project.arn])] : [allow(['sts:AssumeRole'], [project.roleArn])],
  };
}
