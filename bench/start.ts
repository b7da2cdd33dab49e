import { type Figure, run, sideBySide } from './measure';

/** The command line's own start: `slipway --help` against an empty Node. */
export async function startFigure(root: string, rounds = 15): Promise<Figure> {
  const medians = await sideBySide(
    rounds,
    () => run(process.execPath, ['bin/slipway.mjs', '--help'], { cwd: root }),
    () => run(process.execPath, ['-e', '0'], { cwd: root }),
  );
  return { name: 'slipway --help', ...medians, against: 'node -e 0', aim: 4 };
}
