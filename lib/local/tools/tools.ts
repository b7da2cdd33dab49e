import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import { identify, isAlive } from '../process-identity';
import { type Installation, installTools } from './install';
import { KUBECTL_LAYER } from './kubectl';

export interface ToolsOptions {
  /** Slipway's own folder, with `tools/`, `node_modules/` and `dist/`. */
  readonly projectRoot: string;
  /** `.slipway`: the tools go to `tools/<hash>` in it. */
  readonly stateFolder: string;
  /** The user's environment: PATH, SLIPWAY_PYTHON, and what pip and uv need to reach an index. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Programs of Slipway's own that stand in for others: name -> JavaScript file. Default: docker -> dist/docker.mjs. */
  readonly standIns?: Readonly<Record<string, string>>;
  /** Called with one line a step, only when something is installed. */
  readonly onProgress: (message: string) => void;
  readonly signal: AbortSignal;
}

/** What the builds find on PATH before everything else. */
export interface Tools {
  /** Holds uv, aws, redis-server, kubectl, node, python3, python, the stand-ins, and syft where there is one for the machine. */
  readonly binFolder: string;
  readonly python: { readonly executable: string; readonly version: string };
  /** Program -> version, as locked; of those that are there. */
  readonly versions: Readonly<Record<string, string>>;
  /** Programs that could not be provided on this machine, and why. */
  readonly missing: readonly { readonly program: string; readonly reason: string }[];
}

export interface ToolError {
  /** What is missing or failed, in whose words, and what to do. */
  readonly message: string;
}

/** What an installation says of itself. */
export interface Manifest extends Omit<Tools, 'binFolder'> {}

/** Fills `draft` with what will stand in `folder`. */
export type Installer = (installation: Installation) => Promise<Result<Manifest, string>>;

const MANIFEST = 'manifest.json';
/** Raise it when what an installation holds changes without a change of the locks. */
const LAYOUT = '2';

/**
 * The tools of the local run, installed if they are not. An installation belongs to the contents of the lock files and
 * appears whole or not at all: it is made in a draft folder and renamed, so a second process or a kill does no harm.
 */
export async function ensureTools(
  options: ToolsOptions,
  install: Installer = installTools,
): Promise<Result<Tools, ToolError>> {
  const root = join(options.stateFolder, 'tools');
  const locks = readLocks(options);
  if (!locks.ok) return locks;
  const folder = join(root, locks.value);
  const installed = readInstalled(folder);
  if (installed) return ok(installed);

  try {
    mkdirSync(root, { recursive: true });
  } catch (error) {
    return err({ message: `cannot write to ${options.stateFolder}: ${(error as Error).message}` });
  }
  removeDrafts(root);
  const self = identify(process.pid);
  const draft = join(root, `.draft-${process.pid}-${self?.start.replace(/\W/g, '_')}-${randomUUID()}`);
  mkdirSync(draft);
  try {
    const made = await install({ ...options, draft, folder });
    if (options.signal.aborted) return err({ message: 'stopped while the tools were being installed' });
    if (!made.ok) return err(...made.errors.map((message) => ({ message })));
    writeFileSync(join(draft, MANIFEST), JSON.stringify(made.value, null, 2));
    return publish(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function publish(draft: string, folder: string): Result<Tools, ToolError> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      renameSync(draft, folder);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST')
        return err({ message: `cannot put the tools to ${folder}: ${message}` });
    }
    const installed = readInstalled(folder);
    if (installed) return ok(installed);
    // What lies there is of no use (its Python is gone): out of the way with it.
    const old = `${draft}.old`;
    if (existsSync(folder)) renameSync(folder, old);
    rmSync(old, { recursive: true, force: true });
  }
  return err({ message: `cannot put the tools to ${folder}: it does not stay; is another program changing it?` });
}

function readInstalled(folder: string): Tools | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
    return existsSync(manifest.python.executable) ? { ...manifest, binFolder: join(folder, 'bin') } : undefined;
  } catch {
    return undefined;
  }
}

/** A hash of everything that decides what an installation holds. */
function readLocks(options: ToolsOptions): Result<string, ToolError> {
  const hash = createHash('sha256');
  const files = ['tools/pyproject.toml', 'tools/uv.lock', 'tools/uv-requirements.txt', `${KUBECTL_LAYER}/package.json`];
  const problems: ToolError[] = [];
  for (const file of files) {
    try {
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(options.projectRoot, file)))
        .update('\0');
    } catch (error) {
      const advice = file.startsWith('node_modules') ? 'run npm ci' : 'restore it from git';
      problems.push({ message: `cannot read ${file} (${(error as NodeJS.ErrnoException).code}); ${advice}` });
    }
  }
  const rest = [LAYOUT, options.projectRoot, process.execPath, options.environment['SLIPWAY_PYTHON'], options.standIns];
  hash.update(JSON.stringify(rest));
  return problems.length > 0 ? err(...problems) : ok(hash.digest('hex').slice(0, 16));
}

/** Removes what killed processes left. */
function removeDrafts(root: string): void {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith('.draft-'))) {
    const [, pid = '', start = ''] = /^\.draft-(\d+)-(\w*)-/.exec(name) ?? [];
    const owner = identify(Number(pid));
    const lives = owner !== undefined && isAlive(owner) && owner.start.replace(/\W/g, '_') === start;
    if (!lives) rmSync(join(root, name), { recursive: true, force: true });
  }
}
