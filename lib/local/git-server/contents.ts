import { err, ok, type Result } from '../../result';
import type { Git } from '../source/git';

/** A commit as CodeCommit tells it. */
export interface CommitDetails {
  readonly commit: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** `<seconds> <offset>`, such as `1484167798 -0800`. */
  readonly date: string;
}

/** Of a commit id or of what names a commit; undefined: there is none. */
export async function findCommit(git: Git, specifier: string): Promise<string | undefined> {
  const names = /^[0-9a-f]{40}$/.test(specifier)
    ? [specifier]
    : specifier.startsWith('refs/')
      ? [specifier]
      : [`refs/heads/${specifier}`, `refs/tags/${specifier}`];
  for (const name of names) {
    const found = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    if (found.ok) return found.value.trim();
  }
  return undefined;
}

const FORMAT = ['%H', '%T', '%P', '%an', '%ae', '%ad', '%cn', '%ce', '%cd', '%B'].join('%x00');

export async function describeCommit(git: Git, commit: string): Promise<CommitDetails | undefined> {
  const shown = await git.run(['show', '--no-patch', '--no-notes', '--date=raw', `--format=${FORMAT}`, commit]);
  if (!shown.ok) return undefined;
  const [id = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', message = ''] =
    shown.value.split('\0');
  return {
    commit: id,
    tree,
    parents: parents === '' ? [] : parents.split(' '),
    author: { name: an, email: ae, date: ad },
    committer: { name: cn, email: ce, date: cd },
    message: message.trimEnd(),
  };
}

export interface Blob {
  readonly id: string;
  readonly path: string;
  /** Octal, `100644`. */
  readonly mode: string;
}

export interface Difference {
  readonly before?: Blob;
  readonly after?: Blob;
  readonly type: 'A' | 'M' | 'D';
}

const NOTHING = '0'.repeat(40);
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Files that differ, by path; without `before` all of `after`. */
export async function differences(
  git: Git,
  before: string | undefined,
  after: string,
  path?: string,
): Promise<Result<Difference[], string>> {
  const limits = path === undefined ? [] : ['--', `:(literal)${path}`];
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--full-index', before ?? EMPTY_TREE, after, ...limits];
  const listed = await git.run(args);
  if (!listed.ok) return listed;
  const fields = listed.value.split('\0').filter((field) => field !== '');
  const found: Difference[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = (fields[at] ?? '').slice(1).split(' ');
    const name = fields[at + 1] ?? '';
    const type = status.startsWith('A') ? 'A' : status.startsWith('D') ? 'D' : 'M';
    found.push({
      type,
      ...(oldId !== NOTHING && { before: { id: oldId, path: name, mode: oldMode } }),
      ...(newId !== NOTHING && { after: { id: newId, path: name, mode: newMode } }),
    });
  }
  return ok(found);
}

/** A file of a commit, with its bytes; undefined: there is none. */
export async function readFileOf(
  git: Git,
  commit: string,
  path: string,
): Promise<(Blob & { readonly bytes: Buffer }) | undefined> {
  const clean = path.replace(/^\/+/, '');
  const listed = await git.run(['ls-tree', '-z', '--full-tree', commit, '--', `:(literal)${clean}`]);
  const [, mode = '', kind = '', id = ''] = (listed.ok && /^(\d+) (\w+) ([0-9a-f]+)\t/.exec(listed.value)) || [];
  if (kind !== 'blob') return undefined;
  const bytes = await readBlob(git, id);
  return bytes.ok ? { id, path: clean, mode, bytes: bytes.value } : undefined;
}

export async function readBlob(git: Git, id: string): Promise<Result<Buffer, string>> {
  const child = git.start(['cat-file', 'blob', id]);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  } catch (cause) {
    return err((cause as Error).message);
  }
  return ok(Buffer.concat(chunks));
}
