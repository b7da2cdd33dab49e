import { createHash, randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import picomatch from 'picomatch';

/**
 * The `cache` section on this machine: one copy a namespace and folder, restored before INSTALL and saved after a build
 * that succeeded, so that a broken build never spoils it. The folder is what stands before the first wildcard of a path.
 */
export interface BuildCache {
  restore(): Promise<void>;
  save(): Promise<void>;
}

export function buildCache(
  cacheFolder: string,
  namespace: string,
  source: string,
  paths: readonly string[],
): BuildCache {
  const folders = [
    ...new Set(paths.map((path) => picomatch.scan(path).base).filter((base) => base !== '' && base !== '.')),
  ];
  const kept = (folder: string): string =>
    join(cacheFolder, namespace, createHash('sha256').update(folder).digest('hex').slice(0, 16));
  const copy = (from: string, to: string): Promise<void> =>
    cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  return {
    async restore() {
      for (const folder of folders) {
        if (existsSync(kept(folder))) await copy(kept(folder), join(source, folder));
      }
    },
    async save() {
      for (const folder of folders.filter((folder) => existsSync(join(source, folder)))) {
        const draft = `${kept(folder)}.${randomUUID()}`;
        await mkdir(dirname(draft), { recursive: true });
        try {
          await copy(join(source, folder), draft);
          await replace(draft, kept(folder));
        } finally {
          await rm(draft, { recursive: true, force: true });
        }
      }
    },
  };
}

/** Of two builds that save at once, one wins whole. */
async function replace(draft: string, target: string): Promise<void> {
  const old = `${target}.${randomUUID()}`;
  await rename(target, old).catch(ignore('ENOENT'));
  await rename(draft, target).catch(ignore('ENOTEMPTY', 'EEXIST'));
  await rm(old, { recursive: true, force: true });
}

const ignore =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
