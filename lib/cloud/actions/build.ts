import type { BuildAction } from '../../model/pipeline';
import { allow } from '../statement';
import type { RenderedAction } from './rendered-action';

/** A run of a CodeBuild project. Source: CodePipeline user guide, action-reference-CodeBuild. */
export function buildAction(action: BuildAction, project: { name: string; arn: string }): RenderedAction {
  const variables = Object.entries(action.variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' }));
  return {
    declaration: {
      name: action.name,
      actionTypeId: { category: action.category, owner: 'AWS', provider: 'CodeBuild', version: '1' },
      configuration: {
        ProjectName: project.name,
        ...(variables.length > 0 && { EnvironmentVariables: JSON.stringify(variables) }),
      },
      inputArtifacts: [{ name: action.input }],
      ...(action.outputs.length > 0 && { outputArtifacts: action.outputs.map((name) => ({ name })) }),
      ...(action.namespace !== undefined && { namespace: action.namespace }),
      runOrder: action.runOrder,
    },
    statements: [allow(['codebuild:BatchGetBuilds', 'codebuild:StartBuild', 'codebuild:StopBuild'], [project.arn])],
  };
}
