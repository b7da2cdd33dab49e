import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process started, as an opaque string that differs between two processes that had the same id one after the
 * other; undefined when there is no such process. Linux: `starttime` of proc(5); elsewhere `ps -o lstart`.
 */
export function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** A process by id and start time, so that a reused id is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: string;
}

export const identify = (pid: number): ProcessIdentity | undefined => {
  const start = processStart(pid);
  return start === undefined ? undefined : { pid, start };
};

export const isAlive = (process: ProcessIdentity): boolean => processStart(process.pid) === process.start;
