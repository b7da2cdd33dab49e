import { type Paint, paintFor } from '../lib/local/reporters/format';
import { jsonReporter } from '../lib/local/reporters/json';
import { plainReporter } from '../lib/local/reporters/plain';
import type { Reporter } from '../lib/local/reporters/reporter';
import { terminalReporter } from '../lib/local/reporters/terminal';

export interface OutputOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export const choosePaint = (): Paint => paintFor(process.stdout, process.env);

/** JSON lines when asked for; a live screen on a terminal; plain lines elsewhere. */
export function chooseReporter({ json = false, verbose = false }: OutputOptions): Reporter {
  const { stdout } = process;
  const write = (text: string) => void stdout.write(text);
  if (json) return jsonReporter(write);
  if (!stdout.isTTY || process.env['TERM'] === 'dumb' || process.env['CI'])
    return plainReporter(write, choosePaint(), verbose);
  const screen = { write, columns: () => stdout.columns || 80, rows: () => stdout.rows || 24 };
  return terminalReporter(screen, choosePaint(), verbose, Date.now);
}
