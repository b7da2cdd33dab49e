import { copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';

/** Path of an artifact's zip, relative to its run's folder, with forward slashes. */
export const artifactPath = (name: string): string => `artifacts/${name}.zip`;

/**
 * Takes an artifact into the run's folder and gives its absolute path. A file that was made inside the run's folder is moved,
 * one from elsewhere is copied; an artifact of that name from an earlier attempt is replaced (CodePipeline, stage-retry).
 */
export async function keepArtifact(runFolder: string, name: string, from: string): Promise<string> {
  const to = join(runFolder, artifactPath(name));
  if (from === to) return to;
  await mkdir(join(runFolder, 'artifacts'), { recursive: true });
  const inside = relative(runFolder, from);
  if (!inside.startsWith('..') && !isAbsolute(inside)) await rename(from, to);
  else {
    await copyFile(from, `${to}.part`);
    await rename(`${to}.part`, to);
  }
  return to;
}

/** Makes another run's artifact one of this run too; they share the bytes where the file system can. */
export async function shareArtifact(runFolder: string, name: string, from: string): Promise<string> {
  const to = join(runFolder, artifactPath(name));
  await mkdir(join(runFolder, 'artifacts'), { recursive: true });
  await rm(to, { force: true });
  await link(from, to).catch(() => copyFile(from, to));
  return to;
}
