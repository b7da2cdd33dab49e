import { err, ok, type Result } from '../../result';
import type { Refs } from '../events/journal';
import type { Git } from '../source/git';

/** Branches and tags of a repository: full name -> object id, of an annotated tag the tag's own. */
export async function readRefs(git: Git): Promise<Result<Refs, string>> {
  const listed = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags']);
  if (!listed.ok) return listed;
  const lines = listed.value.split('\n').filter((line) => line !== '');
  const entries = lines.map((line) => {
    const space = line.indexOf(' ');
    return [line.slice(space + 1), line.slice(0, space)] as const;
  });
  return ok(Object.fromEntries(entries));
}

/** A change of one branch or tag. */
export interface RefChange {
  /** `refs/heads/develop`. */
  readonly ref: string;
  readonly type: 'branch' | 'tag';
  /** `develop`. */
  readonly name: string;
  /** Object ids; without `before` it was created, without `after` it is deleted. */
  readonly before?: string;
  readonly after?: string;
}

export function changesBetween(before: Refs, after: Refs): RefChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((ref) => {
    const [, kind = '', name = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
    if (name === '' || before[ref] === after[ref]) return [];
    return [
      {
        ref,
        type: kind === 'heads' ? ('branch' as const) : ('tag' as const),
        name,
        ...(before[ref] !== undefined && { before: before[ref] }),
        ...(after[ref] !== undefined && { after: after[ref] }),
      },
    ];
  });
}

/** The commit that an object names: itself, or what an annotated tag is of. */
export async function commitOf(git: Git, object: string): Promise<Result<string, string>> {
  const found = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${object}^{commit}`]);
  return found.ok ? ok(found.value.trim()) : err(`${object} names no commit`);
}
