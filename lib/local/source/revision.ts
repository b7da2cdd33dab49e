import { createHash } from 'node:crypto';
import { copyFile, mkdir, stat, utimes } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { Git } from './git';

/** Where the source of a pipeline's repository is on this machine. */
export interface RepositoryLocation {
  /** A folder in a work tree, or a bare repository. */
  readonly folder: string;
  /** The folder below it that is the root of the source, with forward slashes; absent or `.`: the folder itself. */
  readonly subfolder?: string;
  /** What to take; default the newest commit of `branch`, without one HEAD, whatever branch is checked out. */
  readonly revision?: string;
  readonly branch?: string;
  /** Take the work tree as it is, with what is not committed and not ignored. */
  readonly dirty?: boolean;
}

/** One state of the source: a commit, or a work tree that has no commit yet. */
export interface Revision {
  /** 40 hex digits; of a dirty tree a digest of its content, so the same content has the same id. */
  readonly commit: string;
  readonly message: string;
  /** ISO 8601, UTC, seconds, as CodePipeline shows them. */
  readonly authorDate: string;
  readonly committerDate: string;
  /** Checked-out branch; absent with a detached HEAD or an explicit revision. */
  readonly branch?: string;
  /** Object id of the source's root folder. */
  readonly tree: string;
  /** Environment that git needs to read it. */
  readonly objects: Readonly<Record<string, string>>;
  readonly dirty: boolean;
  /** Files with changes that are not in this revision. */
  readonly uncommitted: number;
}

/** Finds what `location` names. `scratch` is an existing folder for what a dirty tree needs; the repository is never written to. */
export async function findRevision(
  git: Git,
  location: RepositoryLocation,
  scratch: string,
): Promise<Result<Revision, string>> {
  const place = await locate(git, location);
  if (!place.ok) return place;
  const { id, root, bare } = place.value;
  const { dirty = false } = location;
  const asIs = !bare && !dirty && location.revision === undefined;
  const [committed, details, branch, uncommitted] = await Promise.all([
    treeOf(git, id, root),
    describe(git, id),
    location.branch === undefined ? git.run(['symbolic-ref', '--quiet', '--short', 'HEAD']) : ok(location.branch),
    asIs ? countChanges(git, root) : 0,
  ]);
  if (!committed.ok && !dirty) return committed;
  if (!details.ok) return details;
  const common = {
    ...details.value,
    ...(branch.ok && location.revision === undefined && { branch: branch.value.trim() }),
  };
  if (dirty) {
    const work = await snapshot(git, root, scratch);
    if (!work.ok) return work;
    const { tree, objects } = work.value;
    if (!committed.ok || tree !== committed.value) {
      const message = `Uncommitted changes on top of ${id.slice(0, 12)}: ${common.message.split('\n')[0]}`;
      return ok({ ...common, commit: treeDigest(tree), message, tree, objects, dirty: true, uncommitted: 0 });
    }
  }
  if (!committed.ok) return committed;
  return ok({ ...common, commit: id, tree: committed.value, objects: {}, dirty: false, uncommitted });
}

/** Says early, and without reading a file, whether `findRevision` would fail for want of a repository, a commit or a folder. */
export async function checkRevision(git: Git, location: RepositoryLocation): Promise<Result<void, string>> {
  const place = await locate(git, location);
  if (!place.ok) return place;
  if (location.dirty) return ok(undefined);
  const tree = await treeOf(git, place.value.id, place.value.root);
  return tree.ok ? ok(undefined) : tree;
}

interface Place {
  /** The commit. */
  readonly id: string;
  /** Path of the source's root in the repository, '' or `a/b/`. */
  readonly root: string;
  readonly bare: boolean;
}

async function locate(git: Git, location: RepositoryLocation): Promise<Result<Place, string>> {
  const { folder, branch, dirty = false } = location;
  const { revision = branch === undefined ? 'HEAD' : `refs/heads/${branch}` } = location;
  const inside = await git.run(['rev-parse', '--is-bare-repository', '--show-prefix']);
  if (!inside.ok) return inside;
  const [bare, above = ''] = inside.value.split('\n');
  if (dirty && bare === 'true') return err(`${folder} is a bare repository: it has no work tree to take changes from`);
  if (dirty && location.revision !== undefined)
    return err(`either the revision ${revision} or the work tree with its changes can be taken, not both`);

  const commit = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (!commit.ok) return err(missing(location));
  const root = normalRoot(above, location.subfolder);
  if (root === undefined)
    return err(`the source folder ${location.subfolder} lies outside the git repository of ${folder}`);
  return ok({ id: commit.value.trim(), root, bare: bare === 'true' });
}

