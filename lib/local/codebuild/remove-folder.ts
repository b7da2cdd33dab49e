import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';

/** Removes a folder with all that is in it. rm(1) takes a third of Node's time for an installed virtual environment. */
export async function removeFolder(folder: string): Promise<void> {
  await new Promise<void>((resolve) => {
    execFile(RM, ['-rf', '--', folder], () => resolve());
  });
  // Where there is no such program, or it met with trouble: Node's own tries again, and says what is wrong.
  if (existsSync(folder)) await rm(folder, { recursive: true, force: true });
}

const RM = '/bin/rm';
