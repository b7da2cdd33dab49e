import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { mostProcesses, type ProcessNumbers, processNumbers, startedBetween } from './process-numbers';

export interface EndOptions {
  /** Between SIGTERM and SIGKILL, milliseconds; 0: SIGKILL at once. */
  readonly grace: number;
  /** Between two looks, milliseconds. */
  readonly interval?: number;
}

/** Which processes belong together. */
export interface ProcessSet {
  readonly groups: readonly ProcessGroup[];
  /** `NAME=value` that stands in the environment of each of them, for those that left their group and session (Linux only: elsewhere these stay unseen). */
  readonly marker?: string;
  /** Taken before the first of them was started: spares the look at every older process. */
  readonly since?: ProcessNumbers;
}

/**
 * A process group that is told from a later one with the same id: ids come again soon where few are to be had (pid_max is
 * 32768 on many machines). It is this one as long as a process is alive, by id and start time, that was seen in it.
 */
export interface ProcessGroup {
  readonly id: number;
  /** Whether it has a living member that is known to be its own. */
  exists(): boolean;
  /** To be called in the `exit` event of the leader, while the id cannot have come round: takes in who is left. */
  leaderEnded(): void;
  /** Takes a member into what is known; for findProcesses. */
  remember(pid: number, start: string): void;
}

/** The group of a process that was started as its leader. `start`: when, if this is not called in the turn of its start, while nobody can have waited for it. */
export function processGroup(leader: number, start = readStat(leader)?.start): ProcessGroup {
  const known = new Map<number, string>();
  if (start !== undefined) known.set(leader, start);
  let seen = performance.now();
  return {
    id: leader,
    exists() {
      if (!sendSignal({ pid: -leader }, 0)) return false;
      if (process.platform !== 'linux') return true;
      for (const [pid, started] of known) {
        const now = readStat(pid);
        if (now?.start === started && now.group === leader && isLiving(now)) {
          seen = performance.now();
          return true;
        }
        if (now?.start !== started) known.delete(pid);
      }
      // Its last known member has just gone and left others: no id comes round within this time.
      return performance.now() - seen < ROUND && [undefined, start].includes(readStat(leader)?.start);
    },
    leaderEnded() {
      if (process.platform !== 'linux' || !sendSignal({ pid: -leader }, 0)) return;
      seen = performance.now();
      for (const name of readdirSync('/proc')) {
        const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined;
        if (stat?.group === leader && isLiving(stat)) known.set(Number(name), stat.start);
      }
    },
    remember: (pid, started) => void known.set(pid, started),
  };
}

const ROUND = 500;

/** Ends the whole set: SIGTERM, and after the grace SIGKILL. Returns when none is left. */
export async function endProcesses(set: ProcessSet, options: EndOptions): Promise<void> {
  const interval = options.interval ?? 10;
  let left = await findProcesses(set);
  if (options.grace > 0) for (const target of left) sendSignal(target, 'SIGTERM');
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

/** Ends a group at once (SIGKILL), as far as it is known to be this one. */
export const killGroup = (group: ProcessGroup): Promise<void> => endProcesses({ groups: [group] }, { grace: 0 });

/** What a signal may be sent to: a process by id and start time, or (not on Linux) a group by its negative id. */
export interface Target {
  readonly pid: number;
  readonly start?: string;
}

/** The living members of the set. Zombies, which nobody may ever reap in a container, do not count where they can be told. */
export async function findProcesses(set: ProcessSet): Promise<Target[]> {
  const groups = new Map(set.groups.filter((group) => group.exists()).map((group) => [group.id, group]));
  if (process.platform !== 'linux') return [...groups.keys()].map((id) => ({ pid: -id }));
  const needle = set.marker === undefined ? undefined : `\0${set.marker}\0`;
  if (needle === undefined && groups.size === 0) return [];
  const found: Target[] = [];
  let looked = 0;
  const names = readdirSync('/proc');
  // Asked for after the list is made: every one in it was started before.
  const isYoung = set.since && startedBetween(set.since, processNumbers(), mostProcesses());
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    if (isYoung?.(pid) === false) continue;
    // Each look is a few system calls without waiting: many times cheaper than through the thread pool.
    if (++looked % 100 === 0) await turn();
    const stat = pid === process.pid ? undefined : readStat(pid);
    if (stat === undefined || !isLiving(stat)) continue;
    const group = groups.get(stat.group);
    if (group) group.remember(pid, stat.start);
    // Not readable: another user's, so not ours.
    else if (needle === undefined || !`\0${read(`/proc/${pid}/environ`) ?? ''}\0`.includes(needle)) continue;
    found.push({ pid, start: stat.start });
  }
  return found;
}

/** Whether there was somebody to signal. */
export function sendSignal(target: Target, name: NodeJS.Signals | 0): boolean {
  // The id may have gone to another process since it was looked up.
  if (target.start !== undefined && readStat(target.pid)?.start !== target.start) return false;
  try {
    return process.kill(target.pid, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Stat {
  readonly state: string;
  readonly group: number;
  readonly start: string;
}

const isLiving = ({ state }: Stat): boolean => state !== 'Z' && state !== 'X';

/** proc(5): `pid (comm) state ppid pgrp …`, `starttime` is field 22; comm may hold anything. Absent: no such process (or not Linux). */
function readStat(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', group: Number(fields[2]), start: fields[19] ?? '' };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
