import { copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';

/** Path of an artifact's zip, relative to its run's folder, with forward slashes. */
export const artifactPath = (name: string): string => `artifacts/${name}.zip`;

/**
 * Takes an artifact into the run's folder and gives its absolute path. A file that was made inside the run's folder is moved,
 * one from elsewhere is copied; an artifact of that name from an earlier attempt is replaced (CodePipeline, stage-retry). It is
 * whole and on the disk before it has its name, so that no record ever tells of one that is not there.
 */
export async function keepArtifact(runFolder: string, name: string, from: string): Promise<string> {
  const to = join(runFolder, artifactPath(name));
  if (from === to) return to;
  await mkdir(join(runFolder, 'artifacts'), { recursive: true });
  const inside = relative(runFolder, from);
  const isInside = !inside.startsWith('..') && !isAbsolute(inside);
  const whole = isInside ? from : `${to}.part`;
  if (!isInside) await copyFile(from, whole);
  await synced(whole);
  await rename(whole, to);
  return to;
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes another run's artifact one of this run too; they share the bytes where the file system can. */
export async function shareArtifact(runFolder: string, name: string, from: string): Promise<string> {
  const to = join(runFolder, artifactPath(name));
  await mkdir(join(runFolder, 'artifacts'), { recursive: true });
  await rm(to, { force: true });
  await link(from, to).catch(() => copyFile(from, to));
  return to;
}
