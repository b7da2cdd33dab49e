import { closeSync, openSync, readSync } from 'node:fs';
import { parseEvent } from '../../journal';
import { countLines, linesOf } from '../../output-text';
import { eventOf, JournalTail } from '../attempts/journal-tail';
import { LineIndex, type OutputRecord } from './line-index';

const NONE = new LineIndex();
/** Records that are read at once stand at most this far apart. */
const WINDOW = 4 * 1024 * 1024;

/** The output of an execution, found again by its place in the journal; the journal alone holds it. */
export class LogIndex {
  private readonly lines = new Map<string, LineIndex>();
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
      // What one event has, is of one build.
      const own = this.parts.size === 0 ? undefined : /^\[([^\]]+)\] /.exec(event.text)?.[1];
      const key = keyOf(event.action, number, own !== undefined && this.parts.has(own) ? own : undefined);
      const index = this.lines.get(key) ?? new LineIndex();
      this.lines.set(key, index);
      index.add({ time: Date.parse(event.time), offset, length, lines: countLines(event.text) });
    });
    return this.lines.get(keyOf(action, attempt, part)) ?? NONE;
  }

  /** The text of the lines from one number up to, not including, another. */
  text(index: LineIndex, from: number, to: number): string[] {
    if (from >= to) return [];
    const [first, last] = [index.recordOf(from), index.recordOf(to - 1)];
    const texts = this.read(index.records.slice(first, last + 1)).flatMap(linesOf);
    return texts.slice(from - index.firstOf(first), to - index.firstOf(first));
  }

  private read(records: readonly OutputRecord[]): string[] {
    const file = openSync(this.journal, 'r');
    try {
      const texts: string[] = [];
      for (let next = 0; next < records.length; ) {
        const start = (records[next] as OutputRecord).offset;
        const far = records.findIndex(({ offset, length }, place) => place > next && offset + length - start > WINDOW);
        const window = records.slice(next, far < 0 ? records.length : far);
        const { offset, length } = window.at(-1) as OutputRecord;
        const buffer = Buffer.alloc(offset + length - start);
        readSync(file, buffer, 0, buffer.length, start);
        for (const record of window) {
          const at = record.offset - start;
          const event = parseEvent(buffer.toString('utf8', at, at + record.length));
          texts.push(event?.kind === 'output' ? event.text : '');
        }
        next += window.length;
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
