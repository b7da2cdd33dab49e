import { posix } from 'node:path';
import { err, ok, type Result } from '../../result';
import { addParents, type Entry, type Tree } from './context';
import type { CopyStep } from './dockerfile-stage';
import { globSource } from './dockerignore';

/**
 * Lays the files of the context where COPY puts them: the image's root as a tree. A file goes into a destination that
 * ends in `/` or is a folder; of a folder, its content goes there; links below a folder stay links, a link that is named
 * itself is followed. Errors are `<file>:<line>: …`.
 */
export function applyCopies(context: Tree, copies: readonly CopyStep[], file: string): Result<Tree, string> {
  const root: Tree = new Map();
  const errors: string[] = [];
  for (const copy of copies) {
    const found = copy.sources.flatMap((source) => {
      const matches = select(context, source);
      if (!matches.ok) errors.push(...matches.errors.map((error) => `${file}:${copy.line}: ${error}`));
      return matches.ok ? matches.value : [];
    });
    const destination = copy.destination.replace(/^\/+|\/+$/g, '');
    if (found.length > 1 && !copy.destination.endsWith('/')) {
      errors.push(
        `${file}:${copy.line}: ${copy.sources.join(' ')} is more than one file: the destination needs a "/" at its end`,
      );
      continue;
    }
    if (copy.sources.length === 0) makeFolder(root, destination);
    for (const path of found) place(context, path, root, destination, copy);
    const through = [...root.keys()].find((key) => isBelowLink(root, key));
    if (through) {
      errors.push(
        `${file}:${copy.line}: ${through} would be written through a symbolic link: copy to the folder itself`,
      );
      break;
    }
  }
  return errors.length > 0 ? err(...errors) : ok(new Map([...root].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Paths of the context that a source names; '' is the context itself. */
function select(context: Tree, source: string): Result<string[], string> {
  const path = posix.normalize(source.replace(/^\/+/, '') || '.').replace(/\/+$/, '');
  if (path === '..' || path.startsWith('../'))
    return err(`${source} is outside the build context: copy only what is below it`);
  if (path === '.') return ok(['']);
  const patterned = /[*?[]/.test(path);
  const expression = new RegExp(`^${globSource(path.replaceAll('**', '*'))}$`, 's');
  const named = patterned ? [...context.keys()].filter((key) => expression.test(key)) : [path];
  const matches: string[] = [];
  for (const name of named) {
    const followed = follow(context, name);
    if (!followed.ok) return followed;
    if (followed.value !== undefined) matches.push(followed.value);
  }
  return matches.length > 0
    ? ok(matches)
    : err(`${source} is not in the build context, or .dockerignore leaves it out: correct the path`);
}

/** The path that a path means when the links on its way are followed; undefined if it is not there. */
function follow(context: Tree, path: string, depth = 0): Result<string | undefined, string> {
  if (depth > 40) return err(`${path} leads through too many symbolic links`);
  const parts = path.split('/');
  for (let count = 1; count <= parts.length; count++) {
    const above = parts.slice(0, count).join('/');
    const entry = context.get(above);
    if (entry?.type !== 'link') continue;
    const target = posix.normalize(posix.join(posix.dirname(above), entry.target));
    if (entry.target.startsWith('/') || target === '..' || target.startsWith('../'))
      return err(
        `${above} is a symbolic link to ${entry.target}, outside the build context: copy only what is below it`,
      );
    return follow(context, posix.join(target, ...parts.slice(count)), depth + 1);
  }
  return ok(path === '.' ? '' : context.has(path) ? path : undefined);
}

function place(context: Tree, path: string, root: Tree, destination: string, copy: CopyStep): void {
  const entry = path === '' ? undefined : context.get(path);
  if (entry && entry.type !== 'folder') {
    const into = copy.destination.endsWith('/') || root.get(destination)?.type === 'folder' || destination === '';
    put(root, into ? posix.join(destination, posix.basename(path)) : destination, entry, copy.mode);
    return;
  }
  makeFolder(root, destination);
  const prefix = path === '' ? '' : `${path}/`;
  for (const [key, each] of context) {
    if (key.startsWith(prefix) && key !== path)
      put(root, posix.join(destination, key.slice(prefix.length)), each, copy.mode);
  }
}

function put(root: Tree, path: string, entry: Entry, mode: number | undefined): void {
  addParents(root, path);
  if (entry.type === 'file' && mode !== undefined) root.set(path, { ...entry, mode: mode & 0o100 ? 0o755 : 0o644 });
  else if (entry.type === 'link' && entry.target.startsWith('/'))
    root.set(path, { type: 'link', target: posix.relative(posix.dirname(`/${path}`), entry.target) || '.' });
  else if (!(entry.type === 'folder' && root.has(path))) root.set(path, entry);
}

const isBelowLink = (root: Tree, path: string): boolean =>
  path.split('/').some((_, count, parts) => count > 0 && root.get(parts.slice(0, count).join('/'))?.type === 'link');

function makeFolder(root: Tree, path: string): void {
  if (path !== '') put(root, path, { type: 'folder' }, undefined);
}
