import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { extract } from 'tar';
import { err, ok, type Result } from '../../result';
import { acquireLock } from '../lock';
import { Annotation, digestOfFile, type Manifest, MediaType } from './manifest';
import { runPrepare } from './prepare';
import type { ImageStore } from './store';

export interface MaterializeOptions {
  /** What `local.prepare` may see of it: prepare.ts. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onOutput?: (line: string) => void;
  /** Milliseconds to wait for another process that prepares the same image; default 15 minutes. */
  readonly lockTimeout?: number;
}

const POLL = 50;

/**
 * Lays an image's files out at `<store>/roots/<hex>/root`, once, and runs its prepare command there; gives that path.
 * The place is final from the start, since virtual environments hold their own path; a file beside it says that it is
 * complete. Whatever fails leaves nothing.
 */
export async function materialize(
  store: ImageStore,
  digest: string,
  manifest: Manifest,
  options: MaterializeOptions,
  signal: AbortSignal,
): Promise<Result<string, string>> {
  const folder = resolve(store.folder, 'roots', digest.slice('sha256:'.length));
  const root = join(folder, 'root');
  const complete = join(folder, 'complete');
  if (await exists(complete)) return ok(root);
  await mkdir(join(folder, '..'), { recursive: true });
  const lock = await waitForLock(`${folder}.lock`, digest, options.lockTimeout ?? 15 * 60_000, signal);
  if (!lock.ok) return lock;
  try {
    if (await exists(complete)) return ok(root);
    await rm(folder, { recursive: true, force: true });
    const made = await fill(store, folder, root, manifest, options, signal);
    if (!made.ok) {
      await rm(folder, { recursive: true, force: true });
      return made;
    }
    await writeFile(complete, `${digest}\n`);
    return ok(root);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    lock.value();
  }
}

async function fill(
  store: ImageStore,
  folder: string,
  root: string,
  manifest: Manifest,
  options: MaterializeOptions,
  signal: AbortSignal,
): Promise<Result<void, string>> {
  const context = join(folder, 'context');
  const home = join(folder, 'home');
  for (const made of [root, context, home]) await mkdir(made, { recursive: true });
  for (const layer of manifest.layers) {
    // The archives are the store's own; links may point where they like, but nothing is written through one (copy.ts).
    const cwd = layer.mediaType === MediaType.context ? context : root;
    const file = store.blobPath(layer.digest);
    if ((await digestOfFile(file)) !== layer.digest)
      return err(
        `layer ${layer.digest} of the image is not what its digest says: ${file} was changed; build the image again`,
      );
    await extract({ file, cwd, preserveOwner: false, preservePaths: true, strict: true });
  }
  const command = manifest.annotations?.[Annotation.prepare];
  if (command === undefined) return ok(undefined);
  const { environment, onOutput } = options;
  const prepared = await runPrepare({ command, context, root, home, environment, onOutput }, signal);
  if (prepared.ok) await rm(context, { recursive: true, force: true });
  return prepared;
}

async function waitForLock(
  file: string,
  digest: string,
  timeout: number,
  signal: AbortSignal,
): Promise<Result<() => void, string>> {
  for (let waited = 0; ; waited += POLL) {
    const lock = acquireLock(file, `prepare ${digest}`);
    if (lock.held) return ok(lock.release);
    if (signal.aborted) return err('stopped');
    if (waited >= timeout)
      return err(
        `process ${lock.by.pid} has been preparing ${digest} for more than ${timeout / 1000} s: end it and try again`,
      );
    await delay(POLL, undefined, { signal }).catch(() => undefined);
  }
}

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
