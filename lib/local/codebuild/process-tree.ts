import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';

export interface EndOptions {
  /** Between SIGTERM and SIGKILL, milliseconds. */
  readonly grace: number;
  /** Between two looks, milliseconds. */
  readonly interval?: number;
}

/** Which processes belong together. */
export interface ProcessSet {
  /** Process group ids. */
  readonly groups: readonly number[];
  /** `NAME=value` that stands in the environment of each of them, for those that left their group and session (Linux only: elsewhere these stay unseen). */
  readonly marker: string;
}

/** Ends the whole set: SIGTERM, and after the grace SIGKILL. Returns when none is left. */
export async function endProcesses(set: ProcessSet, options: EndOptions): Promise<void> {
  const interval = options.interval ?? 10;
  let left = await findProcesses(set);
  for (const target of left) sendSignal(target, 'SIGTERM');
  for (let waited = 0; left.length > 0 && waited < options.grace; waited += interval) {
    await pause(interval);
    left = await findProcesses(set);
  }
  // Bounded, although SIGKILL cannot be refused: a process inside an uninterruptible system call dies only after it.
  for (let round = 0; left.length > 0 && round < 500; round++) {
    for (const target of left) sendSignal(target, 'SIGKILL');
    await pause(interval);
    left = await findProcesses(set);
  }
}

/** Whether a process group has a member. */
export const groupExists = (group: number): boolean => sendSignal(-group, 0);

/**
 * The living members of the set as targets of kill(2): process ids on Linux, negative group ids elsewhere. Zombies, which
 * nobody may ever reap in a container, do not count where they can be told.
 */
export async function findProcesses(set: ProcessSet): Promise<number[]> {
  if (process.platform !== 'linux') return set.groups.filter(groupExists).map((group) => -group);
  const needle = `\0${set.marker}\0`;
  const groups = new Set(set.groups);
  const belongs = (pid: number): boolean => {
    const stat = read(`/proc/${pid}/stat`);
    if (pid === process.pid || stat === undefined) return false;
    // proc(5): `pid (comm) state ppid pgrp …`; comm may hold anything.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return false;
    if (groups.has(Number(group))) return true;
    // Not readable: another user's, so not ours.
    return `\0${read(`/proc/${pid}/environ`) ?? ''}\0`.includes(needle);
  };
  const found: number[] = [];
  let looked = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    if (belongs(Number(name))) found.push(Number(name));
    // Each look is a few system calls without waiting: many times cheaper than through the thread pool.
    if (++looked % 100 === 0) await turn();
  }
  return found;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** Whether there was somebody to signal. */
function sendSignal(target: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
