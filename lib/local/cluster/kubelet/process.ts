import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { identify, isAlive, type ProcessIdentity } from '../../process-identity';

export interface Command {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface Exit {
  /** 128 + signal number for a process ended by a signal. */
  readonly code: number;
  readonly signal?: number;
}

/**
 * Starts `$@` in the process group that this shell leads, watched from inside the group: when the cluster's end of descriptor 3
 * closes, however the cluster died, the group ends. The watcher is nobody's child, so that no program finds it among its own.
 */
const GUARDED =
  '( ( read -r _ <&3; trap "" TERM; kill -TERM 0; sleep 2; kill -KILL 0 ) >/dev/null 2>&1 & ); exec "$@" 3<&-';

/** A process in a group of its own, recorded on disk while it lives. */
export class GroupProcess {
  /** After the whole group is gone and the output is read. */
  readonly ended: Promise<Exit>;

  private constructor(
    private readonly child: ChildProcess,
    readonly pid: number,
    private readonly record: string,
  ) {
    this.ended = new Promise((resolve) => {
      let exit: Exit = { code: 255 };
      child.once('exit', (code, signal) => {
        const number = signal ? constants.signals[signal] : undefined;
        exit = number === undefined ? { code: code ?? 255 } : { code: 128 + number, signal: number };
        // As in a container, nothing outlives the first process.
        this.kill();
      });
      child.once('close', () => {
        rmSync(this.record, { force: true });
        resolve(exit);
      });
    });
  }

  /** Rejects with the system's error when the shell cannot be started. */
  static async start(command: Command, records: string): Promise<GroupProcess> {
    const child = spawn('/bin/sh', ['-c', GUARDED, 'pod', ...command.argv], {
      cwd: command.cwd,
      env: { ...command.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    const pid = child.pid ?? 0;
    child.stdio[3]?.on('error', () => {});
    mkdirSync(records, { recursive: true });
    const record = join(records, `${pid}.json`);
    const identity = identify(pid);
    if (identity) writeFileSync(record, JSON.stringify(identity));
    return new GroupProcess(child, pid, record);
  }

  get output(): { stdout: Readable; stderr: Readable } {
    return { stdout: this.child.stdout as Readable, stderr: this.child.stderr as Readable };
  }

  /** Tells the first process alone, as a container runtime does. */
  terminate(): void {
    this.child.kill('SIGTERM');
  }

  /** Ends the whole group at once. */
  kill(): void {
    signalGroup(this.pid, 'SIGKILL');
  }
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Kills what an earlier life of the cluster left running, as recorded; gives the number of processes that were still there. */
export function killRecorded(records: string): number {
  let killed = 0;
  let files: string[] = [];
  try {
    files = readdirSync(records);
  } catch {
    return 0;
  }
  for (const file of files) {
    const path = join(records, file);
    const identity = readIdentity(path);
    if (identity && isAlive(identity)) {
      signalGroup(identity.pid, 'SIGKILL');
      killed++;
    }
    rmSync(path, { force: true });
  }
  return killed;
}

function readIdentity(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
