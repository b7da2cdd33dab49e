import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes a folder with all that is in it; one that is not there is removed. */
export async function removeFolder(folder: string): Promise<void> {
  if (await removeSmall(folder)) return;
  // rm(1) takes a third of Node's time for an installed virtual environment.
  await new Promise<void>((resolve) => {
    execFile(RM, ['-rf', '--', folder], () => resolve());
  });
  // Where there is no such program, or it met with trouble: Node's own tries again, and says what is wrong.
  if (existsSync(folder)) await rm(folder, { recursive: true, force: true });
}

const RM = '/bin/rm';

/** Up to so many entries are removed from here: a process costs as much as some twenty of them. */
const FEW = 32;

/** Whether the folder was small, and is gone. Links are removed, not followed. */
async function removeSmall(folder: string): Promise<boolean> {
  const files: string[] = [];
  const folders = [folder];
  try {
    // Grows while it is gone through: parents come before what is in them.
    for (const each of folders) {
      for (const entry of await readdir(each, { withFileTypes: true })) {
        (entry.isDirectory() ? folders : files).push(join(each, entry.name));
        if (files.length + folders.length > FEW) return false;
      }
    }
    await Promise.all(files.map((file) => unlink(file)));
    for (const each of folders.reverse()) await rmdir(each);
    return true;
  } catch (error) {
    // Nothing was there; or something was added or removed meanwhile, or may not be: the thorough way.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(folder);
  }
}
