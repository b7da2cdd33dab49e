import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { KubeObject } from '../types';

/** One write: the object as it is from that revision on, or its removal. */
export interface Entry {
  readonly revision: number;
  /** `Kind/namespace/name`. */
  readonly key: string;
  readonly object: KubeObject | null;
}

/** Rewritten when it holds this many times more entries than objects. */
const COMPACT_RATIO = 8;
const COMPACT_MINIMUM = 2_000;

/**
 * The objects on disk: an append-only file of JSON lines. An entry is handed to the operating system before the API answers, so
 * it outlives the process (also SIGKILL); a line torn by the death of its writer is left out when the file is read again.
 */
export class Journal {
  private descriptor: number;
  private entries: number;

  private constructor(
    private readonly file: string,
    descriptor: number,
    entries: number,
  ) {
    this.descriptor = descriptor;
    this.entries = entries;
  }

  /** Opens or makes the file and gives the last entry of every key that was not removed, and the highest revision. */
  static open(file: string): { journal: Journal; objects: Map<string, KubeObject>; revision: number } {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const objects = new Map<string, KubeObject>();
    let revision = 0;
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    for (const line of lines) {
      const entry = parse(line);
      if (!entry) continue;
      revision = Math.max(revision, entry.revision);
      if (entry.object) objects.set(entry.key, entry.object);
      else objects.delete(entry.key);
    }
    const descriptor = rewrite(file, objects, revision);
    return { journal: new Journal(file, descriptor, objects.size), objects, revision };
  }

  append(entry: Entry, live: ReadonlyMap<string, KubeObject>): void {
    writeSync(this.descriptor, `${JSON.stringify(entry)}\n`);
    this.entries++;
    if (this.entries < COMPACT_MINIMUM || this.entries < live.size * COMPACT_RATIO) return;
    closeSync(this.descriptor);
    this.descriptor = rewrite(this.file, live, entry.revision);
    this.entries = live.size;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function parse(line: string): Entry | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}

/** Puts exactly these objects in place of the file, all or nothing, and opens it for appending. */
function rewrite(file: string, objects: ReadonlyMap<string, KubeObject>, revision: number): number {
  const draft = `${file}.draft`;
  const out = openSync(draft, 'w', 0o600);
  // The first line keeps the counter when no object is left that carries it.
  const lines = [
    { revision, key: '', object: null },
    ...[...objects].map(([key, object]) => ({ revision: 0, key, object })),
  ];
  writeFileSync(out, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  fsyncSync(out);
  closeSync(out);
  renameSync(draft, file);
  return openSync(file, 'a', 0o600);
}
