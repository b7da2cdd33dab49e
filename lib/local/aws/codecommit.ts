import type {
  BlobMetadata,
  CreateBranchInput,
  DeleteBranchInput,
  DeleteBranchOutput,
  GetBranchInput,
  GetBranchOutput,
  GetCommitInput,
  GetCommitOutput,
  GetDifferencesInput,
  GetDifferencesOutput,
  GetFileInput,
  GetFileOutput,
  GetRepositoryInput,
  GetRepositoryOutput,
  ListBranchesInput,
  ListBranchesOutput,
  ListRepositoriesInput,
  ListRepositoriesOutput,
} from '@aws-sdk/client-codecommit';
import { err, ok, type Result } from '../../result';
import { repositoryArn, repositoryId } from '../events/codecommit-events';
import { type Blob, describeCommit, differences, findCommit, readFileOf } from '../git-server/contents';
import { readRefs } from '../git-server/refs';
import type { GitService } from '../git-server/service';
import { pageOf } from './paging';
import { type PullRequestContext, pullRequestOperations } from './pull-requests';
import { type AwsError, type Service, takes } from './service';

export interface CodeCommitContext extends Omit<PullRequestContext, 'now'> {
  readonly now?: () => Date;
  /** Address of a repository for git, with credentials. */
  readonly cloneUrl?: (repository: string) => string | undefined;
  /** Since when the repositories are: the endpoint's start. */
  readonly since: Date;
}

type Found = GitService['repositories'][number];

const LARGEST_PAGE = 100;

