import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Bytes: more of one file is not kept; a log line of a pod has no limit. */
const LARGEST = 1024 * 1024;

/** What a deploy left in its output folder: path below it, with `/` -> content. */
export function reportFiles(folder: string, names: readonly string[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const present = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, path, name } of present) {
    const file = join(parentPath ?? path, name);
    const relative = file.slice(join(folder, sep).length).split(sep).join('/');
    if (!names.some((each) => relative === each || relative.startsWith(`${each}/`))) continue;
    files.set(relative, readFileSync(file).subarray(0, LARGEST));
  }
  return files;
}
