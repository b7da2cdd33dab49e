import type { Executor } from '../executor';
import type { ConnectionAction } from '../plan';
import { fetchSource, type SourceOptions } from './source';

/**
 * Source/AWS/CodeStarSourceConnection with CODE_ZIP (GitHub, GitLab, Bitbucket), from a clone on this machine; nothing is asked of
 * the connection (CodePipeline, action-reference-CodestarConnectionSource).
 */
export const connectionExecutor = (options: SourceOptions): Executor<ConnectionAction> => ({
  execute: (action, context, emit, signal) =>
    fetchSource(options, action, context, emit, signal, (revision, branch) => ({
      ConnectionArn: action.connectionArn,
      FullRepositoryName: action.repository,
      BranchName: branch,
      CommitId: revision.commit,
      CommitMessage: revision.message,
      AuthorDate: revision.authorDate,
    })),
});
