import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ignore, readDockerignore } from './dockerignore';

/** Something in a tree of files, by its path in the tree (relative, `/` between its parts, `.` is never used). */
export type Entry =
  | { readonly type: 'folder' }
  | { readonly type: 'file'; readonly source: string; readonly size: number; readonly mode: number }
  | { readonly type: 'link'; readonly target: string };

export type Tree = Map<string, Entry>;

/**
 * Reads the build context: every file, folder and symbolic link below `folder` that .dockerignore
 * (or `<dockerfile>.dockerignore`, which goes before) does not leave out. A file's mode is 0755 if its owner may execute
 * it, else 0644, so that one umask gives the same image as another.
 */
export async function readContext(folder: string, dockerfile: string): Promise<Tree> {
  const text = (await readText(`${dockerfile}.dockerignore`)) ?? (await readText(join(folder, '.dockerignore'))) ?? '';
  const tree: Tree = new Map();
  await walk(folder, '', readDockerignore(text), tree);
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function walk(root: string, parent: string, ignore: Ignore, tree: Tree): Promise<void> {
  for (const item of await readdir(join(root, parent), { withFileTypes: true })) {
    const path = parent === '' ? item.name : `${parent}/${item.name}`;
    const source = join(root, path);
    const ignored = ignore.ignores(path);
    if (item.isDirectory()) {
      if (!ignored) tree.set(path, { type: 'folder' });
      if (!ignored || ignore.hasExceptions) await walk(root, path, ignore, tree);
    } else if (!ignored) {
      addParents(tree, path);
      if (item.isSymbolicLink()) tree.set(path, { type: 'link', target: await readlink(source) });
      else if (item.isFile()) {
        const { size, mode } = await lstat(source);
        tree.set(path, { type: 'file', source, size, mode: mode & 0o100 ? 0o755 : 0o644 });
      }
    }
  }
}

/** Makes the folders above a path. */
export function addParents(tree: Tree, path: string): void {
  const parts = path.split('/').slice(0, -1);
  for (let count = 1; count <= parts.length; count++) {
    const folder = parts.slice(0, count).join('/');
    if (!tree.has(folder)) tree.set(folder, { type: 'folder' });
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
