import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The number of a project's next build (CODEBUILD_BUILD_NUMBER): 1, 2, 3 … for each state folder. Only for the one who holds the run's lock. */
export function nextBuildNumber(stateFolder: string, project: string): number {
  const folder = join(stateFolder, 'build-numbers');
  const file = join(folder, project.replace(/[^A-Za-z0-9_.-]/g, '_'));
  const last = lastOf(file);
  const number = (last ?? 0) + 1;
  if (last === undefined) mkdirSync(folder, { recursive: true });
  // In place, in one write: a number has never fewer digits than the one before, and a kill leaves the old or the new one.
  const descriptor = openSync(file, last === undefined ? 'w' : 'r+');
  try {
    writeSync(descriptor, `${number}\n`, 0);
  } finally {
    closeSync(descriptor);
  }
  return number;
}

/** Undefined: the file is not there, or holds no number. */
function lastOf(file: string): number | undefined {
  try {
    const number = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(number) && number > 0 ? number : undefined;
  } catch {
    return undefined;
  }
}
