import { closeSync, openSync, readSync } from 'node:fs';
import type { Event } from '../../event';
import { parseEvent } from '../../journal';

/** A whole line of a journal, without its end. */
export interface JournalLine {
  readonly text: string;
  /** Where it stands in the file, bytes. */
  readonly offset: number;
  readonly length: number;
}

const CHUNK = 1024 * 1024;
const NEWLINE = 10;

/** The event of a line; undefined for what a process that was killed left of one. */
export const eventOf = ({ text }: Pick<JournalLine, 'text'>): Event | undefined => parseEvent(text);

/** Reads a file that grows, each line once. A file that is not there yet is empty. */
export class JournalTail {
  private offset = 0;

  constructor(readonly file: string) {}

  /** Gives every line that became whole since the last call. */
  read(take: (line: JournalLine) => void): void {
    const descriptor = open(this.file);
    if (descriptor === undefined) return;
    try {
      let buffer = Buffer.alloc(CHUNK);
      for (;;) {
        const read = readSync(descriptor, buffer, 0, buffer.length, this.offset);
        let start = 0;
        for (;;) {
          const end = buffer.subarray(0, read).indexOf(NEWLINE, start);
          if (end < 0) break;
          take({ text: buffer.toString('utf8', start, end), offset: this.offset + start, length: end - start });
          start = end + 1;
        }
        this.offset += start;
        if (read < buffer.length) return;
        // A line longer than the buffer.
        if (start === 0) buffer = Buffer.alloc(buffer.length * 2);
      }
    } finally {
      closeSync(descriptor);
    }
  }
}

function open(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
