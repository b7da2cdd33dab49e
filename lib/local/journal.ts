import { closeSync, fdatasync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { err, ok, type Result } from '../result';
import { folderSynced, openForAppending, writeWhole } from './engine/records';
import type { Event } from './event';

/** Takes the events of one run, in order. Appending never throws: the first thing that went wrong is kept in `error`. */
export interface Journal {
  append(event: Event): void;
  /** Every event from now on, at once and in order. Gives the function that ends the subscription. */
  subscribe(listener: (event: Event) => void): () => void;
  /** Ends when all that was appended is on the disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** Set once a record could not be written or a subscriber threw: the runner is broken and should end. */
  readonly error?: Error;
}

const BUFFER_BYTES = 64 * 1024;
const BUFFER_MILLISECONDS = 50;

/**
 * A journal in a file, new or taken up again, one JSON record a line. State events are handed to the system at once (they survive the end of this
 * process) and synced to the disk in the background; output waits for the next state event, 64 KB or 50 ms.
 * Throws if it cannot be opened. `file`: descriptor to write to, which the journal closes.
 */
export function openJournal(path: string, file: number = openForAppending(path)): Journal {
  return new FileJournal(path, file);
}

class FileJournal implements Journal {
  error?: Error;
  private readonly listeners = new Set<(event: Event) => void>();
  private buffer: string[] = [];
  private buffered = 0;
  private timer: NodeJS.Timeout | undefined;
  private syncing: Promise<void> | undefined;
  private syncAgain = false;
  private open = true;
  private unwritable = false;
  private folderSynced = false;

  constructor(
    private readonly path: string,
    private readonly file: number,
  ) {}

  append(event: Event): void {
    if (!this.open) return;
    const record = `${JSON.stringify(event)}\n`;
    this.buffer.push(record);
    this.buffered += record.length;
    if (event.kind !== 'output') {
      this.write();
      this.sync();
    } else if (this.buffered >= BUFFER_BYTES) this.write();
    else this.timer ??= setTimeout(() => this.write(), BUFFER_MILLISECONDS);
    this.publish(event);
  }

  subscribe(listener: (event: Event) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async flush(): Promise<void> {
    this.write();
    this.sync();
    await this.syncing;
  }

  async close(): Promise<void> {
    if (!this.open) return;
    await this.flush();
    this.open = false;
    closeSync(this.file);
  }

  private publish(event: Event): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (cause) {
        this.listeners.delete(listener);
        this.error ??= new Error(`a reader of the run's events broke: ${message(cause)}`, { cause });
      }
    }
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const text = this.buffer.length === 1 ? (this.buffer[0] as string) : this.buffer.join('');
    this.buffer = [];
    this.buffered = 0;
    if (this.unwritable) return;
    try {
      writeWhole(this.file, text);
    } catch (cause) {
      this.fail(cause);
    }
  }

  /** One sync at a time; one asked for meanwhile follows it and covers all that was written until then. */
  private sync(): void {
    if (this.syncing !== undefined) {
      this.syncAgain = true;
      return;
    }
    this.syncing = this.syncedOnce()
      .then(() => syncData(this.file))
      .catch((cause) => this.fail(cause))
      .then(() => {
        this.syncing = undefined;
        if (!this.syncAgain) return;
        this.syncAgain = false;
        this.sync();
        return this.syncing;
      });
  }

  /** With the first sync that of the folders, so that the file is found after a loss of power. */
  private async syncedOnce(): Promise<void> {
    if (this.folderSynced) return;
    this.folderSynced = true;
    const folder = dirname(this.path);
    await Promise.all([folderSynced(folder), folderSynced(dirname(folder))]);
  }

  private fail(cause: unknown): void {
    this.unwritable = true;
    this.error ??= new Error(`cannot write the run's journal ${this.path}: ${message(cause)}`, { cause });
  }
}

const syncData = promisify(fdatasync);

const message = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * Reads a journal. A last record without its end of line, as a run that was killed leaves it, is taken if it is whole and
 * dropped if not. Anything else that is no event is an error that names the line.
 */
export function readJournal(path: string, options: ReadOptions = {}): Result<Event[], string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    return err(`cannot read the journal ${path}: ${message(cause)}`);
  }
  return parseJournal(text, path, options);
}

export interface ReadOptions {
  /** Leaves the lines of output out, which most of a journal is. */
  readonly withoutOutput?: boolean;
}

/** `path` is for messages alone. */
export function parseJournal(
  text: string,
  path: string,
  { withoutOutput = false }: ReadOptions = {},
): Result<Event[], string> {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const events: Event[] = [];
  const errors: string[] = [];
  lines.forEach((line, index) => {
    if (withoutOutput && isOutput(line)) return;
    const event = parseEvent(line);
    if (event !== undefined) events.push(event);
    else errors.push(`${path}:${index + 1}: expected an event in JSON, got ${JSON.stringify(line.slice(0, 60))}`);
  });
  const cut = last === '' ? undefined : parseEvent(last);
  if (cut !== undefined) events.push(cut);
  return errors.length > 0 ? err(...errors) : ok(events);
}

/** The kind comes right after time and execution; in a text its quotation marks would be escaped. */
const isOutput = (line: string): boolean => line.slice(0, 160).includes('"kind":"output"');

const KINDS: { readonly [K in Event['kind']]: true } = {
  'pipeline-started': true,
  'pipeline-ended': true,
  'pipeline-stopping': true,
  'pipeline-resumed': true,
  notice: true,
  'stage-waiting': true,
  'stage-started': true,
  'stage-ended': true,
  'condition-started': true,
  'condition-ended': true,
  'condition-overridden': true,
  'rule-started': true,
  'rule-ended': true,
  'rollback-requested': true,
  'action-started': true,
  'action-ended': true,
  output: true,
  'phase-started': true,
  'phase-ended': true,
  report: true,
  'approval-requested': true,
  'approval-answered': true,
  fact: true,
};

/** The event of a record; undefined if it is none. */
export function parseEvent(line: string): Event | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, time, execution } = value as Record<string, unknown>;
  const known = typeof kind === 'string' && Object.hasOwn(KINDS, kind);
  if (!known || typeof time !== 'string' || typeof execution !== 'string') return undefined;
  return kind === 'output' ? outputOf(value) : (value as Event);
}

/** Journals of earlier versions have one line in each event of output, `line`. */
function outputOf(value: object): Event | undefined {
  const { line, text = line, ...rest } = value as Record<string, unknown>;
  return typeof text === 'string' ? ({ ...rest, text } as unknown as Event) : undefined;
}
