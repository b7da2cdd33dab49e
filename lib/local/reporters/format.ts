import { stripVTControlCharacters } from 'node:util';
import { linesOf } from '../output-text';

/** How facts are written for people: the same in the terminal, in plain lines and in the summary. */

export type Status = 'Succeeded' | 'Failed' | 'Stopped' | 'Skipped' | 'Superseded' | 'Cancelled' | 'Abandoned';

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const wrap = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;
const same = (text: string) => text;

export const colours: Paint = {
  bold: wrap(1, 22),
  dim: wrap(2, 22),
  red: wrap(31, 39),
  green: wrap(32, 39),
  yellow: wrap(33, 39),
  cyan: wrap(36, 39),
};

export const monochrome: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

/** Colours for a stream: what NO_COLOR and FORCE_COLOR say (https://no-color.org), else only on a terminal. */
export function paintFor(stream: { isTTY?: boolean }, environment: Record<string, string | undefined>): Paint {
  if (environment['NO_COLOR']) return monochrome;
  if (environment['FORCE_COLOR']) return colours;
  return stream.isTTY && environment['TERM'] !== 'dumb' ? colours : monochrome;
}

/** 450 ms -> `0.5s`, 75 s -> `1m15s`, 2 h -> `2h00m`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}

export function mark(status: Status, paint: Paint): string {
  switch (status) {
    case 'Succeeded':
      return paint.green('✓');
    case 'Failed':
      return paint.red('✗');
    case 'Stopped':
    case 'Abandoned':
      return paint.yellow('■');
    case 'Skipped':
    case 'Superseded':
    case 'Cancelled':
      return paint.dim('○');
  }
}

/** Without escape sequences and control characters: what a program prints must not move our cursor. */
export const printable = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/\t/g, '  ')
    .replace(/\p{Cc}/gu, '');

/** The same for lines with newlines between them. */
export const printableLines = (text: string): string =>
  SPECIAL.test(text) ? linesOf(text).map(printable).join('\n') : text;

const SPECIAL = /[^\P{Cc}\n]/u;

/** At most `width` columns, with an ellipsis where something was cut. */
export function clip(text: string, width: number): string {
  if (width <= 0) return '';
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
