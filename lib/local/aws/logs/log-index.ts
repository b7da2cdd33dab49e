import { closeSync, openSync, readSync } from 'node:fs';
import { eventOf, JournalTail } from '../attempts/journal-tail';

/** Where the lines of one attempt stand in its execution's journal. */
export interface LineIndex {
  /** Milliseconds since 1970, one a line, never falling. */
  readonly times: readonly number[];
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
}

const NONE: LineIndex = { times: [], offsets: [], lengths: [] };
/** Lines that are read at once stand at most this far apart. */
const WINDOW = 4 * 1024 * 1024;

/** The output of an execution, found again by its place in the journal; the journal alone holds it. */
export class LogIndex {
  private readonly lines = new Map<string, { times: number[]; offsets: number[]; lengths: number[] }>();
  private readonly attempts = new Map<string, number>();
  /** Identifiers of builds of batches. */
  private readonly parts = new Set<string>();
  private readonly tail: JournalTail;

  constructor(private readonly journal: string) {
    this.tail = new JournalTail(journal);
  }

  /** The lines of an attempt so far; of a batch, those of one of its builds. */
  of(action: string, attempt: number, part?: string): LineIndex {
    this.tail.read((line) => {
      const { text, offset, length } = line;
      const isOutput = text.includes(',"kind":"output",');
      if (!isOutput && !STATE.some((kind) => text.includes(kind))) return;
      const event = eventOf(line);
      if (event?.kind === 'action-started') this.attempts.set(event.action, (this.attempts.get(event.action) ?? 0) + 1);
      const named = event?.kind === 'fact' ? / buildId$/.exec(event.name) : undefined;
      if (event?.kind === 'fact' && named) this.parts.add(event.name.slice(0, named.index));
      if (event?.kind !== 'output') return;
      const number = this.attempts.get(event.action) ?? 1;
      const own = this.parts.size === 0 ? undefined : /^\[([^\]]+)\] /.exec(event.line)?.[1];
      const key = keyOf(event.action, number, own !== undefined && this.parts.has(own) ? own : undefined);
      const index = this.lines.get(key) ?? { times: [], offsets: [], lengths: [] };
      this.lines.set(key, index);
      index.times.push(Math.max(Date.parse(event.time), index.times.at(-1) ?? 0));
      index.offsets.push(offset);
      index.lengths.push(length);
    });
    return this.lines.get(keyOf(action, attempt, part)) ?? NONE;
  }

  /** The text of the lines from one place up to, not including, another. */
  text({ offsets, lengths }: LineIndex, from: number, to: number): string[] {
    if (from >= to) return [];
    const file = openSync(this.journal, 'r');
    try {
      const texts: string[] = [];
      for (let first = from; first < to; ) {
        const start = offsets[first] as number;
        let last = first + 1;
        while (last < to && (offsets[last] as number) + (lengths[last] as number) - start <= WINDOW) last++;
        const size = (offsets[last - 1] as number) + (lengths[last - 1] as number) - start;
        const buffer = Buffer.alloc(size);
        readSync(file, buffer, 0, size, start);
        for (; first < last; first++) {
          const at = (offsets[first] as number) - start;
          const event = JSON.parse(buffer.toString('utf8', at, at + (lengths[first] as number))) as { line: string };
          texts.push(event.line);
        }
      }
      return texts;
    } finally {
      closeSync(file);
    }
  }
}

const STATE = [',"kind":"action-started",', ',"kind":"fact",'];

/** What a line of a batch's build has in front. */
export const prefixOf = (part: string): string => `[${part}] `;

const keyOf = (action: string, attempt: number, part = ''): string => `${action} ${attempt} ${part}`;
