import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { BusEvent } from './bus-event';
import type { Delivery } from './delivery';

/** Refs of a repository: full name -> object id. */
export type Refs = Readonly<Record<string, string>>;

/** One line of the journal. */
export type EventRecord =
  /** What the refs of a repository are: those of its seed, or of all pushes before. */
  | { readonly kind: 'refs'; readonly repository: string; readonly refs: Refs }
  /** Events, and what targets are to get of them; with the change of a repository's refs that they tell of (`null`: deleted). */
  | {
      readonly kind: 'events';
      readonly repository?: string;
      readonly changes?: Readonly<Record<string, string | null>>;
      readonly events: readonly BusEvent[];
      readonly deliveries: readonly Delivery[];
    }
  /** A delivery has ended: its target took it, or will never. */
  | {
      readonly kind: 'ended';
      readonly delivery: string;
      readonly status: 'delivered' | 'dead';
      readonly detail: string;
    };

/** What the records say. */
export interface EventState {
  readonly refs: ReadonlyMap<string, Refs>;
  /** Deliveries that have not ended, in the order in which they came. */
  readonly pending: ReadonlyMap<string, Delivery>;
}

export interface EventJournal {
  /** What an earlier process left. */
  readonly before: EventState;
  /** Hands the record to the system at once. Throws if it cannot be written. */
  append(record: EventRecord): void;
  /** Ends when all that was appended is on the disk. */
  flush(): Promise<void>;
  close(): void;
}

const LARGEST = 4 * 1024 * 1024;
const sync = promisify(fdatasync);

/**
 * Opens the journal of events; makes it if it is not there. The record that a killed process left half written is cut off; a
 * journal that has grown large is written anew with what still counts. Throws on a line that is no record: it names the line.
 */
export function openEventJournal(path: string, largest = LARGEST, write: typeof writeSync = writeSync): EventJournal {
  mkdirSync(dirname(path), { recursive: true });
  const text = read(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const before = fold(parse(whole, path));
  if (Buffer.byteLength(whole) > largest) rewrite(path, before);
  const file = openSync(path, 'a', 0o600);
  if (whole.length < text.length && Buffer.byteLength(whole) <= largest) ftruncateSync(file, Buffer.byteLength(whole));
  let size = fstatSync(file).size;
  // One sync at a time; whoever comes meanwhile shares the one that follows.
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const flush = (): Promise<void> => {
    if (current) {
      next ??= current
        .catch(() => {})
        .then(() => {
          next = undefined;
          return flush();
        });
      return next;
    }
    current = sync(file).finally(() => {
      current = undefined;
    });
    return current;
  };
  return {
    before,
    append(record) {
      const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
      try {
        for (let at = 0; at < bytes.length; ) at += write(file, bytes, at);
        size += bytes.length;
      } catch (cause) {
        // Half a record would spoil the one that follows it.
        ftruncateSync(file, size);
        throw new Error(`cannot write the journal of events ${path}: ${(cause as Error).message}`, { cause });
      }
    },
    flush,
    close: () => closeSync(file),
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw cause;
  }
}

function parse(text: string, path: string): EventRecord[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      try {
        const record = JSON.parse(line) as EventRecord;
        if (['refs', 'events', 'ended'].includes(record.kind)) return record;
      } catch {}
      throw new Error(`${path}:${index + 1}: expected a record of events in JSON; remove the file to start without it`);
    });
}

function fold(records: Iterable<EventRecord>): EventState {
  const refs = new Map<string, Refs>();
  const pending = new Map<string, Delivery>();
  for (const record of records) {
    switch (record.kind) {
      case 'refs':
        refs.set(record.repository, record.refs);
        break;
      case 'events':
        if (record.repository !== undefined)
          refs.set(record.repository, changed(refs.get(record.repository) ?? {}, record.changes ?? {}));
        for (const delivery of record.deliveries) pending.set(delivery.id, delivery);
        break;
      case 'ended':
        pending.delete(record.delivery);
        break;
      default:
        record satisfies never;
    }
  }
  return { refs, pending };
}

/** The refs after a change. */
export function changed(refs: Refs, changes: Readonly<Record<string, string | null>>): Refs {
  const after = Object.entries({ ...refs, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(after);
}

function rewrite(path: string, { refs, pending }: EventState): void {
  const records: EventRecord[] = [...refs].map(([repository, each]) => ({ kind: 'refs', repository, refs: each }));
  if (pending.size > 0) records.push({ kind: 'events', events: [], deliveries: [...pending.values()] });
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  closeSync(file);
  renameSync(draft, path);
}
