import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionContext, Emit, Outcome } from '../executor';
import { type Git, gitIn } from '../source/git';
import { findRevision, type RepositoryLocation, type Revision } from '../source/revision';
import { type SourceContents, writeSourceZip } from '../source/source-zip';

export interface SourceOptions {
  /** Where the repository that the pipeline names is on this machine, and its branch; undefined if it is nowhere. */
  resolveRepository(name: string, branch: string): RepositoryLocation | undefined;
  /** The program's environment: PATH, HOME and the like for git; GIT_* is ignored. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What every kind of source action has. */
interface SourceAction {
  readonly repository: string;
  readonly branch: string;
  readonly outputs: readonly string[];
}

/** Makes the source artifact from a git repository on this machine; `variables` are those of the action's provider. */
export async function fetchSource(
  options: SourceOptions,
  action: SourceAction,
  context: ActionContext,
  emit: Emit,
  signal: AbortSignal,
  variables: (revision: Revision, branch: string) => Record<string, string>,
): Promise<Outcome> {
  const failed = (reason: string): Outcome =>
    signal.aborted ? { status: 'Stopped', reason: 'stopped' } : { status: 'Failed', reason };
  const located = options.resolveRepository(action.repository, action.branch);
  if (located === undefined)
    return failed(`the repository ${action.repository} of the pipeline has no folder on this machine`);
  const { sourceRevision } = context;
  if (sourceRevision !== undefined && !COMMIT_ID.test(sourceRevision))
    return failed(`the source revision ${sourceRevision} is no commit id: expected 40 hex digits`);
  const location = sourceRevision === undefined ? located : { ...located, revision: sourceRevision };
  const git = gitIn(location.folder, options.environment, signal);
  const scratch = join(context.workspace, 'git');
  await mkdir(scratch);
  try {
    const found = await findRevision(git, location, scratch);
    if (!found.ok) return failed(found.errors.join('; '));
    const revision = found.value;
    const [output = 'Source'] = action.outputs;
    const zip = join(context.workspace, `${output}.zip`);
    const written = await writeSourceZip(git, revision, zip, signal);
    if (!written.ok) return failed(written.errors.join('; '));
    tell(revision, location, written.value, action.branch, emit);
    const branch =
      sourceRevision !== undefined && located.branch !== undefined
        ? await branchOf(git, revision.commit, action.branch)
        : action.branch;
    return {
      status: 'Succeeded',
      variables: variables(revision, branch),
      artifacts: { [output]: zip },
      externalId: revision.commit,
    };
  } catch (cause) {
    if (signal.aborted) return { status: 'Stopped', reason: 'stopped' };
    throw cause;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const COMMIT_ID = /^[0-9a-f]{7,64}$/;

/** The branch that a commit was pushed to: the action's own, if it has the commit. */
async function branchOf(git: Git, commit: string, own: string): Promise<string> {
  const listed = await git.run(['for-each-ref', '--format=%(refname:lstrip=2)', '--contains', commit, 'refs/heads']);
  const branches = listed.ok ? listed.value.split('\n').filter((line) => line !== '') : [];
  return branches.includes(own) ? own : (branches[0] ?? own);
}

/** Says what was taken, and how it differs from what a push would bring to AWS. */
function tell(
  revision: Revision,
  location: RepositoryLocation,
  contents: SourceContents,
  branch: string,
  emit: Emit,
): void {
  const say = (line: string) => emit({ kind: 'output', stream: 'stdout', text: line });
  const warn = (line: string) => emit({ kind: 'output', stream: 'stderr', text: line });
  const { commit, message } = revision;
  say(`${revision.dirty ? 'Work tree' : 'Commit'} ${commit.slice(0, 12)}: ${message.split('\n')[0]}`);
  say(`${contents.files} files of ${location.folder}${location.subfolder ? `, folder ${location.subfolder}` : ''}`);
  if (location.revision !== undefined) say('The commit that this execution was started with');
  else if (revision.branch !== branch)
    say(
      `Taken from ${revision.branch ? `branch ${revision.branch}` : 'no branch'}, as the pipeline takes branch ${branch} on AWS`,
    );
  if (revision.uncommitted > 0)
    warn(`${revision.uncommitted} uncommitted change(s) are not part of this run; run with --dirty to take them`);
  if (contents.submodules.length > 0)
    warn(`Submodules are not part of a source artifact: ${contents.submodules.join(', ')}`);
  if (contents.lfsPointers.length > 0)
    warn(`Git LFS files are in the source artifact as pointers only: ${contents.lfsPointers.join(', ')}`);
  emit({ kind: 'fact', name: 'commit', value: commit });
  if (revision.branch !== undefined) emit({ kind: 'fact', name: 'branch', value: revision.branch });
  emit({ kind: 'fact', name: 'dirty', value: revision.dirty ? 'yes' : 'no' });
  emit({ kind: 'fact', name: 'uncommitted', value: String(revision.uncommitted) });
}
