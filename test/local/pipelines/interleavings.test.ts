import { expect, test } from '@jest/globals';
import type { FakeStep } from '../../../lib/local/executors/fake';
import type { Plan } from '../../../lib/local/plan';
import { planOf, type StageDraft } from '../engine/harness';
import { Bed, random } from './harness';

const ROUNDS = 50;
const STEPS = 40;

type Random = () => number;
const pick = <T>(next: Random, items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;

function randomPlan(next: Random): Plan {
  const stages: Record<string, StageDraft> = {};
  for (let stage = 0; stage < 1 + Math.floor(next() * 3); stage++) {
    const result = pick(next, [undefined, undefined, 'RETRY', 'ROLLBACK'] as const);
    stages[`S${stage}`] = {
      actions: Array.from({ length: 1 + Math.floor(next() * 2) }, (_, index) => ({
        name: `A${index}`,
        runOrder: 1 + Math.floor(next() * 2),
      })),
      ...(result && { onFailure: { result } }),
    };
  }
  return planOf(stages, {
    executionMode: pick(next, ['QUEUED', 'QUEUED', 'SUPERSEDED', 'SUPERSEDED', 'PARALLEL'] as const),
  });
}

const stepsOf = (plan: Plan): Record<string, FakeStep> =>
  Object.fromEntries(plan.stages.flatMap(({ actions }) => actions.map(({ id }) => [id, { hold: true }])));

const pause = async () => {
  for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
};

/** One thing that somebody does to the pipeline. */
async function act(bed: Bed, plan: Plan, next: Random): Promise<string> {
  const stage = pick(next, plan.stages).name;
  const executions = bed.host.executions();
  const execution = executions.length > 0 ? pick(next, executions).execution : '';
  const dice = next();
  if (dice < 0.22) {
    const started = await bed.host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' } });
    return `start ${started.ok ? started.value.execution : ''}`;
  }
  if (dice < 0.72) {
    const running = bed.fake.running();
    if (running.length === 0) return 'nothing to release';
    const id = pick(next, running);
    bed.fake.release(id, next() < 0.25 ? { outcome: 'Failed' } : {});
    return `release ${id}`;
  }
  if (dice < 0.8) {
    bed.host.stop({ execution, abandon: next() < 0.5 });
    return `stop ${execution}`;
  }
  if (dice < 0.87) {
    await bed.host.retryStage({ stage, execution, mode: pick(next, ['FAILED_ACTIONS', 'ALL_ACTIONS'] as const) });
    return `retry ${stage} ${execution}`;
  }
  if (dice < 0.9) {
    await bed.host.rollbackStage({ stage, target: execution });
    return `roll back ${stage} to ${execution}`;
  }
  if (dice < 0.97) {
    const enabled = next() < 0.6;
    bed.host.setTransition({ stage, enabled });
    return `${enabled ? 'enable' : 'disable'} ${stage}`;
  }
  await bed.host.close('unfinished');
  await bed.reopen(plan, stepsOf(plan));
  await bed.host.resume();
  return 'killed and resumed';
}

/** What must hold at any time. */
function violations(bed: Bed, plan: Plan, withJournals: boolean): string[] {
  const executions = bed.host.executions();
  const found: string[] = [];
  for (const { name } of plan.stages) {
    const inside = executions.filter(({ state }) =>
      state.stages.some((stage) => stage.name === name && stage.status === 'InProgress'),
    );
    if (plan.executionMode !== 'PARALLEL' && inside.length > 1)
      found.push(`${inside.map(({ execution }) => execution)} are in ${name} at once`);
    if (plan.executionMode === 'SUPERSEDED' && bed.waiting(name).length > 1)
      found.push(`more than one waits for ${name}`);
  }
  for (const { execution, status, state } of executions) {
    if (withJournals && JSON.stringify(bed.journal(execution).state) !== JSON.stringify(state))
      found.push(`${execution}: the journal says otherwise than the host`);
    const last = state.stages.findLastIndex((stage) => stage.status !== 'Pending');
    const held = state.stages
      .slice(0, Math.max(0, last))
      .every(({ status: at }) => at === 'Succeeded' || at === 'Skipped');
    if (!held) found.push(`${execution} entered a stage before it had succeeded in all before it`);
    if (status === 'Superseded' && state.stages.some((stage) => !['Succeeded', 'Pending'].includes(stage.status)))
      found.push(`${execution} is superseded, though it was inside of a stage`);
  }
  return found;
}

/** First entrances of each stage, by standard executions: nobody overtakes in mode QUEUED. */
function overtakings(bed: Bed, plan: Plan): string[] {
  if (plan.executionMode !== 'QUEUED') return [];
  const all = [...bed.host.executions()].reverse().filter(({ type }) => type === 'STANDARD');
  return plan.stages.flatMap(({ name }) => {
    const entrances = all.flatMap(({ execution }) => {
      const first = bed
        .journal(execution)
        .events.find((event) => event.kind === 'stage-started' && event.stage === name);
      return first?.kind === 'stage-started' ? [first.order ?? 0] : [];
    });
    return entrances.every((order, index) => index === 0 || order > (entrances[index - 1] ?? 0))
      ? []
      : [`overtaken in front of ${name}`];
  });
}

test('whatever people do, in whatever order, the rules of the execution mode hold', async () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const next = random(seed);
    const plan = randomPlan(next);
    const bed = await Bed.open(plan, stepsOf(plan));
    const did: string[] = [];
    try {
      for (let step = 0; step < STEPS; step++) {
        did.push(await act(bed, plan, next));
        await pause();
        expect({ seed, did, found: violations(bed, plan, step % 8 === 0) }).toEqual({ seed, did, found: [] });
      }
      // In the end all doors open and all actions end: nobody waits for ever.
      for (const { name } of plan.stages) bed.host.setTransition({ stage: name, enabled: true });
      let idle = false;
      void bed.host.idle().then(() => {
        idle = true;
      });
      while (!idle) {
        for (const id of bed.fake.running()) bed.fake.release(id);
        await pause();
      }
      const unfinished = bed.host.executions().filter(({ status }) => status === 'InProgress' || status === 'Stopping');
      const found = [
        ...violations(bed, plan, true),
        ...overtakings(bed, plan),
        ...unfinished.map(({ execution }) => execution),
      ];
      expect({ seed, did, found }).toEqual({ seed, did, found: [] });
    } finally {
      await bed.close();
    }
  }
}, 60_000);
