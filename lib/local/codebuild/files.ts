import { readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import picomatch from 'picomatch';
import type { FileSelection } from './buildspec';
import { below, climb, type Roots, rootPattern } from './paths';

/** A file on disk and the name that it gets. */
export interface SelectedFile {
  readonly name: string;
  readonly path: string;
}

export interface SelectionResult {
  readonly files: readonly SelectedFile[];
  /** Everything that keeps the selection from being what was asked for. */
  readonly problems: readonly string[];
}

/**
 * The files that a buildspec's `files`, `base-directory` and `exclude-paths` mean: `*` stays in one path segment, `**`
 * crosses them, hidden files count. Every pattern must match a file. Linked folders are not entered. Sorted by name.
 */
export function selectFiles(
  roots: Roots,
  selection: FileSelection,
  excludePaths: readonly string[] = [],
): SelectionResult {
  const bases = baseDirectories(roots, selection.baseDirectory);
  if (bases.length === 0)
    return { files: [], problems: [`no folder matches base-directory ${selection.baseDirectory}`] };
  const excluded = excludePaths.length > 0 ? picomatch([...excludePaths], { dot: true }) : () => false;
  const found = new Map<string, string>();
  const problems: string[] = [];
  for (const written of selection.files) {
    const isOwn = written.startsWith('/') || written === '~' || written.startsWith('~/');
    const { root, pattern, prefix } = rootPattern(written, roots);
    const places = isOwn ? [root] : bases.map((each) => climb(each, written).root);
    const rest = isOwn ? pattern : climb('/', written).pattern;
    const hits = places.flatMap((place) =>
      matches(place, rest).map((name) => ({
        name: isOwn ? posix.join(prefix, name) : name,
        path: join(place, name),
      })),
    );
    if (hits.length === 0) problems.push(unmatched(places, rest, written, isOwn ? undefined : selection.baseDirectory));
    for (const { name, path } of hits.filter((hit) => !excluded(hit.name))) {
      const target = selection.discardPaths ? posix.basename(name) : name;
      const other = found.get(target);
      if (other !== undefined && other !== path)
        problems.push(`two files would both be ${target}: ${other} and ${path}`);
      found.set(target, path);
    }
  }
  if (found.size === 0 && problems.length === 0) problems.push('exclude-paths leaves no file');
  const files = [...found].map(([name, path]) => ({ name, path }));
  return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), problems };
}

function baseDirectories(roots: Roots, written: string | undefined): string[] {
  if (written === undefined) return [roots.source];
  const { root, pattern } = rootPattern(written, roots);
  if (isFolder(below(root, pattern))) return [below(root, pattern)];
  const scan = picomatch.scan(pattern);
  if (!scan.isGlob || isWholeMachine(root, scan.base)) return [];
  const isMatch = picomatch(pattern, { dot: true });
  const depth = pattern.includes('**') ? Number.POSITIVE_INFINITY : pattern.split('/').length;
  return [...walk(root, scan.base, depth)]
    .filter((entry) => entry.folder && isMatch(entry.name))
    .map((entry) => join(root, entry.name));
}

/** Names of the files below `base` that the pattern means. */
export function matches(base: string, pattern: string): string[] {
  const scan = picomatch.scan(pattern);
  if (!scan.isGlob) return isFile(join(base, pattern)) ? [pattern] : [];
  if (isWholeMachine(base, scan.base)) return [];
  const isMatch = picomatch(pattern, { dot: true });
  const depth = pattern.includes('**') ? Number.POSITIVE_INFINITY : pattern.split('/').length;
  return [...walk(base, scan.base, depth)]
    .filter((entry) => !entry.folder && isMatch(entry.name))
    .map((entry) => entry.name);
}

/** Nobody means every file of a machine. */
const isWholeMachine = (root: string, from: string): boolean => root === '/' && (from === '' || from === '.');

const unmatched = (bases: readonly string[], pattern: string, written: string, base: string | undefined): string => {
  const where = base === undefined || base === '.' ? '' : ` in ${base}`;
  if (bases.some((path) => path === '/' && /^[^/]*[*?[{(]/.test(pattern)))
    return `${written} means every folder of the machine; name one`;
  const folder = bases.some((path) => isFolder(join(path, pattern)));
  return folder
    ? `${written}${where} is a folder; write ${written}/**/* for its files`
    : `no file matches ${written}${where}`;
};

/** Files and folders below `from`, with names relative to `root`, no deeper than `depth` segments. */
function* walk(root: string, from: string, depth: number): Generator<{ name: string; folder: boolean }> {
  if (from.split('/').filter(Boolean).length >= depth) return;
  let entries: import('node:fs').Dirent[];
  try {
    entries = readdirSync(join(root, from), { withFileTypes: true });
  } catch {
    return; // Not there, or not a folder: nothing matches in it.
  }
  for (const entry of entries) {
    const name = posix.join(from, entry.name);
    if (entry.isDirectory()) {
      yield { name, folder: true };
      yield* walk(root, name, depth);
    } else if (entry.isFile() || (entry.isSymbolicLink() && isFile(join(root, name)))) {
      yield { name, folder: false };
    }
  }
}

const isFolder = (path: string): boolean => stat(path)?.isDirectory() ?? false;
const isFile = (path: string): boolean => stat(path)?.isFile() ?? false;

/** Undefined: not there, not to be reached, or no path of this machine (too long, in a file). */
function stat(path: string): import('node:fs').Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
