import { err, ok, type Result } from '../../result';
import type { Git } from '../source/git';
import type { MergeOption } from './pull-requests';

export interface MergeRequest {
  readonly destination: string;
  readonly source: string;
  readonly option: MergeOption;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
}

/** Makes the commit that a merge ends in, without moving a branch. Errors: it cannot be merged so. */
export async function mergeCommit(git: Git, request: MergeRequest): Promise<Result<string, string>> {
  const { destination, source, option, message, author } = request;
  const base = await git.run(['merge-base', destination, source]);
  if (option === 'FAST_FORWARD_MERGE')
    return base.ok && base.value.trim() === destination
      ? ok(source)
      : err('the destination has commits that the source has not: it cannot be fast-forwarded');
  const merged = await git.run(['merge-tree', '--write-tree', '--no-messages', destination, source]);
  if (!merged.ok) return err('the two have changed the same lines: merge them by hand, and push');
  const tree = merged.value.split('\n')[0] ?? '';
  const parents = option === 'SQUASH_MERGE' ? [destination] : [destination, source];
  const made = await git.run(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-m', message], {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  });
  return made.ok ? ok(made.value.trim()) : made;
}
