import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The number of a project's next build (CODEBUILD_BUILD_NUMBER): 1, 2, 3 … for each state folder. Only for the one who holds the run's lock. */
export function nextBuildNumber(stateFolder: string, project: string): number {
  const folder = join(stateFolder, 'build-numbers');
  const file = join(folder, project.replace(/[^A-Za-z0-9_.-]/g, '_'));
  const number = lastOf(file) + 1;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.part`, `${number}\n`);
  renameSync(`${file}.part`, file);
  return number;
}

function lastOf(file: string): number {
  try {
    const number = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(number) && number > 0 ? number : 0;
  } catch {
    return 0;
  }
}
