import { stripVTControlCharacters } from 'node:util';

/** Colours, or none. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** On one line, without escape sequences and control characters: what others wrote must not move our cursor. */
export const oneLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();

/** At most `width` columns, with an ellipsis where something was cut. */
export function clip(text: string, width: number): string {
  if (width <= 0) return '';
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** How long ago, in its largest unit: `12s`, `5m`, `3h`, `8d`. */
export function ago(time: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}

/** The beginning of an id that people can read. */
export const short = (id: string): string => id.slice(0, 8);

/** Rows with every column but the last as wide as its widest cell. Cells hold no escape sequences. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, [...cell].length);
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - [...cell].length)))
      .join('  ')
      .trimEnd(),
  );
}

/** `no stage X; did you mean Y? There are: …`: at most twenty names. */
export function noSuch(what: string, wanted: string, names: readonly string[], near = nearest(wanted, names)): string {
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  const there = `${names.slice(0, 20).join(', ')}${more}`;
  return `no ${what} ${wanted}; ${near === undefined ? 'there are' : `did you mean ${near}? There are`}: ${there}`;
}

/** The nearest of `names` by edit distance, if it is near: at most a third of the letters differ. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, distance: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(Math.max(wanted.length, best.name.length) / 3))
    ? best.name
    : undefined;
}

function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [row, letter] of [...a].entries()) {
    const now = [row + 1];
    for (let at = 1; at <= b.length; at++) {
      const replaced = (before[at - 1] ?? 0) + (letter === b[at - 1] ? 0 : 1);
      now.push(Math.min(replaced, (before[at] ?? 0) + 1, (now[at - 1] ?? 0) + 1));
    }
    before = now;
  }
  return before[b.length] ?? 0;
}
