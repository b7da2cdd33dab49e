import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, EventBody } from '../lib/local/event';
import type { Executor } from '../lib/local/executor';
import type { PlannedAction } from '../lib/local/plan';
import { openHost, succeeded } from './host';
import { type Figure, median, timed } from './measure';
import { plainPlan } from './plans';
import { unused } from './unused';

const EXECUTION = '5f0c4b1e-2d3a-4f6b-8c7d-9e0f1a2b3c4d';
const ACTIONS = 100;
const ROUNDS = 5;

/**
 * From a folder with a run that was killed in its last action to that run's end, against JSON.parse of the journal's lines. Once
 * with a journal of which nine lines of ten are output, as of builds, and once with none.
 */
export async function resumeFigures(events = 100_000, rounds = ROUNDS): Promise<Figure[]> {
  const count = events.toLocaleString('en');
  return [
    { name: `resume, ${count} events`, ...(await compare(journalOf(events, 0.9), rounds)), aim: 1 },
    { name: `resume, ${count} without output`, ...(await compare(journalOf(events, 0), rounds)), aim: 2 },
  ];
}

async function compare(journal: string, rounds: number): Promise<Pick<Figure, 'ours' | 'yardstick' | 'against'>> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const ours: number[] = [];
  const yardstick: number[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      const state = join(folder, `${round}`);
      const file = join(state, 'runs', EXECUTION, 'journal.jsonl');
      mkdirSync(join(state, 'runs', EXECUTION), { recursive: true });
      writeFileSync(file, journal);
      const bare = await timed(async () => {
        for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) JSON.parse(line);
      });
      const resumed = await timed(() => resume(state));
      // The first one warms up.
      if (round === 0) continue;
      ours.push(resumed);
      yardstick.push(bare);
    }
    return { ours: median(ours), yardstick: median(yardstick), against: 'JSON.parse of the same lines' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function resume(stateFolder: string): Promise<void> {
  let ran = 0;
  const executor: Executor<PlannedAction> = {
    async execute() {
      ran++;
      return { status: 'Succeeded', variables: {}, artifacts: {} };
    },
  };
  const host = await openHost(plainPlan('sequential', ACTIONS), { ...unused, lambda: executor }, stateFolder);
  const resumed = await host.resume();
  if (resumed.join() !== EXECUTION) throw new Error(`resumed ${resumed.join() || 'nothing'}, not ${EXECUTION}`);
  await succeeded(host, EXECUTION);
  await host.close('unfinished');
  if (ran !== 1) throw new Error(`${ran} actions ran, not the one that was interrupted`);
}

/** The lines of a run of `count` events that was killed in its last action. */
function journalOf(count: number, output: number): string {
  const plan = plainPlan('sequential', ACTIONS);
  const actions = plan.stages[0]?.actions ?? [];
  const lines: string[] = [];
  const add = (body: EventBody): void => {
    const event = { time: '2026-01-01T00:00:00.000Z', execution: EXECUTION, ...body } satisfies Event;
    lines.push(JSON.stringify(event));
  };
  add({
    kind: 'pipeline-started',
    pipeline: plan.pipeline,
    structure: plan.structure,
    type: 'STANDARD',
    trigger: 'bench',
    triggerType: 'StartPipelineExecution',
    version: 1,
    executionMode: 'QUEUED',
    order: 1,
    variables: {},
    stages: [{ name: 'Stage', actions: actions.map(({ id }) => id) }],
  });
  add({ kind: 'stage-started', stage: 'Stage', order: 2 });
  actions.forEach((action, index) => {
    const at = { stage: action.stage, action: action.id };
    add({ kind: 'action-started', ...at, attempt: 1, inputs: [] });
    if (index === actions.length - 1) return;
    const until = Math.floor((count * (index + 1)) / actions.length);
    for (let line = 0; lines.length < until - 1; line++) {
      if (line % 10 < output * 10) {
        const text = `Compiling src/components/module-${line}.ts ... done in ${line % 89} ms`;
        add({ kind: 'output', ...at, stream: 'stdout', text });
      } else add({ kind: 'fact', ...at, name: `fact${line % 20}`, value: String(line) });
    }
    add({ kind: 'action-ended', ...at, status: 'Succeeded', variables: {}, artifacts: {} });
  });
  return `${lines.join('\n')}\n`;
}
