import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Executor } from '../lib/local/executor';
import type { PlannedAction } from '../lib/local/plan';
import { openHost, runOnce } from './host';
import { type Figure, sideBySide } from './measure';
import { plainPlan, type Shape } from './plans';
import { unused } from './unused';

export interface EngineSizes {
  /** Numbers of actions. */
  readonly counts: readonly number[];
  /** How often each one is taken, by number of actions. */
  readonly rounds: (count: number) => number;
}

const SIZES: EngineSizes = { counts: [1, 100, 1000], rounds: (count) => (count >= 1000 ? 3 : 7) };

const AGAINST: Readonly<Record<Shape, string>> = {
  sequential: 'spawns of true from Node, in a row',
  parallel: 'spawns of true from Node, at once',
  chain: 'spawns of cp from Node, each copies what the one before made',
};

export const processOf = (program: string, ...words: string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program}: exit ${code}`))));
  });

/** An action that does what the yardstick does: one process, which in a chain copies what the one before made. */
export const oneProcess: Executor<PlannedAction> = {
  async execute(action, context) {
    const [output] = action.outputs;
    if (output === undefined) await processOf('/bin/true');
    else await processOf('/bin/cp', Object.values(context.inputs)[0] ?? '/etc/hosts', join(context.workspace, 'made'));
    const artifacts = output === undefined ? {} : { [output]: join(context.workspace, 'made') };
    return { status: 'Succeeded', variables: {}, artifacts };
  },
};

/** The engine with its journal on the disk, against bare spawns of the same processes from Node. */
export async function engineFigures({ counts, rounds }: EngineSizes = SIZES): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const figures: Figure[] = [];
  try {
    for (const count of counts) {
      for (const shape of ['sequential', 'parallel', 'chain'] as const) {
        const executors = { ...unused, lambda: oneProcess };
        const host = await openHost(plainPlan(shape, count), executors, join(folder, `${shape}-${count}`));
        const bare = () => bareProcesses(shape, count, folder);
        const medians = await sideBySide(rounds(count), () => runOnce(host), bare);
        await host.close('unfinished');
        const name = `engine, ${count} ${shape === 'chain' ? 'in a chain' : shape}`;
        figures.push({ name, ...medians, against: AGAINST[shape], aim: count === 1 ? 5 : 2 });
      }
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bareProcesses(shape: Shape, count: number, folder: string): Promise<void> {
  const indices = Array.from({ length: count }, (_, index) => index);
  if (shape === 'parallel') {
    await Promise.all(indices.map(() => processOf('/bin/true')));
    return;
  }
  const made = (index: number) => join(folder, `made-${index}`);
  if (shape === 'chain') writeFileSync(made(0), 'bench\n');
  for (const index of indices) {
    if (shape === 'chain') await processOf('/bin/cp', made(index), made(index + 1));
    else await processOf('/bin/true');
  }
}
