import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { SourceAction } from '../../model/pipeline';
import { allow } from '../statement';
import type { RenderedAction } from './rendered-action';

/**
 * A branch of a CodeCommit repository. Does not poll: the pipeline's event rule starts it, once a push.
 * Source: CodePipeline user guide, action-reference-CodeCommit.
 */
export function codeCommitSource(scope: Construct, action: SourceAction): RenderedAction {
  const { repository } = action.source;
  return {
    declaration: {
      name: action.name,
      actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeCommit', version: '1' },
      configuration: {
        RepositoryName: repository,
        BranchName: action.branch,
        PollForSourceChanges: 'false',
        OutputArtifactFormat: 'CODE_ZIP',
      },
      outputArtifacts: [{ name: action.output }],
      namespace: action.namespace,
      runOrder: action.runOrder,
    },
    statements: [
      allow(
        [
          'codecommit:CancelUploadArchive',
          'codecommit:GetBranch',
          'codecommit:GetCommit',
          'codecommit:GetUploadArchiveStatus',
          'codecommit:UploadArchive',
        ],
        [Stack.of(scope).formatArn({ service: 'codecommit', resource: repository })],
      ),
    ],
  };
}
