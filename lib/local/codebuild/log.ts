import { closeSync, openSync, writeSync } from 'node:fs';
import type { Emit } from '../executor';
import type { Mask } from './mask';

/** Where a build's output goes: its log file and the run's events, both masked, in the same order. */
export interface BuildLog {
  /** `more`: a piece of a very long line, which goes on in the next call. */
  line(stream: 'stdout' | 'stderr', text: string, more?: boolean): void;
  /** What the runner itself says. */
  note(text: string): void;
  close(): void;
}

export function buildLog(file: string, mask: Mask, emit: Emit): BuildLog {
  const descriptor = openSync(file, 'w', 0o600);
  let open = true;
  // What a secret could begin in that the next piece of the line goes on with.
  const held = { stdout: '', stderr: '' };
  const write = (stream: 'stdout' | 'stderr', text: string): void => {
    const line = mask(text);
    writeSync(descriptor, `${line}\n`);
    emit({ kind: 'output', stream, line });
  };
  const line: BuildLog['line'] = (stream, text, more = false) => {
    // A process that was left in the background may still speak; after the end nobody listens.
    if (!open) return;
    const whole = held[stream] + text;
    const cut = more && mask.settled ? mask.settled(whole) : whole.length;
    held[stream] = whole.slice(cut);
    if (cut > 0 || !more) write(stream, whole.slice(0, cut));
  };
  return {
    line,
    note: (text) => {
      if (open) for (const each of text.split('\n')) write('stdout', `[slipway] ${each}`);
    },
    close: () => {
      for (const stream of ['stdout', 'stderr'] as const) if (open && held[stream] !== '') write(stream, held[stream]);
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}
