import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Clock } from '../../../lib/local/clock';
import { RunnerBroke } from '../../../lib/local/engine';
import { openForAppending } from '../../../lib/local/engine/records';
import { openJournal } from '../../../lib/local/journal';
import { openRun } from '../../../lib/local/run-folder';
import { essence, openScenario, operate } from './scenario';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'slipway-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let time = Date.UTC(2026, 0, 1);
const clock: Clock = {
  now: () => new Date(time++),
  sleep: (_, signal) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted'), { once: true })),
};
let ids = 0;

const open = (stateFolder: string, journals?: Map<string, number>) =>
  openScenario({
    stateFolder,
    clock,
    newId: () => `e${++ids}`,
    effect: () => {},
    act: async () => {},
    ...(journals && {
      openRun: (runs: string, id = '') => {
        const run = openRun(runs, id);
        const path = join(run.folder, 'journal.jsonl');
        const file = openForAppending(path);
        void run.journal.close();
        journals.set(id, file);
        return { ...run, journal: openJournal(path, file) };
      },
    }),
  });

/** From now on the system says of this descriptor that no space is left. */
function fill(file: number): void {
  closeSync(file);
  const spare: number[] = [];
  for (;;) {
    const full = openSync('/dev/full', 'w');
    if (full === file) break;
    spare.push(full);
  }
  for (const other of spare) closeSync(other);
}

const onFullDisk = existsSync('/dev/full') ? test : test.skip;
onFullDisk(
  'a disk that is full ends the execution with a clear message; nothing is lost, and it goes on afterwards',
  async () => {
    const whole = await open(join(folder, 'whole'));
    await operate(whole);
    const expected = essence(whole);

    let broken = 0;
    let full = 0;
    for (let count = 1; count < 130; count += 8) {
      const stateFolder = join(folder, `full${count}`);
      const journals = new Map<string, number>();
      const host = await open(stateFolder, journals);
      let events = 0;
      const filled = new Promise<string>((resolve) => {
        host.subscribe((event) => {
          if (event.kind === 'output' || ++events !== count) return;
          fill(journals.get(event.execution) as number);
          resolve(event.execution);
        });
      });
      const operated = operate(host);
      const execution = await Promise.race([filled, operated]);
      if (execution === undefined) break;
      const outcome = await host.ended(execution).catch((cause) => cause);
      // The last record of an execution was its end: then there was nothing left to write.
      if (outcome instanceof RunnerBroke) {
        // A sync that was under way meets a device that knows none.
        expect(outcome.message).toMatch(/cannot write the run's journal .*(ENOSPC|EINVAL)/);
        if (outcome.message.includes('ENOSPC')) full++;
        expect(host.execution(execution)?.status).toBe('InProgress');
        broken++;
      }
      await host.close('unfinished');
      await operated.catch(() => {});
      const next = await open(stateFolder);
      await operate(next);
      expect({ count, essence: essence(next) }).toEqual({ count, essence: expected });
    }
    expect(broken).toBeGreaterThan(10);
    expect(full).toBeGreaterThan(0);
  },
  60_000,
);
