import { closeSync, openSync, writeSync } from 'node:fs';
import type { Emit } from '../executor';
import type { Mask } from './mask';

/** Where a build's output goes: its log file and the run's events, both masked, in the same order. */
export interface BuildLog {
  line(stream: 'stdout' | 'stderr', text: string): void;
  /** What the runner itself says. */
  note(text: string): void;
  close(): void;
}

export function buildLog(file: string, mask: Mask, emit: Emit): BuildLog {
  const descriptor = openSync(file, 'w', 0o600);
  let open = true;
  const write = (stream: 'stdout' | 'stderr', text: string): void => {
    // A process that was left in the background may still speak; after the end nobody listens.
    if (!open) return;
    const line = mask(text);
    writeSync(descriptor, `${line}\n`);
    emit({ kind: 'output', stream, line });
  };
  return {
    line: write,
    note: (text) => {
      for (const line of text.split('\n')) write('stdout', `[slipway] ${line}`);
    },
    close: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}
