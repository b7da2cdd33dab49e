import { createHash } from 'node:crypto';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { removeFolder } from './remove-folder';

/**
 * A build's TMPDIR, private and new. It lies in /tmp, not in the workspace: servers under test put sockets into it, whose
 * paths must be short (104 bytes on macOS), and write its path into files that do not bear a space.
 */
export const makeTemporaryFolder = (stateFolder: string): string => mkdtempSync(join(base(), prefix(stateFolder)));

/** Removes it, and what lies beside it under its name (`<folder>.…`). */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  const name = basename(folder);
  const entries = readdirSync(dirname(folder)).filter((each) => each === name || each.startsWith(`${name}.`));
  await Promise.all(entries.map((entry) => removeFolder(join(dirname(folder), entry))));
}

/** Removes those of every build with this state folder. */
export function removeTemporaryFolders(stateFolder: string): void {
  for (const name of readdirSync(base()).filter((entry) => entry.startsWith(prefix(stateFolder)))) {
    rmSync(join(base(), name), { recursive: true, force: true });
  }
}

const prefix = (stateFolder: string): string =>
  `slipway-${createHash('sha256').update(stateFolder).digest('hex').slice(0, 8)}-`;

function base(): string {
  try {
    accessSync('/tmp', constants.W_OK | constants.X_OK);
    return '/tmp';
  } catch {
    return tmpdir();
  }
}
