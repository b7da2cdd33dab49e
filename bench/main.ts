import { deployFigures } from './deploy';
import { engineFigures } from './engine';
import { logFigure } from './log';
import type { Figure } from './measure';
import { pipelineFigure } from './pipeline';
import { startFigure } from './start';
import { synthFigure } from './synth';

const root = process.cwd();

function print({ name, ours, yardstick, against, aim }: Figure): void {
  const ratio = ours / yardstick;
  const cells = [
    name.padEnd(34),
    `${ours.toFixed(0)} ms`.padStart(10),
    `${yardstick.toFixed(0)} ms`.padStart(10),
    `${ratio.toFixed(2)}×`.padStart(8),
    `≤ ${aim}×`.padStart(8),
    ratio <= aim ? 'met ' : 'MISSED',
  ];
  process.stdout.write(`${cells.join('  ')}  ${against}\n`);
}

async function main(): Promise<void> {
  const heading = [
    'figure'.padEnd(34),
    'ours'.padStart(10),
    'yardstick'.padStart(10),
    'ratio'.padStart(8),
    'aim'.padStart(8),
  ];
  process.stdout.write(`${heading.join('  ')}          against\n`);
  print(await startFigure(root));
  for (const figure of await engineFigures()) print(figure);
  print(await logFigure());
  print(await synthFigure(root));
  for (const figure of await deployFigures(root)) print(figure);
  print(await pipelineFigure(root));
}

void main();
