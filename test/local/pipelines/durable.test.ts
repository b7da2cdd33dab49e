import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../lib/local/clock';
import { readJournal } from '../../../lib/local/journal';
import type { PipelineHost } from '../../../lib/local/pipelines/host';
import { actionsOf } from '../../../lib/local/run-state';
import { essence, openScenario, operate } from './scenario';

/** Syncs cost nothing in memory; there they are tried all the same. */
const disk = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
let base: string;
beforeAll(() => {
  base = mkdtempSync(join(disk, 'slipway-durable-'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

let time = Date.UTC(2026, 0, 1);
const never: Clock['sleep'] = (_, signal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted'), { once: true }));

interface Snapshot {
  readonly folder: string;
  readonly when: string;
}

/** Runs it all without a kill; the state folder is copied before and after each record that is written. */
async function uninterrupted() {
  const stateFolder = join(base, 'whole');
  const snapshots: Snapshot[] = [];
  let last = '';
  let seen = '';
  const take = (when: string) => {
    if (!existsSync(join(stateFolder, 'runs'))) return;
    const now = contents(stateFolder);
    if (now === seen) return;
    seen = now;
    const folder = join(base, `s${snapshots.length}`);
    cpSync(stateFolder, folder, { recursive: true });
    snapshots.push({ folder, when });
  };
  let ids = 0;
  const host = await openScenario({
    stateFolder,
    clock: {
      now: () => {
        take(`before what follows ${last}`);
        return new Date(time++);
      },
      sleep: never,
    },
    newId: () => `e${++ids}`,
    effect: () => {},
    act: async () => {},
  });
  host.subscribe((event) => {
    if (event.kind === 'output') return;
    last = `${event.kind} ${'action' in event ? event.action : 'stage' in event ? event.stage : ''} ${event.execution}`;
    take(`after ${last}`);
  });
  await operate(host);
  return { host, snapshots };
}

/** Tells two states of a folder apart: records are only ever added. */
const contents = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => `${path} ${statSync(join(folder, path)).size}`)
    .join();

let made = 0;

/** What the next process makes of a state folder. */
async function resumed(stateFolder: string) {
  const effects: string[] = [];
  const host = await openScenario({
    stateFolder,
    clock: { now: () => new Date(time++), sleep: never },
    newId: () => `r${++made}`,
    effect: (what) => effects.push(what),
    act: async () => {},
  });
  const before = new Set(
    host
      .executions()
      .flatMap(({ execution, state }) =>
        actionsOf(state).flatMap(({ id, status }) => (status === 'Succeeded' ? [`begin ${execution} ${id}`] : [])),
      ),
  );
  await operate(host);
  await host.close('unfinished');
  return { host, again: effects.filter((effect) => before.has(effect)) };
}

/** How often each condition was judged to its end: once in each attempt of its stage. */
function judgedTwice(host: PipelineHost): string[] {
  return host.executions().flatMap(({ execution, folder }) => {
    const events = readJournal(join(folder, 'journal.jsonl'));
    if (!events.ok) throw new Error(events.errors.join('; '));
    const attempts = new Map<string, number>();
    const seen = new Set<string>();
    return events.value.flatMap((event) => {
      if (event.kind === 'stage-started') attempts.set(event.stage, (attempts.get(event.stage) ?? 0) + 1);
      if (event.kind !== 'condition-ended') return [];
      const key = `${execution} ${event.stage} ${event.hook} ${attempts.get(event.stage)}`;
      return seen.size === seen.add(key).size ? [key] : [];
    });
  });
}

let whole: Awaited<ReturnType<typeof uninterrupted>>;
let expected: ReturnType<typeof essence>;
beforeAll(async () => {
  whole = await uninterrupted();
  const asked = whole.snapshots.find(({ when }) => when.startsWith('after rollback-requested'));
  cpSync(asked?.folder ?? '', join(base, 'asked'), { recursive: true });
  expected = essence(whole.host);
}, 60_000);

describe('the scenario', () => {
  test('has everything in it', () => {
    expect(expected.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'ROLLBACK Succeeded',
      'bad Failed',
      'good Succeeded',
      'next Succeeded',
    ]);
    const kinds = new Set(
      whole.host.executions().flatMap(({ folder }) => {
        const events = readJournal(join(folder, 'journal.jsonl'));
        return events.ok ? events.value.map(({ kind }) => kind) : [];
      }),
    );
    for (const kind of ['stage-waiting', 'rollback-requested', 'approval-answered', 'rule-ended', 'condition-ended'])
      expect(kinds).toContain(kind);
    expect(whole.snapshots.length).toBeGreaterThan(100);
  });
});

describe('killed before and after each record', () => {
  test('ends as if it had not been killed: nothing that succeeded runs again, nothing is judged or rolled back twice', async () => {
    for (const { folder, when } of whole.snapshots) {
      const { host, again } = await resumed(folder);
      expect({ when, essence: essence(host) }).toEqual({ when, essence: expected });
      expect({ when, again, twice: judgedTwice(host) }).toEqual({ when, again: [], twice: [] });
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});

describe('a last record that is cut', () => {
  test('at any byte is as if it had not been written', async () => {
    const [victim = ''] = readdirSync(join(base, 'asked/runs')).filter((id) =>
      journalOf('asked', id).includes('"kind":"rollback-requested"'),
    );
    const end = journalOf('asked', victim).length;
    const start = journalOf('asked', victim).lastIndexOf('\n', end - 2) + 1;
    expect(journalOf('asked', victim).subarray(start).toString()).toContain('"kind":"rollback-requested"');
    for (let size = start; size < end; size += 3) {
      cpSync(join(base, 'asked'), join(base, 'cut'), { recursive: true });
      truncateSync(join(base, 'cut/runs', victim, 'journal.jsonl'), size);
      const { host } = await resumed(join(base, 'cut'));
      expect({ size, essence: essence(host) }).toEqual({ size, essence: expected });
      rmSync(join(base, 'cut'), { recursive: true });
    }
  }, 120_000);
});

const journalOf = (folder: string, id: string): Buffer => readFileSync(join(base, folder, 'runs', id, 'journal.jsonl'));
