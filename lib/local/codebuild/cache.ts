import { createHash, randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import picomatch from 'picomatch';
import type { Result } from '../../result';
import type { BuildProject } from '../plan';
import type { CacheSpec } from './buildspec';
import { matches } from './files';
import { below, type Roots, rootPattern } from './paths';

/**
 * The `cache` section on this machine: restored before INSTALL and saved after a build that succeeded, so that a broken
 * build never spoils it. Without a key there is one copy a namespace and path; under a key a cache is written once, for
 * these paths (its version), and read by whoever has namespace, paths and key. Source: CodeBuild user guide, caching-s3.
 */
export interface BuildCache {
  restore(): Promise<void>;
  save(): Promise<void>;
}

export interface CacheOptions {
  /** Where the caches of this machine lie. */
  readonly folder: string;
  readonly namespace: string;
  readonly spec: CacheSpec;
  readonly roots: Roots;
  /** What the shell makes of a text of the `cache` section. */
  readonly expand: (text: string) => Promise<Result<string, string>>;
  readonly note: (message: string) => void;
  /** Files that hold a secret are not kept. */
  readonly holdsSecret: (path: string) => boolean;
}

/** The namespace under which a project's cache lies; undefined: it has none. LOCAL_CUSTOM_CACHE is the project's own. */
export const cacheNamespaceOf = (
  project: Pick<BuildProject, 'name' | 'cacheNamespace' | 'cacheModes'>,
): string | undefined =>
  project.cacheNamespace ?? (project.cacheModes?.includes('LOCAL_CUSTOM_CACHE') ? `${project.name}.local` : undefined);

export const NO_CACHE: BuildCache = { restore: async () => {}, save: async () => {} };

export function buildCache(options: CacheOptions): BuildCache {
  const { spec, note } = options;
  if (spec.paths.length === 0) {
    note('cache has no paths, so nothing is cached; CodeBuild would keep common dependencies as it sees fit');
    return NO_CACHE;
  }
  const places = spec.paths.flatMap((path) => placeOf(path, options.roots, note));
  const group = join(options.folder, safe(options.namespace));
  const keep = keeper(options);
  return spec.key === undefined
    ? plainCache(group, places, spec, keep)
    : keyedCache(group, places, spec, options, keep);
}

/** One path of `cache.paths`: what of which folder it means. */
interface Place {
  /** As it is written: two builds that write the same share what it holds. */
  readonly id: string;
  readonly root: string;
  /** A folder or file below it that is kept as a whole; else the files that match. */
  readonly whole?: string;
  readonly pattern: string;
}

/** Only what lies in the build's own folders: a restore would write into the machine's. */
function placeOf(path: string, roots: Roots, note: (message: string) => void): Place[] {
  const { root, pattern } = rootPattern(path, roots);
  if (root !== roots.source && root !== roots.home) {
    note(
      `cache path ${path} is not kept: it lies outside the build's folders, and a restore would write into the machine`,
    );
    return [];
  }
  const { base, glob } = picomatch.scan(pattern);
  const isWhole = base !== '' && base !== '.' && (glob === '' || glob === '**' || glob === '**/*' || glob === '*');
  const id = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return [{ id, root, pattern, ...(isWhole && { whole: base }) }];
}

/** Whether a path is copied into the cache. */
type Keep = (path: string) => boolean;

const keeper =
  ({ holdsSecret, note }: CacheOptions): Keep =>
  (path) => {
    if (!holdsSecret(path)) return true;
    note(`${path} is not cached: a secret stands in it`);
    return false;
  };

function plainCache(group: string, places: readonly Place[], spec: CacheSpec, keep: Keep): BuildCache {
  return {
    async restore() {
      if (spec.action === 'save') return;
      for (const place of places) await restorePlace(join(group, place.id), place);
    },
    async save() {
      if (spec.action === 'restore') return;
      for (const place of places) {
        await drafted(join(group, place.id), async (draft) => savePlace(draft, place, keep), replace);
      }
    },
  };
}

function keyedCache(
  group: string,
  places: readonly Place[],
  spec: CacheSpec,
  options: CacheOptions,
  keep: Keep,
): BuildCache {
  const version = createHash('sha256')
    .update(JSON.stringify([...spec.paths].sort()))
    .digest('hex')
    .slice(0, 16);
  const shelf = join(group, 'keys', version);
  const { note, expand } = options;
  let key: string | undefined;
  const expanded = async (text: string): Promise<string | undefined> => {
    const result = await expand(text);
    if (result.ok && result.value !== '') return result.value;
    note(`cache key ${text}: ${result.ok ? 'is empty' : result.errors.join('; ')}; nothing is cached under it`);
    return undefined;
  };
  return {
    async restore() {
      key = await expanded(spec.key ?? '');
      if (spec.action === 'save') return;
      let found = key !== undefined && existsSync(join(shelf, fileOf(key))) ? fileOf(key) : undefined;
      for (const written of found === undefined ? spec.fallbackKeys : []) {
        const beginning = await expanded(written);
        found = beginning === undefined ? undefined : await newest(shelf, beginning);
        if (found !== undefined) break;
      }
      note(found === undefined ? `no cache under key ${key ?? spec.key}` : `cache restored from key ${keyOf(found)}`);
      if (found === undefined) return;
      for (const place of places) await restorePlace(join(shelf, found, place.id), place);
    },
    async save() {
      if (key === undefined || spec.action === 'restore') return;
      const target = join(shelf, fileOf(key));
      if (existsSync(target)) return note(`cache under key ${key} is there already and stays as it is`);
      await drafted(target, async (draft) => {
        await mkdir(draft, { recursive: true });
        await writeFile(join(draft, 'key'), key ?? '');
        for (const place of places) await savePlace(join(draft, place.id), place, keep);
        return true;
      }, keepFirst); // biome-ignore format: the last argument says how it gets its name
      note(`cache saved under key ${key}`);
    },
  };
}

/** File names are limited to 255 bytes, and keys may hold anything: a readable beginning that sorts, and a digest. */
const fileOf = (key: string): string =>
  Buffer.from(key).toString('hex').length <= 200
    ? Buffer.from(key).toString('hex')
    : `${Buffer.from(key).toString('hex').slice(0, 160)}-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;

const keyOf = (file: string): string => Buffer.from(file.replace(/-.*$/, ''), 'hex').toString();

/** Of those whose key begins so, the last that was saved. */
async function newest(shelf: string, beginning: string): Promise<string | undefined> {
  const prefix = Buffer.from(beginning).toString('hex').slice(0, 160);
  const names = existsSync(shelf) ? await readdir(shelf) : [];
  const found = await Promise.all(
    names
      .filter((name) => name.startsWith(prefix) && !name.includes('.'))
      .map(async (name) => ({ name, saved: (await stat(join(shelf, name, 'key'))).mtimeMs })),
  );
  return found.sort((a, b) => b.saved - a.saved || (a.name < b.name ? 1 : -1))[0]?.name;
}

async function restorePlace(from: string, place: Place): Promise<void> {
  if (existsSync(from)) await copy(from, place.whole === undefined ? place.root : below(place.root, place.whole));
}

/** Whether there was anything. */
async function savePlace(draft: string, { root, whole, pattern }: Place, keep: Keep): Promise<boolean> {
  if (whole !== undefined) {
    if (!existsSync(below(root, whole))) return false;
    await mkdir(dirname(draft), { recursive: true });
    await copy(below(root, whole), draft, keep);
    return existsSync(draft);
  }
  const names = matches(root, pattern).filter((name) => keep(join(root, name)));
  for (const name of names) {
    await mkdir(dirname(join(draft, name)), { recursive: true });
    await copy(join(root, name), join(draft, name));
  }
  return names.length > 0;
}

const copy = (from: string, to: string, filter: Keep = () => true): Promise<void> =>
  cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE, filter });

async function drafted(
  target: string,
  write: (draft: string) => Promise<boolean>,
  put: (draft: string, target: string) => Promise<void>,
): Promise<void> {
  const draft = `${target}.${randomUUID()}`;
  try {
    if (await write(draft)) await put(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Of two builds that save at once, one wins whole. */
async function replace(draft: string, target: string): Promise<void> {
  const old = `${target}.${randomUUID()}`;
  await rename(target, old).catch(ignore('ENOENT'));
  await keepFirst(draft, target);
  await rm(old, { recursive: true, force: true });
}

const keepFirst = (draft: string, target: string): Promise<void> =>
  rename(draft, target).catch(ignore('ENOTEMPTY', 'EEXIST'));

const safe = (namespace: string): string => namespace.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^\.+/, '_');

const ignore =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
