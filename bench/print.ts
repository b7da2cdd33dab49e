import type { Line } from './measure';

const NAME = 38;

export const heading = (): string =>
  [
    'figure'.padEnd(NAME),
    'ours'.padStart(10),
    'yardstick'.padStart(10),
    'ratio'.padStart(8),
    'aim'.padStart(8),
    '      ',
    'against',
  ].join('  ');

/** A figure as a line of the table. */
export function lineOf(line: Line): string {
  const name = line.name.padEnd(NAME);
  if ('why' in line) return `${name}  NOT RUN (${line.why})`;
  if ('amount' in line) {
    const { amount, unit, most, against } = line;
    const aim = `≤ ${most} ${unit}`.padStart(30 - 12);
    const ours = `${amount.toFixed(amount < 10 ? 2 : 0)} ${unit}`.padStart(10);
    return [name, ours, ''.padStart(10), aim, verdict(amount <= most), against].join('  ');
  }
  const { ours, yardstick, aim, against } = line;
  const ratio = ours / yardstick;
  const cells = [
    name,
    `${milliseconds(ours)} ms`.padStart(10),
    `${milliseconds(yardstick)} ms`.padStart(10),
    `${ratio.toFixed(2)}×`.padStart(8),
    `≤ ${aim}×`.padStart(8),
    verdict(ratio <= aim),
    against,
  ];
  return cells.join('  ');
}

const milliseconds = (time: number): string => time.toFixed(time < 10 ? 1 : 0);
const verdict = (isMet: boolean): string => (isMet ? 'met   ' : 'MISSED');
