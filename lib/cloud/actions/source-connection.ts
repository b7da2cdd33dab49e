import type { SourceAction } from '../../model/pipeline';
import { allow } from '../statement';
import type { RenderedAction } from './rendered-action';

type ConnectionSource = Extract<SourceAction['source'], { provider: 'connection' }>;

/**
 * A branch of a repository at GitHub, GitLab or Bitbucket, behind a connection. The pipeline's own trigger starts it, so it
 * does not detect changes a second time. Source: CodePipeline user guide, action-reference-CodestarConnectionSource.
 */
export const connectionSource = (action: SourceAction, source: ConnectionSource): RenderedAction => ({
  declaration: {
    name: action.name,
    actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
    configuration: {
      ConnectionArn: source.connectionArn,
      FullRepositoryId: source.repository,
      BranchName: action.branch,
      DetectChanges: 'false',
      OutputArtifactFormat: 'CODE_ZIP',
    },
    outputArtifacts: [{ name: action.output }],
    namespace: action.namespace,
    runOrder: action.runOrder,
  },
  statements: [allow([`${servicePrefix(source.connectionArn)}:UseConnection`], [source.connectionArn])],
});

/** The service was renamed; an older connection keeps its ARN, and IAM goes by the ARN's prefix. */
const servicePrefix = (connectionArn: string): string => connectionArn.split(':')[2] ?? 'codeconnections';
