import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './process-identity';

export interface LockHolder extends ProcessIdentity {
  /** What the holder does, for the one who waits. */
  readonly purpose: string;
}

export type LockOutcome = { readonly held: true; release(): void } | { readonly held: false; readonly by: LockHolder };

/**
 * Takes the file as a lock for this process, or says who has it. Its time to live is its holder's: a lock whose process
 * is gone is taken over. Made whole by link(2), so that a reader never sees half of it.
 */
export function acquireLock(file: string, purpose: string): LockOutcome {
  mkdirSync(dirname(file), { recursive: true });
  const self = identify(process.pid);
  if (!self) throw new Error(`cannot read the start time of process ${process.pid}`);
  const holder: LockHolder = { ...self, purpose };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(holder));
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (tryLink(draft, file)) return { held: true, release: () => release(file, holder) };
      const other = readHolder(file);
      if (other && isAlive(other)) return { held: false, by: other };
      removeStale(file, `${draft}.stale`);
    }
    const other = readHolder(file);
    if (other) return { held: false, by: other };
    throw new Error(`cannot take the lock ${file}: it appears and vanishes; remove it by hand`);
  } finally {
    unlinkSync(draft);
  }
}

/** Takes the lock of a process that is gone out of the way. What another took meanwhile is put back. */
function removeStale(file: string, aside: string): void {
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved && isAlive(moved)) tryLink(aside, file);
  unlinkSync(aside);
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): LockHolder | undefined {
  try {
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as Partial<LockHolder>;
    return typeof parsed.pid === 'number' && typeof parsed.start === 'string'
      ? { pid: parsed.pid, start: parsed.start, purpose: parsed.purpose ?? 'unknown' }
      : undefined;
  } catch {
    return undefined;
  }
}

function release(file: string, holder: LockHolder): void {
  const now = readHolder(file);
  if (now?.pid === holder.pid && now.start === holder.start) rmSync(file, { force: true });
}
