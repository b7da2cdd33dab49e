import { readFileSync } from 'node:fs';

/** Where the kernel's count of processes stood. */
export interface ProcessNumbers {
  /** The id that was given last. */
  readonly last: number;
  /** How many processes and threads have been started since the machine was. */
  readonly started: number;
  /** How many there are. */
  readonly living: number;
}

/**
 * proc(5): the last field of /proc/loadavg is the id of the newest process, the one before it `running/all`; `processes` of
 * /proc/stat counts the starts, of every container. Undefined where that is not told.
 */
export function processNumbers(): ProcessNumbers | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const load = /\/(\d+) (\d+)\n$/.exec(readFileSync('/proc/loadavg', 'latin1'));
    const started = Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]);
    const numbers = { last: Number(load?.[2]), started, living: Number(load?.[1]) };
    return Object.values(numbers).every((number) => number > 0) ? numbers : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Tells the ids that processes can have which were started between the two: the kernel gives ids in a row and begins again at
 * `most`. Undefined where every id is possible: too many were started, or the machine does not count them.
 */
export function startedBetween(
  before: ProcessNumbers | undefined,
  after: ProcessNumbers | undefined,
  most: number,
): ((id: number) => boolean) | undefined {
  if (before === undefined || after === undefined) return undefined;
  const started = after.started - before.started;
  // Ids in use are passed over. Half of the round is left for starts that failed, which are not counted.
  if (started <= 0 || started + after.living + before.living > most / 2) return undefined;
  if (after.last >= before.last) return (id) => id > before.last && id <= after.last;
  return (id) => id > before.last || id <= after.last;
}

/** The greatest process id, as the kernel's smallest default says where it is not to be read. */
export function mostProcesses(): number {
  try {
    return Number(readFileSync('/proc/sys/kernel/pid_max', 'latin1')) || DEFAULT_MOST;
  } catch {
    return DEFAULT_MOST;
  }
}

const DEFAULT_MOST = 32_768;
