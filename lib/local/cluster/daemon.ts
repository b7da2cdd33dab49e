import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from '../process-identity';
import { call } from './client';
import { killRecorded } from './kubelet/process';
import { type ClusterRecord, clusterFolder, type FirstLine, readRecord, removeRecord, SETTINGS_PATH } from './record';
import type { ClusterSettings } from './settings';

export type { ClusterSettings } from './settings';

export interface EnsureClusterOptions {
  /** The project's `.slipway`. */
  readonly stateFolder: string;
  /** Path of the daemon's bundle, cluster.mjs. */
  readonly entry: string;
  /** Node's executable; default: this one. */
  readonly node?: string;
  readonly options: ClusterSettings;
  readonly signal: AbortSignal;
}

export interface ClusterHandle {
  readonly url: string;
  /** Base64 PEM. */
  readonly caData: string;
  /** The administrator's. */
  readonly token: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly pid: number;
  /** It ran before and had been detached. */
  readonly adopted: boolean;
  /** Ends the pods and the daemon; objects stay on disk. */
  stop(): Promise<void>;
  /** Lets the daemon and its pods go on when this process ends. */
  detach(): Promise<void>;
}

/** Milliseconds: for the daemon to say where it is; for it to end its pods; between two looks at a process. */
const START = 20_000;
const STOP = 30_000;
const LOOK = 25;

/**
 * The folder's cluster: the one that runs there, told the new settings, or a new daemon that ends with this process unless it is
 * detached. Rejects with a message for the user when neither can be had.
 */
export async function ensureCluster(options: EnsureClusterOptions): Promise<ClusterHandle> {
  const { stateFolder } = options;
  const running = readRecord(stateFolder);
  if (running && isAlive(running)) {
    const taken = running.detached ? await takeOver(running, options.options) : undefined;
    if (taken) return { ...taken, adopted: true, stop: () => endProcess(stateFolder, taken), detach: async () => {} };
    // It belongs to a process that is gone and is about to end, or it hangs.
    await endProcess(stateFolder, running);
  }
  return start(options);
}

/** Ends whatever cluster runs in a folder, also pods whose daemon is dead; gives whether there was anything to end. */
export async function stopCluster(stateFolder: string): Promise<boolean> {
  const running = readRecord(stateFolder);
  const alive = running !== undefined && isAlive(running);
  if (alive) await endProcess(stateFolder, running);
  removeRecord(stateFolder);
  return killRecorded(join(clusterFolder(stateFolder), 'processes')) > 0 || alive;
}

async function takeOver(record: ClusterRecord, settings: ClusterSettings): Promise<ClusterRecord | undefined> {
  try {
    const answer = await call(record, 'PUT', SETTINGS_PATH, settings);
    return answer.status === 200 ? record : undefined;
  } catch {
    return undefined;
  }
}

async function start({
  stateFolder,
  entry,
  node = process.execPath,
  options,
  signal,
}: EnsureClusterOptions): Promise<ClusterHandle> {
  signal.throwIfAborted();
  const folder = clusterFolder(stateFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, 'cluster.log');
  const errors = openSync(log, 'a', 0o600);
  // A session of its own: Ctrl-C of the terminal is for whoever started it, who then ends it in order.
  const child = spawn(node, [entry], { stdio: ['pipe', 'pipe', errors], detached: true });
  closeSync(errors);
  const answers = new Answers(child);
  const first: FirstLine = { stateFolder, settings: options };
  child.stdin?.on('error', () => {});
  child.stdin?.write(`${JSON.stringify(first)}\n`);
  const given = await answers.next(AbortSignal.any([signal, AbortSignal.timeout(START)]));
  const record = given as Partial<ClusterRecord> & { error?: string };
  if (record.url === undefined) {
    child.stdin?.end();
    if (!(await gone(child, STOP))) child.kill('SIGKILL');
    signal.throwIfAborted();
    throw new Error(`the embedded cluster did not start: ${record.error ?? 'no answer'}; its log is ${log}`);
  }
  const { url, caData = '', token = '', kubeconfig = '', pid = 0 } = record;
  return {
    url,
    caData,
    token,
    kubeconfig,
    pid,
    adopted: false,
    async stop() {
      child.stdin?.end();
      if (await gone(child, STOP)) return;
      child.kill('SIGKILL');
      await stopCluster(stateFolder);
    },
    async detach() {
      child.stdin?.write('detach\n');
      const answer = (await answers.next(AbortSignal.timeout(START))) as { detached?: boolean };
      if (!answer.detached) throw new Error(`the embedded cluster did not detach; its log is ${log}`);
      child.stdin?.destroy();
      child.stdout?.destroy();
      child.unref();
    },
  };
}

/** The daemon's lines, one at a time; its end reads as `{error}`. */
class Answers {
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<{ error: string }>;

  constructor(child: ChildProcess) {
    this.lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve({ error: error.message }));
      child.once('exit', (code, name) => resolve({ error: `it ended with ${name ?? `exit code ${code}`}` }));
    });
  }

  async next(signal: AbortSignal): Promise<unknown> {
    const aborted = new Promise<{ error: string }>((resolve) => {
      signal.addEventListener('abort', () => resolve({ error: 'no answer in time' }), { once: true });
    });
    const line = this.lines.next().then((next) => (next.done ? this.ended : JSON.parse(next.value)));
    return Promise.race([line, aborted]);
  }
}

async function gone(child: ChildProcess, timeout: number): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  const exit = new Promise<boolean>((resolve) => child.once('exit', () => resolve(true)));
  const clock = new AbortController();
  const late = delay(timeout, false, { signal: clock.signal }).catch(() => false);
  const result = await Promise.race([exit, late]);
  clock.abort();
  return result;
}

async function endProcess(stateFolder: string, daemon: ProcessIdentity): Promise<void> {
  signalProcess(daemon, 'SIGTERM');
  for (let waited = 0; isAlive(daemon); waited += LOOK) {
    if (waited >= STOP) signalProcess(daemon, 'SIGKILL');
    await delay(LOOK);
  }
  killRecorded(join(clusterFolder(stateFolder), 'processes'));
  removeRecord(stateFolder);
}

function signalProcess(daemon: ProcessIdentity, name: NodeJS.Signals): void {
  // The id may be another's by now.
  if (!isAlive(daemon)) return;
  try {
    process.kill(daemon.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
