import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { readJournal } from '../../../lib/local/journal';
import { random } from './harness';

/** SIGKILLs of a real process at random times, from this seed. */
const KILLS = 500;
const SEED = 20_260_521;
const AT_ONCE = 2;

let base: string;
let program: string;
beforeAll(() => {
  base = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'slipway-kill-'));
  program = join(base, 'child.cjs');
  buildSync({
    entryPoints: [join(__dirname, 'durable-child.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'silent',
  });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Starts the program; kills it `after` milliseconds, counted from its first word, or from its start where that is negative. */
function run(folder: string, after?: number): Promise<{ killed: boolean; took: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    let complaint = '';
    let ready = 0;
    let timer: NodeJS.Timeout | undefined;
    const kill = () => child.kill('SIGKILL');
    if (after !== undefined && after < 0) timer = setTimeout(kill, -after);
    child.stdout.once('data', () => {
      ready = performance.now();
      if (after !== undefined && after >= 0) timer = setTimeout(kill, after);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve({ killed: true, took: 0 });
      else if (code === 0) resolve({ killed: false, took: performance.now() - ready });
      else reject(new Error(`the program ended with ${code ?? signal}: ${complaint}`));
    });
  });
}

const essenceOf = (folder: string): unknown => JSON.parse(readFileSync(join(folder, 'essence.json'), 'utf8'));

/** Actions that were started again though a record says that they have succeeded. */
function ranAgain(folder: string): string[] {
  const runs = join(folder, 'state/runs');
  return readdirSync(runs).flatMap((id) => {
    const journal = join(runs, id, 'journal.jsonl');
    // Killed before the execution began.
    if (!existsSync(journal)) return [];
    const events = readJournal(journal);
    if (!events.ok) throw new Error(events.errors.join('; '));
    const succeeded = new Set<string>();
    return events.value.flatMap((event) => {
      if (event.kind === 'action-ended' && event.status === 'Succeeded') succeeded.add(event.action);
      return event.kind === 'action-started' && succeeded.has(event.action) ? [`${id} ${event.action}`] : [];
    });
  });
}

test(`${KILLS} kills of a real process at random times: each run ends as one that was not killed`, async () => {
  const clean = join(base, 'clean');
  mkdirSync(clean);
  const { took } = await run(clean);
  const expected = essenceOf(clean);
  expect(expected).toHaveLength(4);

  const next = random(SEED);
  let kills = 0;
  let folders = 0;
  const lane = async () => {
    while (kills < KILLS) {
      const folder = join(base, `f${folders++}`);
      mkdirSync(folder);
      for (let ended = false; !ended; ) {
        const early = next() < 0.05;
        const after = early ? -next() * 60 - 1 : next() * took * 0.8;
        const { killed } = await run(folder, kills < KILLS ? after : undefined);
        if (killed) kills++;
        ended = !killed;
      }
      expect({ folder, essence: essenceOf(folder) }).toEqual({ folder, essence: expected });
      expect({ folder, again: ranAgain(folder) }).toEqual({ folder, again: [] });
      rmSync(folder, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  expect(kills).toBeGreaterThanOrEqual(KILLS);
  expect(folders).toBeGreaterThan(20);
}, 300_000);