function missing({ folder, revision, branch }: RepositoryLocation): string {
  if (revision !== undefined) return `the git repository of ${folder} has no commit "${revision}"`;
  if (branch !== undefined) return `the git repository of ${folder} has no branch ${branch}: push it first`;
  return `the git repository of ${folder} has no commit yet: commit first (git add, git commit)`;
}

/** Path of the source's root in the repository, '' or `a/b/`; undefined if it is outside. */
function normalRoot(above: string, subfolder = '.'): string | undefined {
  const path = posix.normalize(posix.join(above, subfolder.replaceAll('\\', '/'), './'));
  if (path.startsWith('..') || path.startsWith('/')) return undefined;
  return path === './' ? '' : path;
}

/** Relative to the repository, wherever git is started; no character of a folder's name is a pattern. */
const pathspec = (root: string): string => (root === '' ? ':(top)' : `:(top,literal)${root.slice(0, -1)}`);

async function treeOf(git: Git, commit: string, root: string): Promise<Result<string, string>> {
  const object = root === '' ? `${commit}^{tree}` : `${commit}:${root.slice(0, -1)}`;
  const tree = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', object]);
  const kind = tree.ok ? await git.run(['cat-file', '-t', tree.value.trim()]) : tree;
  if (tree.ok && kind.ok && kind.value.trim() === 'tree') return ok(tree.value.trim());
  return err(`commit ${commit.slice(0, 12)} has no folder ${root.slice(0, -1)}: commit it first, or correct the path`);
}

async function describe(
  git: Git,
  commit: string,
): Promise<Result<Pick<Revision, 'message' | 'authorDate' | 'committerDate'>, string>> {
  const shown = await git.run([
    'show',
    '--no-patch',
    '--no-notes',
    '--encoding=UTF-8',
    '--format=%at%n%ct%n%B',
    commit,
  ]);
  if (!shown.ok) return shown;
  const [author, committer, ...message] = shown.value.split('\n');
  return ok({ authorDate: date(author), committerDate: date(committer), message: message.join('\n').trim() });
}

const date = (seconds: string | undefined): string =>
  new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');

async function countChanges(git: Git, root: string): Promise<number> {
  const status = await git.run(['status', '--porcelain', '-z', '--no-renames', '--', pathspec(root)]);
  return status.ok ? status.value.split('\0').filter((line) => line !== '').length : 0;
}

/**
 * The work tree as git would commit it: `git add` and `git write-tree` with an index and an object folder of our own, which borrow
 * from the repository's. (git renews the time of objects that it finds there; nothing else of the repository changes.)
 */
async function snapshot(
  git: Git,
  root: string,
  scratch: string,
): Promise<Result<{ readonly tree: string; readonly objects: Readonly<Record<string, string>> }, string>> {
  const paths = await git.run(['rev-parse', '--path-format=absolute', '--git-path', 'index', '--git-path', 'objects']);
  if (!paths.ok) return paths;
  const [index = '', shared = ''] = paths.value.split('\n');
  const objects = {
    GIT_OBJECT_DIRECTORY: join(scratch, 'objects'),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: shared.includes(':') ? JSON.stringify(shared) : shared,
  };
  const environment = { ...objects, GIT_INDEX_FILE: join(scratch, 'index') };
  await mkdir(objects.GIT_OBJECT_DIRECTORY, { recursive: true });
  await copyIndex(index, environment.GIT_INDEX_FILE);
  const added = await git.run(['add', '--all', '--', pathspec(root)], environment);
  if (!added.ok) return added;
  const prefix = root === '' ? [] : [`--prefix=${root}`];
  const tree = await git.run(['write-tree', ...prefix], environment);
  return tree.ok ? ok({ tree: tree.value.trim(), objects }) : tree;
}

/** Keeps the index's time, rounded down: git takes files younger than the index for possibly changed. */
async function copyIndex(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from).catch(() => ({ mtimeMs: undefined }));
  if (mtimeMs === undefined) return;
  await copyFile(from, to);
  const seconds = Math.floor(mtimeMs / 1000) - 1;
  await utimes(to, seconds, seconds);
}

const treeDigest = (tree: string): string =>
  createHash('sha256').update(`slipway work tree ${tree}\n`).digest('hex').slice(0, 40);
