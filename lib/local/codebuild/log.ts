import { closeSync, openSync } from 'node:fs';
import { writeWhole } from '../engine/records';
import type { Emit } from '../executor';
import { prefixed } from '../output-text';
import type { Mask } from './mask';

/**
 * Where a build's output goes: its log file and the run's events, both masked, in the same order. Lines reach the file with the
 * turn of the event loop in which they come, or every 16 KB. A file that cannot be written to any more stays as it is: the
 * journal, which has the same lines, tells of a full disk.
 */
export interface BuildLog {
  /** Whole lines, as an event of output has them. `more`: the last one is a piece of a very long line, which goes on in the next call. */
  lines(stream: 'stdout' | 'stderr', text: string, more?: boolean): void;
  /** What the runner itself says. */
  note(text: string): void;
  close(): void;
}

const BLOCK = 16 * 1024;

export function buildLog(file: string, mask: Mask, emit: Emit): BuildLog {
  const descriptor = openSync(file, 'w', 0o600);
  let open = true;
  // What a secret could begin in that the next piece of the line goes on with.
  const held = { stdout: '', stderr: '' };
  let pending = '';
  let turn: NodeJS.Immediate | undefined;
  let writable = true;
  const put = (text: string, end: string): void => {
    try {
      if (writable) writeWhole(descriptor, text, end);
    } catch {
      writable = false;
    }
  };
  const flush = (): void => {
    clearImmediate(turn);
    turn = undefined;
    const text = pending;
    pending = '';
    put(text, '');
  };
  const write = (stream: 'stdout' | 'stderr', lines: string): void => {
    const text = mask.lines?.(lines) ?? mask(lines);
    if (text.length >= BLOCK) {
      flush();
      put(text, '\n');
    } else {
      pending += `${text}\n`;
      if (pending.length >= BLOCK) flush();
      else turn ??= setImmediate(flush);
    }
    emit({ kind: 'output', stream, text });
  };
  const lines: BuildLog['lines'] = (stream, text, more = false) => {
    // A process that was left in the background may still speak; after the end nobody listens.
    if (!open) return;
    const whole = held[stream] + text;
    const cut = more && mask.settled ? mask.settled(whole) : whole.length;
    held[stream] = whole.slice(cut);
    if (cut > 0 || !more) write(stream, whole.slice(0, cut));
  };
  return {
    lines,
    note: (text) => {
      if (open) write('stdout', prefixed('[slipway] ', text));
    },
    close: () => {
      for (const stream of ['stdout', 'stderr'] as const) if (open && held[stream] !== '') write(stream, held[stream]);
      if (!open) return;
      flush();
      closeSync(descriptor);
      open = false;
    },
  };
}
