import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildExecutors } from './builds';
import { endure } from './endurance';
import { openHost, runOnce } from './host';
import { buildPlan } from './plans';

const RUNS = 1000;
const BUILDS = 2;

/** `npm run soak`: a thousand executions of a pipeline of a source and two builds in one process. Fails when memory or handles grow. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-soak-'));
  try {
    const host = await openHost(buildPlan('parallel', BUILDS), await buildExecutors(folder), join(folder, '.slipway'));
    // An execution that has ended stays in the pipeline's list, which is about a kilobyte.
    const options = { runs: RUNS, warmUp: 100, looks: 10, mostKilobytes: 8, mostHandles: 32 };
    const { looks, problems } = await endure(options, () => runOnce(host));
    await host.close('unfinished');
    process.stdout.write('  runs    heap, MB  resident, MB  file handles  ms a run\n');
    for (const { runs, heap, resident, handles, time } of looks) {
      const cells = [
        String(runs).padStart(6),
        heap.toFixed(1).padStart(10),
        resident.toFixed(0).padStart(12),
        String(handles).padStart(12),
        time.toFixed(1).padStart(8),
      ];
      process.stdout.write(`${cells.join('  ')}\n`);
    }
    for (const problem of problems) process.stdout.write(`${problem}\n`);
    process.stdout.write(problems.length === 0 ? 'flat\n' : 'NOT FLAT\n');
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
