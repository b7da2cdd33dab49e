import { deployFigures } from './deploy';
import { engineFigures } from './engine';
import { gitlabFigures } from './jobs';
import { logFigure } from './log';
import type { Line } from './measure';
import { memoryFigures } from './memory';
import { pipelineFigure } from './pipeline';
import { heading, lineOf } from './print';
import { resumeFigures } from './resume';
import { startFigure } from './start';
import { synthFigure } from './synth';

const root = process.cwd();

const groups: Readonly<Record<string, () => Promise<readonly Line[]>>> = {
  start: async () => [await startFigure(root)],
  engine: engineFigures,
  memory: memoryFigures,
  log: async () => [await logFigure()],
  resume: resumeFigures,
  jobs: () => gitlabFigures(root),
  synth: async () => [await synthFigure(root)],
  deploy: () => deployFigures(root),
  pipeline: async () => [await pipelineFigure(root)],
};

/** `npm run bench`: every figure. `npm run bench -- engine jobs`: those. */
async function main(asked: readonly string[]): Promise<void> {
  const unknown = asked.filter((name) => !Object.hasOwn(groups, name));
  if (unknown.length > 0) {
    process.stderr.write(`no figures ${unknown.join(', ')}; there are: ${Object.keys(groups).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(`${heading()}\n`);
  for (const [name, figures] of Object.entries(groups)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    for (const line of await figures()) process.stdout.write(`${lineOf(line)}\n`);
  }
}

void main(process.argv.slice(2));
