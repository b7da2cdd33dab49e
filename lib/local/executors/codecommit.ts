import type { Executor } from '../executor';
import type { CodeCommitAction } from '../plan';
import { fetchSource, type SourceOptions } from './source';

/**
 * Source/AWS/CodeCommit with CODE_ZIP, from a git repository on this machine: HEAD or the given revision, whatever branch is
 * checked out; it stands for a push to the pipeline's branch, so BranchName is that (CodePipeline, action-reference-CodeCommit).
 */
export const codeCommitExecutor = (options: SourceOptions): Executor<CodeCommitAction> => ({
  execute: (action, context, emit, signal) =>
    fetchSource(options, action, context, emit, signal, (revision) => ({
      RepositoryName: action.repository,
      BranchName: action.branch,
      CommitId: revision.commit,
      CommitMessage: revision.message,
      AuthorDate: revision.authorDate,
      CommitterDate: revision.committerDate,
    })),
});
