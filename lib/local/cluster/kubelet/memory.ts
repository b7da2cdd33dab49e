import { readdirSync, readFileSync } from 'node:fs';

/** What a process group holds. */
export interface GroupMemory {
  /** Bytes that are its own: anonymous and shared memory, without mapped files, which a cgroup would give back first. */
  readonly bytes: number;
  /** The process that holds most. */
  readonly biggest: { readonly pid: number; readonly name: string };
}

/** Looks at every process group of a set at once. */
export type MemorySample = (groups: ReadonlySet<number>) => ReadonlyMap<number, GroupMemory>;

export const MEMORY_INTERVAL = 500;

interface Watched {
  readonly limit: number;
  readonly exceeded: (memory: GroupMemory) => void;
}

/** Tells when a process group holds more memory than it may; looks every `interval` milliseconds while there is one to look at. */
export class MemoryWatch {
  private readonly watched = new Map<number, Watched>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sample: MemorySample = readMemory,
    private readonly interval: () => number = () => MEMORY_INTERVAL,
  ) {}

  /** `limit` in bytes; `exceeded` is called once. Gives what ends the watch. */
  watch(group: number, limit: number, exceeded: (memory: GroupMemory) => void): () => void {
    this.watched.set(group, { limit, exceeded });
    this.arm();
    return () => {
      this.watched.delete(group);
      if (this.watched.size === 0) this.disarm();
    };
  }

  /** One look at all groups. */
  look(): void {
    for (const [group, memory] of this.sample(new Set(this.watched.keys()))) {
      const entry = this.watched.get(group);
      if (!entry || memory.bytes <= entry.limit) continue;
      this.watched.delete(group);
      entry.exceeded(memory);
    }
  }

  private arm(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.look();
      if (this.watched.size > 0) this.arm();
    }, this.interval()).unref();
  }

  private disarm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** From proc(5); nothing where there is no such file system (macOS). */
export const readMemory: MemorySample = (groups) => {
  const found = new Map<number, GroupMemory & { most: number }>();
  let names: string[] = [];
  try {
    names = groups.size > 0 ? readdirSync('/proc') : [];
  } catch {
    return found;
  }
  for (const name of names) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const process = readProcess(name);
    if (!process || !groups.has(process.group)) continue;
    const before = found.get(process.group);
    const biggest = before && before.most >= process.bytes ? before.biggest : { pid, name: process.name };
    const most = Math.max(before?.most ?? 0, process.bytes);
    found.set(process.group, { bytes: (before?.bytes ?? 0) + process.bytes, biggest, most });
  }
  return found;
};

function readProcess(pid: string): { group: number; bytes: number; name: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(text)?.[1];
    const kibibytes = Number(field('RssAnon') ?? 0) + Number(field('RssShmem') ?? 0);
    return { group: Number(field('NSpgid')), bytes: kibibytes * 1024, name: field('Name') ?? '' };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}
