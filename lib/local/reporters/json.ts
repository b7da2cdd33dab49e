import type { Reporter } from './reporter';

/** One JSON object a line: every event as the journal has it, and the preparations before them. */
export function jsonReporter(write: (text: string) => void): Reporter {
  const line = (value: object) => write(`${JSON.stringify(value)}\n`);
  return {
    prepare: line,
    event: line,
    text: () => {},
    quietly: (ask) => ask(),
    close: () => {},
  };
}
