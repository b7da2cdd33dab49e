import type { BuildAction } from '../../model/pipeline';
import { allow } from '../statement';
import type { RenderedAction } from './rendered-action';

/** `EnvironmentVariables` of an action's or a rule's configuration. */
export const variablesJson = (variables: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })));

/** A run of a CodeBuild project. Source: CodePipeline user guide, action-reference-CodeBuild. */
export function buildAction(action: BuildAction, project: { name: string; arn: string }): RenderedAction {
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
    },
    statements: [allow(['codebuild:BatchGetBuilds', 'codebuild:StartBuild', 'codebuild:StopBuild'], [project.arn])],
  };
}