/** CodeCommit (CodeCommit API reference): the repositories that `slipway up` serves. Every change makes its event. */
export function codecommit(context: CodeCommitContext): Service {
  const { since } = context;
  const all = (): readonly Found[] =>
    (context.git?.()?.repositories ?? []).filter(({ provider }) => provider === 'codecommit');

  const find = (name = ''): Result<Found, AwsError> => {
    const found = all().find((each) => each.name === name);
    return found ? ok(found) : refused('RepositoryDoesNotExistException', `${name} does not exist`);
  };

  const page = <T>(items: readonly T[], key: (item: T) => string, token: string | undefined, size = LARGEST_PAGE) => {
    const part = pageOf(items, key, size, token);
    return part.ok ? part : refused('InvalidContinuationTokenException', part.errors.join('; '));
  };

  const commitOf = async ({ git }: Found, specifier: string): Promise<Result<string, AwsError>> => {
    const found = await findCommit(git, specifier);
    return found === undefined
      ? refused('CommitDoesNotExistException', `Could not find a commit for the specifier ${specifier}`)
      : ok(found);
  };

  const branches = async ({ git }: Found): Promise<ReadonlyMap<string, string>> => {
    const refs = await readRefs(git);
    const heads = Object.entries(refs.ok ? refs.value : {}).filter(([ref]) => ref.startsWith('refs/heads/'));
    return new Map(heads.map(([ref, commit]) => [ref.slice('refs/heads/'.length), commit]));
  };

  const noBranch = (name: string) => refused('BranchDoesNotExistException', `Branch ${name} does not exist`);

  return {
    prefix: 'codecommit',
    invalidInput: 'InvalidParameterException',
    operations: {
      ...pullRequestOperations({ ...context, now: context.now ?? (() => since) }),
      GetRepository: takes<GetRepositoryInput, GetRepositoryOutput>()(['repositoryName'], ({ repositoryName }) => {
        const found = find(repositoryName);
        if (!found.ok) return found;
        const { name, defaultBranch } = found.value;
        const cloneUrl = context.cloneUrl?.(name);
        return ok({
          repositoryMetadata: {
            accountId: context.account,
            repositoryId: repositoryId(context, name),
            repositoryName: name,
            defaultBranch,
            lastModifiedDate: since,
            creationDate: since,
            ...(cloneUrl !== undefined && { cloneUrlHttp: cloneUrl }),
            Arn: repositoryArn(context, name),
          },
        });
      }),
      ListRepositories: takes<ListRepositoriesInput, ListRepositoriesOutput>()(
        ['nextToken', 'sortBy', 'order'],
        ({ nextToken, order }) => {
          const names = all()
            .map(({ name }) => name)
            .sort();
          const part = page(order === 'descending' ? names.reverse() : names, (name) => name, nextToken);
          if (!part.ok) return part;
          const repositories = part.value.items.map((name) => ({
            repositoryName: name,
            repositoryId: repositoryId(context, name),
          }));
          return ok({ repositories, ...(part.value.nextToken && { nextToken: part.value.nextToken }) });
        },
      ),
      GetBranch: takes<GetBranchInput, GetBranchOutput>()(
        ['repositoryName', 'branchName'],
        async ({ repositoryName, branchName = '' }) => {
          const found = find(repositoryName);
          if (!found.ok) return found;
          const commitId = (await branches(found.value)).get(branchName);
          return commitId === undefined ? noBranch(branchName) : ok({ branch: { branchName, commitId } });
        },
      ),
      ListBranches: takes<ListBranchesInput, ListBranchesOutput>()(
        ['repositoryName', 'nextToken'],
        async ({ repositoryName, nextToken }) => {
          const found = find(repositoryName);
          if (!found.ok) return found;
          const part = page([...(await branches(found.value)).keys()], (name) => name, nextToken);
          if (!part.ok) return part;
          return ok({
            branches: [...part.value.items],
            ...(part.value.nextToken && { nextToken: part.value.nextToken }),
          });
        },
      ),
      CreateBranch: takes<CreateBranchInput, object>()(
        ['repositoryName', 'branchName', 'commitId'],
        async ({ repositoryName, branchName = '', commitId = '' }) => {
          const found = find(repositoryName);
          if (!found.ok) return found;
          const { git } = found.value;
          const valid = await git.run(['check-ref-format', '--branch', branchName]);
          if (!valid.ok || valid.value.trim() !== branchName)
            return refused('InvalidBranchNameException', `${branchName} is no name of a branch`);
          const commit = await findCommit(git, commitId);
          if (commit === undefined || commit !== commitId)
            return refused('CommitDoesNotExistException', `Could not find a commit for the specifier ${commitId}`);
          const made = await change(found.value, () =>
            git.run(['update-ref', `refs/heads/${branchName}`, commitId, '0'.repeat(40)]),
          );
          return made.ok ? ok({}) : refused('BranchNameExistsException', `Branch ${branchName} already exists`);
        },
      ),
      DeleteBranch: takes<DeleteBranchInput, DeleteBranchOutput>()(
        ['repositoryName', 'branchName'],
        async ({ repositoryName, branchName = '' }) => {
          const found = find(repositoryName);
          if (!found.ok) return found;
          if (branchName === found.value.defaultBranch)
            return refused('DefaultBranchCannotBeDeletedException', `${branchName} is the default branch`);
          const commitId = (await branches(found.value)).get(branchName);
          // As the API: a branch that is not there is no error.
          if (commitId === undefined) return ok({});
          await change(found.value, () =>
            found.value.git.run(['update-ref', '-d', `refs/heads/${branchName}`, commitId]),
          );
          return ok({ deletedBranch: { branchName, commitId } });
        },
      ),
      GetCommit: takes<GetCommitInput, GetCommitOutput>()(
        ['repositoryName', 'commitId'],
        async ({ repositoryName, commitId = '' }) => {
          const found = find(repositoryName);
          if (!found.ok) return found;
          const isId = /^[0-9a-f]{40}$/.test(commitId);
          const commit = isId ? await describeCommit(found.value.git, `${commitId}^{commit}`) : undefined;
          if (!commit) return refused('CommitIdDoesNotExistException', `There is no commit ${commitId}`);
          const { tree: treeId, parents, message, author, committer } = commit;
          return ok({
            commit: { commitId, treeId, parents: [...parents], message, author, committer, additionalData: '' },
          });
        },
      ),
      GetDifferences: takes<GetDifferencesInput, GetDifferencesOutput>()(
        ['repositoryName', 'beforeCommitSpecifier', 'afterCommitSpecifier', 'afterPath', 'MaxResults', 'NextToken'],
        async ({
          repositoryName,
          beforeCommitSpecifier,
          afterCommitSpecifier = '',
          afterPath,
          MaxResults,
          NextToken,
        }) => {
          const found = find(repositoryName);
          if (!found.ok) return found;
          const after = await commitOf(found.value, afterCommitSpecifier);
          if (!after.ok) return after;
          const before =
            beforeCommitSpecifier === undefined ? ok(undefined) : await commitOf(found.value, beforeCommitSpecifier);
          if (!before.ok) return before;
          const listed = await differences(found.value.git, before.value, after.value, afterPath);
          if (!listed.ok) return refused('PathDoesNotExistException', listed.errors.join('; '));
          const key = (each: (typeof listed.value)[number]) => each.after?.path ?? each.before?.path ?? '';
          const part = page(listed.value, key, NextToken, MaxResults);
          if (!part.ok) return part;
          return ok({
            differences: part.value.items.map(({ type, before: old, after: now }) => ({
              changeType: type,
              ...(old && { beforeBlob: blob(old) }),
              ...(now && { afterBlob: blob(now) }),
            })),
            ...(part.value.nextToken && { NextToken: part.value.nextToken }),
          });
        },
      ),
      GetFile: takes<GetFileInput, GetFileOutput>()(
        ['repositoryName', 'commitSpecifier', 'filePath'],
        async ({ repositoryName, commitSpecifier, filePath = '' }) => {
          const found = find(repositoryName);
          if (!found.ok) return found;
          const commit = await commitOf(found.value, commitSpecifier ?? found.value.defaultBranch);
          if (!commit.ok) return commit;
          const file = await readFileOf(found.value.git, commit.value, filePath);
          if (!file) return refused('FileDoesNotExistException', `There is no file ${filePath} in ${commit.value}`);
          return ok({
            commitId: commit.value,
            blobId: file.id,
            filePath: file.path,
            fileMode: MODES[file.mode] ?? 'NORMAL',
            fileSize: file.bytes.length,
            fileContent: file.bytes,
          });
        },
      ),
    },
  };

  function change<T>(repository: Found, work: () => Promise<T>): Promise<T> {
    const git = context.git?.();
    if (!git) throw new Error('the repositories are not open');
    return git.change(repository, work);
  }
}

const MODES: Readonly<Record<string, 'NORMAL' | 'EXECUTABLE' | 'SYMLINK'>> = {
  '100644': 'NORMAL',
  '100755': 'EXECUTABLE',
  '120000': 'SYMLINK',
};

const blob = ({ id, path, mode }: Blob): BlobMetadata => ({ blobId: id, path, mode });

const refused = (code: string, message: string): Result<never, AwsError> => err({ code, message });
