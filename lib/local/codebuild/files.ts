import { readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import picomatch from 'picomatch';
import type { FileSelection } from './buildspec';

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
  root: string,
  selection: FileSelection,
  excludePaths: readonly string[] = [],
): SelectionResult {
  const bases = baseDirectories(root, selection.baseDirectory);
  if (bases.length === 0)
    return { files: [], problems: [`no folder matches base-directory ${selection.baseDirectory}`] };
  const excluded = excludePaths.length > 0 ? picomatch([...excludePaths], { dot: true }) : () => false;
  const found = new Map<string, string>();
  const problems: string[] = [];
  for (const pattern of selection.files) {
    const hits = bases.flatMap((base) => matches(base, pattern).map((name) => ({ name, path: join(base, name) })));
    if (hits.length === 0) problems.push(unmatched(bases, pattern, selection.baseDirectory));
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

function baseDirectories(root: string, pattern: string | undefined): string[] {
  if (pattern === undefined || pattern === '.') return [root];
  if (isFolder(join(root, pattern))) return [join(root, pattern)];
  if (!picomatch.scan(pattern).isGlob) return [];
  const isMatch = picomatch(pattern, { dot: true });
  const depth = pattern.includes('**') ? Number.POSITIVE_INFINITY : pattern.split('/').length;
  return [...walk(root, '', depth)]
    .filter((entry) => entry.folder && isMatch(entry.name))
    .map((entry) => join(root, entry.name));
}

function matches(base: string, pattern: string): string[] {
  const scan = picomatch.scan(pattern);
  if (!scan.isGlob) return isFile(join(base, pattern)) ? [pattern] : [];
  const isMatch = picomatch(pattern, { dot: true });
  const depth = pattern.includes('**') ? Number.POSITIVE_INFINITY : pattern.split('/').length;
  return [...walk(base, scan.base, depth)]
    .filter((entry) => !entry.folder && isMatch(entry.name))
    .map((entry) => entry.name);
}

const unmatched = (bases: readonly string[], pattern: string, base: string | undefined): string => {
  const where = base === undefined || base === '.' ? '' : ` in ${base}`;
  const folder = bases.some((path) => isFolder(join(path, pattern)));
  return folder
    ? `${pattern}${where} is a folder; write ${pattern}/**/* for its files`
    : `no file matches ${pattern}${where}`;
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

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
