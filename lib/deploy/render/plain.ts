import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { err, ok, type Result } from '../../result';
import { type Document, readDocuments } from './documents';

const EXTENSIONS = ['.yaml', '.yml', '.json'];

/** The documents of one file, or of every YAML and JSON file under a folder, by path. Hidden files and folders are left out. */
export async function readPlain(path: string): Promise<Result<Document[], string>> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory();
  if (isFolder === undefined) return err(`${path}: no such file or folder; expected manifests there`);
  const errors: string[] = [];
  const files: string[] = isFolder ? [] : [path];
  for (const entry of isFolder ? await readdir(path, { recursive: true, withFileTypes: true }) : []) {
    const file = join(entry.parentPath, entry.name);
    const isHidden = relative(path, file)
      .split('/')
      .some((part) => part.startsWith('.'));
    if (isHidden) continue;
    if (entry.isSymbolicLink())
      errors.push(`${file} is a symbolic link, which is not followed; put the file in its place`);
    else if (entry.isFile() && EXTENSIONS.some((extension) => file.endsWith(extension))) files.push(file);
  }
  const documents: Document[] = [];
  for (const file of files.sort()) {
    const read = readDocuments(await readFile(file, 'utf8'), file);
    if (read.ok) documents.push(...read.value);
    else errors.push(...read.errors);
  }
  return errors.length > 0 ? err(...errors) : ok(documents);
}
