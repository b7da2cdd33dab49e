import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Executor } from '../lib/local/executor';
import type { PlannedAction } from '../lib/local/plan';
import { heapSize } from './heap';
import { openHost, runOnce } from './host';
import type { Amount } from './measure';
import { plainPlan } from './plans';
import { unused } from './unused';

/** What the engine holds of an execution: at its last action, and when it has ended. */
export async function memoryFigures(actions = 1000): Promise<Amount[]> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  let before: number | undefined;
  let running = Number.NaN;
  const executor: Executor<PlannedAction> = {
    async execute(action) {
      if (before !== undefined && action.name === `Action${actions - 1}`) running = heapSize() - before;
      return { status: 'Succeeded', variables: { Number: action.name }, artifacts: {} };
    },
  };
  try {
    const host = await openHost(plainPlan('sequential', actions), { ...unused, lambda: executor }, folder);
    // What is compiled and opened once is no growth.
    await runOnce(host);
    before = heapSize();
    await runOnce(host);
    const kept = heapSize() - before;
    await host.close('unfinished');
    const against = 'heap after garbage collection, against before the run';
    const count = actions.toLocaleString('en');
    return [
      { name: `heap at the last of ${count} actions`, amount: running, unit: 'MB', against, most: 10 },
      { name: `heap kept of a run of ${count} actions`, amount: kept, unit: 'MB', against, most: 1 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
