import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Event } from '../../../lib/local/event';
import { fakeExecutors } from '../../../lib/local/executors/fake';
import { readJournal } from '../../../lib/local/journal';
import type { CodeBuildAction, Plan, VariableCheckRule } from '../../../lib/local/plan';
import { actionsOf, runState } from '../../../lib/local/run-state';
import { actionStatuses, Machine, planOf, SOURCE, stageStatuses, unended } from './harness';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.close());

const environmentOf = (action: unknown): Record<string, string> =>
  Object.fromEntries((action as CodeBuildAction).environment.map(({ name, value }) => [name, value]));

const check = (
  variable: string,
  operator: VariableCheckRule['operator'],
  value: string,
  name = 'rule',
): VariableCheckRule => ({
  name,
  provider: 'VariableCheck',
  variable,
  operator,
  value,
});

describe('order', () => {
  const parallel = planOf({
    Test: { actions: ['Unit', 'Lint', { name: 'Release', runOrder: 7 }] },
    Dev: { actions: ['Deploy'] },
  });

  test('stages run one after the other, and the execution succeeds when all have', async () => {
    const { outcome, state, events } = await machine.run(parallel);
    expect(outcome).toEqual({ execution: state.execution, status: 'Succeeded' });
    expect(stageStatuses(state)).toEqual(['Source Succeeded', 'Test Succeeded', 'Dev Succeeded']);
    const boundaries = events
      .filter(({ kind }) => kind.startsWith('stage-'))
      .map((event) => `${event.kind} ${'stage' in event && event.stage}`);
    expect(boundaries).toEqual([
      'stage-started Source',
      'stage-ended Source',
      'stage-started Test',
      'stage-ended Test',
      'stage-started Dev',
      'stage-ended Dev',
    ]);
    expect(unended(events)).toEqual([]);
  });

  test('equal run orders run at the same time; a later run order waits for all of them', async () => {
    const fake = fakeExecutors({
      'Test/Unit': { hold: true },
      'Test/Lint': { hold: true },
      'Test/Release': { hold: true },
    });
    const { outcome } = await machine.start(parallel, fake);
    await Promise.all([fake.started('Test/Unit'), fake.started('Test/Lint')]);
    expect(fake.running()).toEqual(['Test/Unit', 'Test/Lint']);
    fake.release('Test/Unit');
    await new Promise(setImmediate);
    expect(fake.running()).toEqual(['Test/Lint']);
    fake.release('Test/Lint');
    await fake.started('Test/Release');
    expect(fake.running()).toEqual(['Test/Release']);
    fake.release('Test/Release');
    expect((await outcome).status).toBe('Succeeded');
  });

  test('run orders count, not the order of writing, and may have gaps', async () => {
    const { fake } = await machine.run(
      planOf({
        Test: {
          actions: [
            { name: 'Last', runOrder: 900 },
            { name: 'First', runOrder: 2 },
            { name: 'Middle', runOrder: 10 },
          ],
        },
      }),
    );
    expect(fake.calls.map(({ action }) => action.name)).toEqual(['Source', 'First', 'Middle', 'Last']);
  });

  test('the siblings of a failed action finish, later run orders and stages do not start', async () => {
    const fake = fakeExecutors({
      'Test/Unit': { outcome: 'Failed', reason: '2 tests failed' },
      'Test/Lint': { hold: true },
    });
    const { outcome, events } = await machine.start(parallel, fake);
    await fake.started('Test/Lint');
    fake.release('Test/Lint');
    expect(await outcome).toMatchObject({
      status: 'Failed',
      stage: 'Test',
      reason: 'stage Test: Unit: 2 tests failed',
    });
    const state = runState(events);
    expect(actionStatuses(state)).toEqual({
      'Source/Source': 'Succeeded',
      'Test/Unit': 'Failed',
      'Test/Lint': 'Succeeded',
      'Test/Release': 'Pending',
      'Dev/Deploy': 'Pending',
    });
    expect(stageStatuses(state)).toEqual(['Source Succeeded', 'Test Failed', 'Dev Pending']);
  });

  test('every failed sibling is named in the reason', async () => {
    const { outcome } = await machine.run(parallel, {
      'Test/Unit': { outcome: 'Failed', reason: 'one' },
      'Test/Lint': { outcome: 'Failed', reason: 'two' },
    });
    expect(outcome.reason).toBe('stage Test: Unit: one; Lint: two');
  });

  test('only the named stages run, and a name that is none is refused', async () => {
    const { state } = await machine.run(parallel, {}, { stages: ['Test', 'Source'] });
    expect(stageStatuses(state)).toEqual(['Source Succeeded', 'Test Succeeded']);
    await expect(machine.run(parallel, {}, { stages: ['Prod'] })).rejects.toThrow('has no stage Prod');
  });
});

describe('artifacts', () => {
  const plan = planOf({
    Build: { actions: [{ name: 'Build', inputs: ['Source'], outputs: ['Package', 'Docs'] }] },
    Dev: { actions: [{ name: 'Deploy', inputs: ['Package', 'Source'] }] },
  });

  test('are kept in the run folder and handed over by name, in the order of the action', async () => {
    const { fake, state, folder } = await machine.run(plan);
    const deploy = fake.calls.find(({ action }) => action.id === 'Dev/Deploy')?.context;
    expect(Object.entries(deploy?.inputs ?? {})).toEqual([
      ['Package', join(folder, 'artifacts/Package.zip')],
      ['Source', join(folder, 'artifacts/Source.zip')],
    ]);
    for (const path of Object.values(deploy?.inputs ?? {})) expect(existsSync(path)).toBe(true);
    expect(actionsOf(state)[1]?.artifacts).toEqual({ Package: 'artifacts/Package.zip', Docs: 'artifacts/Docs.zip' });
  });

  test('the commit of a source action is the revision of its artifact, and of no other', async () => {
    const { fake } = await machine.run(plan, {
      'Build/Build': { variables: { CommitId: 'x' }, externalId: 'build-1' },
    });
    expect(fake.calls.at(-1)?.context.revisions).toEqual({ Source: SOURCE.externalId });
  });

  test('an output artifact that was not made fails the action', async () => {
    const { outcome } = await machine.run(plan, { 'Build/Build': { artifacts: ['Package'] } });
    expect(outcome.reason).toContain('did not make its output artifact Docs');
  });

  test('an artifact that the action does not declare is a defect of the runner', async () => {
    const { broke } = await machine.run(plan, { 'Build/Build': { artifacts: ['Package', 'Docs', 'Extra'] } });
    expect(broke?.message).toContain('does not declare: Extra');
  });

  test('an input whose action did not run fails the action by name', async () => {
    const { outcome } = await machine.run(plan, {}, { stages: ['Source', 'Dev'] });
    expect(outcome.reason).toContain('input artifact Package does not exist');
  });

  test('each action has an empty workspace of its own, even where names meet', async () => {
    const meeting = planOf({
      'A-B': { actions: ['C'] },
      A: { actions: ['B-C'] },
    });
    const { fake, folder } = await machine.run(meeting);
    const workspaces = fake.calls.map(({ context }) => context.workspace);
    expect(workspaces).toEqual(['Source-Source', 'A-B-C', 'A-B-C.2'].map((name) => join(folder, 'builds', name)));
  });
});

describe('variables', () => {
  const using = (environment: Record<string, string>, more: Partial<Plan> = {}) =>
    planOf(
      {
        Build: { actions: [{ name: 'Build', namespace: 'Build' }] },
        Dev: { actions: [{ name: 'Deploy', environment }] },
      },
      more,
    );
  const built = { 'Build/Build': { variables: { VERSION: '1.0', ODD: '#{Build.VERSION}' } } };

  test('are resolved just before the action that uses them, also within a text', async () => {
    const { fake } = await machine.run(
      using({ V: '#{Build.VERSION}', C: 'v#{Build.VERSION}-#{Source.CommitId}!' }),
      built,
    );
    expect(environmentOf(fake.calls.at(-1)?.action)).toEqual({ V: '1.0', C: `v1.0-${SOURCE.externalId}!` });
  });

  test('a value that looks like a reference is not resolved again', async () => {
    const { fake } = await machine.run(using({ V: '#{Build.ODD}' }), built);
    expect(environmentOf(fake.calls.at(-1)?.action)).toEqual({ V: '#{Build.VERSION}' });
  });

  test.each([
    [
      '#{Build.NOPE}',
      'EnvironmentVariables.V: #{Build.NOPE} cannot be resolved: the namespace "Build" has no variable "NOPE" (it has: VERSION, ODD)',
    ],
    ['#{build.VERSION}', 'no action that has run gave variables to the namespace "build"'],
    ['#{VERSION}', 'expected the form #{namespace.variable}'],
    ['#{Build.toString}', 'has no variable "toString"'],
  ])('a reference %s that cannot be resolved fails the action and never runs it', async (reference, reason) => {
    const { outcome, fake } = await machine.run(using({ V: reference }), built);
    expect(outcome).toMatchObject({ status: 'Failed', stage: 'Dev' });
    expect(outcome.reason).toContain(reason);
    expect(fake.calls.map(({ action }) => action.id)).not.toContain('Dev/Deploy');
  });

  test('codepipeline.PipelineExecutionId is the execution', async () => {
    const { fake, outcome } = await machine.run(using({ ID: '#{codepipeline.PipelineExecutionId}' }));
    expect(environmentOf(fake.calls.at(-1)?.action)).toEqual({ ID: outcome.execution });
  });

  test('pipeline variables take what is given, else their default', async () => {
    const plan = using(
      { A: '#{variables.A}', B: '#{variables.B}' },
      {
        variables: [
          { name: 'A', default: 'a' },
          { name: 'B', default: 'b' },
        ],
      },
    );
    const { fake, state } = await machine.run(plan, {}, { variables: { B: 'given' } });
    expect(environmentOf(fake.calls.at(-1)?.action)).toEqual({ A: 'a', B: 'given' });
    expect(state.variables).toEqual({ A: 'a', B: 'given' });
  });

  test('a mandatory variable without value, an empty and an unknown one are refused before anything runs', async () => {
    const plan = using({}, { variables: [{ name: 'A' }, { name: 'B' }] });
    const fake = fakeExecutors();
    const refusal = machine.start(plan, fake, { variables: { B: '', C: 'c' } });
    for (const part of ['"A" has no default', '"B" must have 1 to 1,000 characters', 'no variable "C" (it has: A, B)'])
      await expect(refusal).rejects.toThrow(part);
    expect(fake.calls).toEqual([]);
    expect(existsSync(machine.runs)).toBe(false);
  });

  test('an action without namespace gives its variables to nobody, and a failed one gives none', async () => {
    const plan = planOf({
      Build: { actions: ['Build'] },
      Dev: { actions: [{ name: 'Deploy', environment: { V: '#{Build.VERSION}' } }] },
    });
    expect((await machine.run(plan, built)).outcome.reason).toContain('no action that has run');
  });

  test('more than 122,880 bytes of output variables fail the action', async () => {
    const { outcome } = await machine.run(using({}), { 'Build/Build': { variables: { BIG: 'x'.repeat(122_881) } } });
    expect(outcome).toMatchObject({ status: 'Failed', stage: 'Build' });
  });
});

describe('conditions', () => {
  const entry = (result: 'FAIL' | 'SKIP', ...rules: VariableCheckRule[]) =>
    planOf({
      Build: { actions: [{ name: 'Build', namespace: 'Build' }] },
      Test: { beforeEntry: { result, rules }, actions: ['Unit'], onFailure: { result: 'ROLLBACK' } },
      Dev: { actions: ['Deploy'] },
    });
  const tested = (TESTED: string) => ({ 'Build/Build': { variables: { TESTED } } });
  const notTested = check('#{Build.TESTED}', 'EQ', 'no');

  test('beforeEntry that holds lets the stage run', async () => {
    const { state } = await machine.run(entry('SKIP', notTested), tested('no'));
    expect(stageStatuses(state)).toEqual(['Source Succeeded', 'Build Succeeded', 'Test Succeeded', 'Dev Succeeded']);
    expect(state.stages[2]?.conditions).toMatchObject([
      { hook: 'beforeEntry', status: 'Succeeded', reason: 'rule rule: #{Build.TESTED} is "no"; EQ "no" holds' },
    ]);
  });

  test('SKIP skips the stage and goes on with the next', async () => {
    const { state, fake, outcome } = await machine.run(entry('SKIP', notTested), tested('yes'));
    expect(outcome.status).toBe('Succeeded');
    expect(stageStatuses(state)).toEqual(['Source Succeeded', 'Build Succeeded', 'Test Skipped', 'Dev Succeeded']);
    expect(fake.calls.map(({ action }) => action.id)).not.toContain('Test/Unit');
    expect(state.stages[2]).toMatchObject({
      reason: expect.stringContaining('EQ "no" does not hold'),
      conditions: [{ status: 'Failed', result: 'SKIP' }],
    });
  });

  test('FAIL fails the stage, without a rollback of what was never entered', async () => {
    const { state, outcome, events } = await machine.run(entry('FAIL', notTested), tested('yes'));
    expect(outcome).toMatchObject({ status: 'Failed', stage: 'Test' });
    expect(stageStatuses(state)).toEqual(['Source Succeeded', 'Build Succeeded', 'Test Failed', 'Dev Pending']);
    expect(events.some(({ kind }) => kind === 'rollback-requested')).toBe(false);
  });

  test('one failing rule of several is enough', async () => {
    const { state } = await machine.run(entry('SKIP', check('#{Build.TESTED}', 'NE', 'x'), notTested), tested('yes'));
    expect(state.stages[2]?.status).toBe('Skipped');
  });

  test('a rule that cannot be judged fails the stage: it is no reason to skip the tests', async () => {
    for (const rule of [check('#{Build.TESTET}', 'EQ', 'no'), check('#{Build.TESTED}', 'MATCHES', '(')]) {
      const { outcome, fake } = await machine.run(entry('SKIP', rule), tested('no'));
      expect(outcome).toMatchObject({ status: 'Failed', stage: 'Test' });
      expect(fake.calls.map(({ action }) => action.id)).not.toContain('Dev/Deploy');
    }
  });

  test.each([
    ['EQ', 'abc', 'abc', true],
    ['EQ', 'abc', 'ABC', false],
    ['NE', 'abc', 'abd', true],
    ['NE', 'abc', 'abc', false],
    ['CONTAINS', 'abc', 'b', true],
    ['CONTAINS', 'abc', 'x', false],
    ['MATCHES', 'v1.2', 'v\\d\\.\\d', true],
    ['MATCHES', 'v1.2-rc', 'v\\d\\.\\d', false],
    ['MATCHES', 'b', 'a|b', true],
    ['MATCHES', 'xb', 'a|b', false],
  ] as const)('%s: %s against %s is %s', async (operator, value, against, holds) => {
    const { state } = await machine.run(entry('SKIP', check('#{Build.TESTED}', operator, against)), tested(value));
    expect(state.stages[2]?.status).toBe(holds ? 'Succeeded' : 'Skipped');
  });

  test('onSuccess that does not hold fails a stage whose actions succeeded', async () => {
    const plan = planOf({
      Dev: {
        actions: [{ name: 'Deploy', namespace: 'Deploy' }],
        onSuccess: { result: 'FAIL', rules: [check('#{Deploy.HEALTHY}', 'EQ', 'yes')] },
      },
    });
    const good = await machine.run(plan, { 'Dev/Deploy': { variables: { HEALTHY: 'yes' } } });
    expect(good.outcome.status).toBe('Succeeded');
    const bad = await machine.run(plan, { 'Dev/Deploy': { variables: { HEALTHY: 'no' } } });
    expect(bad.outcome).toMatchObject({ status: 'Failed', stage: 'Dev' });
    expect(bad.outcome.reason).toContain('onSuccess condition');
    expect(actionStatuses(bad.state)['Dev/Deploy']).toBe('Succeeded');
  });
});

describe('retry', () => {
  const flaky = [{ outcome: 'Failed', reason: 'flaky' }, {}] as const;
  const plan = (retryMode: 'FAILED_ACTIONS' | 'ALL_ACTIONS') =>
    planOf({
      Test: {
        actions: ['Unit', { name: 'Flaky', outputs: ['Out'] }, { name: 'After', runOrder: 2, inputs: ['Out'] }],
        onFailure: { result: 'RETRY', retryMode },
      },
    });
  const ids = ({ calls }: { calls: readonly { action: { id: string } }[] }) =>
    calls.slice(1).map(({ action }) => action.id);

  test('FAILED_ACTIONS runs again what did not succeed, and then what was not reached', async () => {
    const { outcome, fake, state, events } = await machine.run(plan('FAILED_ACTIONS'), { 'Test/Flaky': flaky });
    expect(outcome.status).toBe('Succeeded');
    expect(ids(fake)).toEqual(['Test/Unit', 'Test/Flaky', 'Test/Flaky', 'Test/After']);
    expect(state.stages[1]).toMatchObject({ status: 'Succeeded', attempt: 2 });
    expect(actionsOf(state).find(({ id }) => id === 'Test/Flaky')?.attempt).toBe(2);
    expect(unended(events)).toEqual([]);
  });

  test('ALL_ACTIONS runs all of them again', async () => {
    const { fake } = await machine.run(plan('ALL_ACTIONS'), { 'Test/Flaky': flaky });
    expect(ids(fake)).toEqual(['Test/Unit', 'Test/Flaky', 'Test/Unit', 'Test/Flaky', 'Test/After']);
  });

  test('there is one retry, whatever it brings', async () => {
    const { outcome, fake, events } = await machine.run(plan('FAILED_ACTIONS'), {
      'Test/Flaky': { outcome: 'Failed', reason: 'always' },
    });
    expect(outcome.status).toBe('Failed');
    expect(ids(fake)).toEqual(['Test/Unit', 'Test/Flaky', 'Test/Flaky']);
    expect(unended(events)).toEqual([]);
  });
});

describe('rollback', () => {
  const pipeline = (more: Partial<Plan> = {}) =>
    planOf(
      {
        Build: { actions: [{ name: 'Build', namespace: 'Build', inputs: ['Source'], outputs: ['Package'] }] },
        Dev: {
          actions: [
            { name: 'Deploy', inputs: ['Package'], environment: { VERSION: '#{Build.VERSION}' } },
            { name: 'Verify', runOrder: 2 },
          ],
          onFailure: { result: 'ROLLBACK' },
        },
        Prod: { actions: ['Deploy'] },
      },
      more,
    );
  const version = (VERSION: string) => ({ 'Build/Build': { variables: { VERSION } } });
  const broken = { ...version('2'), 'Dev/Verify': { outcome: 'Failed', reason: 'HTTP 500' } } as const;

  test('runs the stage again with artifacts and variables of the last execution that succeeded in it, and the execution stays failed', async () => {
    const plan = pipeline();
    const good = await machine.run(plan, version('1'));
    const bad = await machine.run(plan, {
      ...version('2'),
      'Dev/Verify': [{ outcome: 'Failed', reason: 'HTTP 500' }, {}],
    });
    expect(bad.outcome).toMatchObject({
      status: 'Failed',
      stage: 'Dev',
      rollback: { target: good.outcome.execution, outcome: { status: 'Succeeded' } },
    });
    const again = bad.fake.calls.slice(-2);
    expect(again.map(({ action }) => action.id)).toEqual(['Dev/Deploy', 'Dev/Verify']);
    expect(environmentOf(again[0]?.action)).toEqual({ VERSION: '1' });
    expect(again[0]?.context.execution).not.toBe(bad.outcome.execution);
    expect(again[0]?.context.revisions).toEqual({ Source: SOURCE.externalId });
    const restored = again[0]?.context.inputs['Package'] ?? '';
    expect(readFileSync(restored)).toEqual(readFileSync(join(good.folder, 'artifacts/Package.zip')));
    expect(unended(bad.events)).toEqual([]);
    const kinds = bad.events.filter(({ kind }) => /rollback|pipeline/.test(kind));
    expect(kinds.map(({ kind, execution }) => [kind, execution === bad.outcome.execution])).toEqual([
      ['pipeline-started', true],
      ['rollback-requested', true],
      ['pipeline-ended', true],
      ['pipeline-started', false],
      ['pipeline-ended', false],
    ]);
    expect(kinds[3]).toMatchObject({ type: 'ROLLBACK', target: good.outcome.execution, stages: [{ name: 'Dev' }] });
  });

  test('without a success in the stage there is nothing to go back to, and it says so', async () => {
    const bad = await machine.run(pipeline(), broken);
    expect(bad.outcome.rollback).toEqual({
      reason: 'no execution of visits-development has succeeded in stage Dev yet: there is nothing to go back to',
    });
    expect(bad.events.find(({ kind }) => kind === 'rollback-requested')).not.toHaveProperty('target');
    expect(unended(bad.events)).toEqual([]);
  });

  test('a success before the pipeline was changed is no target', async () => {
    await machine.run(pipeline(), version('1'));
    const bad = await machine.run(pipeline({ structure: 'two' }), broken);
    expect(bad.outcome.rollback).toEqual({
      reason: expect.stringContaining('since the pipeline visits-development was changed'),
    });
  });

  test('a rollback, a skipped stage and another pipeline are no targets; the most recent success is, though it failed later on', async () => {
    const first = await machine.run(pipeline(), version('1'));
    const second = await machine.run(pipeline(), { ...version('2'), 'Prod/Deploy': { outcome: 'Failed' } });
    expect(second.outcome.status).toBe('Failed');
    await machine.run(pipeline({ pipeline: 'other' }), version('3'));
    const third = await machine.run(pipeline(), { ...version('4'), 'Dev/Verify': [{ outcome: 'Failed' }, {}] });
    expect(third.outcome.rollback?.target).toBe(second.outcome.execution);
    const fourth = await machine.run(pipeline(), { ...version('5'), 'Dev/Verify': [{ outcome: 'Failed' }, {}] });
    expect(fourth.outcome.rollback?.target).toBe(second.outcome.execution);
    expect(first.outcome.status).toBe('Succeeded');
  });

  test('an execution in which the stage was skipped, or never reached, is no target', async () => {
    const condition = { result: 'SKIP', rules: [check('#{Build.VERSION}', 'NE', 'skip')] } as const;
    const plan = planOf({
      Build: { actions: [{ name: 'Build', namespace: 'Build' }] },
      Dev: { actions: ['Deploy'], beforeEntry: condition, onFailure: { result: 'ROLLBACK' } },
    });
    const good = await machine.run(plan, version('1'));
    const skipped = await machine.run(plan, version('skip'));
    expect(stageStatuses(skipped.state)).toContain('Dev Skipped');
    await machine.run(plan, { 'Build/Build': { outcome: 'Failed' } });
    const bad = await machine.run(plan, { ...version('2'), 'Dev/Deploy': [{ outcome: 'Failed' }, {}] });
    expect(bad.outcome.rollback?.target).toBe(good.outcome.execution);
  });

  test('a rollback that fails is told and not repeated', async () => {
    await machine.run(pipeline(), version('1'));
    const bad = await machine.run(pipeline(), broken);
    expect(bad.outcome.rollback).toMatchObject({
      outcome: { status: 'Failed', reason: 'stage Dev: Verify: HTTP 500' },
    });
    expect(bad.events.filter(({ kind }) => kind === 'rollback-requested')).toHaveLength(1);
    expect(bad.events.filter(({ kind }) => kind === 'pipeline-started')).toHaveLength(2);
  });

  test('artifacts that are gone are named', async () => {
    const good = await machine.run(pipeline(), version('1'));
    rmSync(join(good.folder, 'artifacts/Package.zip'));
    const bad = await machine.run(pipeline(), broken);
    expect(bad.outcome.rollback).toEqual({
      reason: `the artifacts of execution ${good.outcome.execution} are gone (Package): it cannot be brought back`,
    });
  });

  test('onSuccess with ROLLBACK asks for it too', async () => {
    const plan = planOf({
      Dev: {
        actions: [{ name: 'Deploy', namespace: 'Deploy' }],
        onSuccess: { result: 'ROLLBACK', rules: [check('#{Deploy.OK}', 'EQ', 'yes')] },
      },
    });
    const good = await machine.run(plan, { 'Dev/Deploy': { variables: { OK: 'yes' } } });
    const bad = await machine.run(plan, { 'Dev/Deploy': [{ variables: { OK: 'no' } }, { variables: { OK: 'yes' } }] });
    expect(bad.outcome).toMatchObject({
      status: 'Failed',
      rollback: { target: good.outcome.execution, outcome: { status: 'Succeeded' } },
    });
  });
});

describe('the runner breaks', () => {
  const plan = planOf({
    Dev: { actions: ['Deploy', 'Other'], onFailure: { result: 'ROLLBACK' } },
    Prod: { actions: ['Deploy'] },
  });

  test('an executor that throws ends as a failure in the journal, then as RunnerBroke; nothing is judged, nothing undone', async () => {
    await machine.run(plan);
    const { broke, outcome, state, events, fake } = await machine.run(plan, {
      'Dev/Deploy': { throws: 'no such thing' },
    });
    expect(broke?.message).toBe('Dev/Deploy: no such thing');
    expect(outcome).toMatchObject({ status: 'Failed', stage: 'Dev' });
    expect(actionStatuses(state)).toMatchObject({
      'Dev/Deploy': 'Failed',
      'Dev/Other': 'Succeeded',
      'Prod/Deploy': 'Pending',
    });
    expect(actionsOf(state)[1]?.reason).toBe('the runner broke: no such thing');
    expect(events.some(({ kind }) => kind === 'rollback-requested')).toBe(false);
    expect(unended(events)).toEqual([]);
    expect(fake.calls.map(({ action }) => action.id)).not.toContain('Prod/Deploy');
  });

  test('a reader of events that throws breaks the runner, not the order of things', async () => {
    const fake = fakeExecutors();
    const { host, run, events, outcome } = await machine.start(plan, fake);
    host.subscribe((event) => {
      if (event.kind === 'action-ended') throw new Error('no terminal');
    });
    await expect(outcome).rejects.toThrow("a reader of the run's events broke: no terminal");
    expect(unended(events)).toEqual([]);
    expect(runState(events).status).toBe('Failed');
    expect(readJournal(join(run.folder, 'journal.jsonl'))).toEqual({ ok: true, value: events });
  });

  test('once it is broken no later run order starts', async () => {
    const fake = fakeExecutors();
    const { host, outcome } = await machine.start(
      planOf({ Dev: { actions: ['Deploy', { name: 'Verify', runOrder: 2 }] } }),
      fake,
    );
    host.subscribe((event) => {
      if (event.kind === 'action-ended' && event.action === 'Dev/Deploy') throw new Error('no terminal');
    });
    await expect(outcome).rejects.toThrow('no terminal');
    expect(fake.calls.map(({ action }) => action.id)).toEqual(['Source/Source', 'Dev/Deploy']);
  });

  test('what an executor says after its end is not heard', async () => {
    const fake = fakeExecutors();
    let say = () => {};
    const codebuild: typeof fake.executors.codebuild = {
      execute: async (_action, _context, emit) => {
        say = () => emit({ kind: 'output', stream: 'stdout', text: 'late' });
        return { status: 'Succeeded', variables: {}, artifacts: {} };
      },
    };
    const two = planOf({ Dev: { actions: ['Deploy'] }, Prod: { actions: ['Deploy'] } });
    const { host, events, outcome } = await machine.start(two, {
      ...fake,
      executors: { ...fake.executors, codebuild },
    });
    host.subscribe((event) => {
      if (event.kind === 'stage-ended') say();
    });
    await outcome;
    expect(events.filter(({ kind }) => kind === 'output')).toEqual([]);
  });

  test('a rollback that breaks carries both outcomes', async () => {
    await machine.run(plan);
    const { broke, outcome } = await machine.run(plan, { 'Dev/Deploy': [{ outcome: 'Failed' }, { throws: 'gone' }] });
    expect(broke?.message).toBe('Dev/Deploy: gone');
    expect(outcome).toMatchObject({ status: 'Failed', rollback: { outcome: { status: 'Failed' } } });
  });
});

describe('stop', () => {
  const plan = planOf({
    Build: { actions: [{ name: 'Build', namespace: 'Build', outputs: ['Package'] }, 'Second'] },
    Dev: { actions: [{ name: 'Deploy' }, { name: 'Verify', runOrder: 2 }], onFailure: { result: 'ROLLBACK' } },
  });

  test('running actions are told, end as stopped, and nothing new starts', async () => {
    const stop = new AbortController();
    const fake = fakeExecutors({ 'Dev/Deploy': { hold: true } });
    const { events, outcome } = await machine.start(plan, fake, {}, stop.signal);
    await fake.started('Dev/Deploy');
    stop.abort();
    expect(await outcome).toMatchObject({ status: 'Stopped', stage: 'Dev' });
    const state = runState(events);
    expect(actionStatuses(state)).toMatchObject({ 'Dev/Deploy': 'Stopped', 'Dev/Verify': 'Pending' });
    expect(state.status).toBe('Stopped');
    expect(unended(events)).toEqual([]);
    expect(events.some(({ kind }) => kind === 'rollback-requested')).toBe(false);
  });

  test('an action that fails because it was stopped is stopped, not failed', async () => {
    const stop = new AbortController();
    const fake = fakeExecutors({ 'Dev/Deploy': { hold: true } });
    const { events, outcome } = await machine.start(
      plan,
      {
        ...fake,
        executors: {
          ...fake.executors,
          codebuild: {
            execute: async (...args) => {
              const result = await fake.executors.codebuild.execute(...args);
              return result.status === 'Stopped' ? { status: 'Failed', reason: 'exit code 143' } : result;
            },
          },
        },
      },
      {},
      stop.signal,
    );
    await fake.started('Dev/Deploy');
    stop.abort();
    expect((await outcome).status).toBe('Stopped');
    expect(actionsOf(runState(events)).find(({ id }) => id === 'Dev/Deploy')).toMatchObject({
      status: 'Stopped',
      reason: 'stopped (exit code 143)',
    });
  });

  test('at every event of a run: the journal has its ends, nothing starts afterwards, and the journal folds to the same state', async () => {
    const whole = await machine.run(plan);
    for (let at = 0; at < whole.events.length; at++) {
      const stop = new AbortController();
      const fake = fakeExecutors({ 'Source/Source': SOURCE });
      let starts = 0;
      const onEvent = (count: number, { kind }: Event) => {
        if (stop.signal.aborted && kind.endsWith('-started')) starts++;
        if (count > at) stop.abort();
      };
      const { run, events, outcome } = await machine.start(plan, fake, {}, stop.signal, onEvent);
      const { status } = await outcome;
      expect(['Stopped', 'Succeeded']).toContain(status);
      expect(unended(events)).toEqual([]);
      // The sibling of an action that is just about to run has its start and, at once, its end.
      expect(starts).toBeLessThanOrEqual(1);
      expect(fake.running()).toEqual([]);
      expect(readJournal(join(run.folder, 'journal.jsonl'))).toEqual({ ok: true, value: events });
    }
  });

  test('at every event of a run that rolls back: both executions have their ends and neither is taken for a success', async () => {
    const failing = { 'Source/Source': SOURCE, 'Dev/Verify': [{ outcome: 'Failed' }, {}] } as const;
    await machine.run(plan);
    const whole = await machine.run(plan, failing);
    expect(whole.outcome.rollback).toMatchObject({ outcome: { status: 'Succeeded' } });
    for (let at = 1; at < whole.events.length; at++) {
      const stop = new AbortController();
      const fake = fakeExecutors(failing);
      const { events, outcome } = await machine.start(
        plan,
        fake,
        {},
        stop.signal,
        (count) => count > at && stop.abort(),
      );
      const { status, rollback } = await outcome;
      expect(status).not.toBe('Succeeded');
      expect(unended(events)).toEqual([]);
      expect(fake.running()).toEqual([]);
      if (rollback?.target !== undefined) expect(['Stopped', 'Succeeded']).toContain(rollback.outcome.status);
      if (status === 'Stopped') expect(rollback).toBeUndefined();
    }
  });

  test('in the moment of a start: the executor of what was about to start is not called', async () => {
    const stop = new AbortController();
    const fake = fakeExecutors();
    const { events, outcome } = await machine.start(plan, fake, {}, stop.signal, (_, event) => {
      if (event.kind === 'action-started' && event.action === 'Build/Build') stop.abort();
    });
    expect((await outcome).status).toBe('Stopped');
    expect(fake.calls.map(({ action }) => action.id)).toEqual(['Source/Source']);
    expect(actionStatuses(runState(events))).toMatchObject({ 'Build/Build': 'Stopped', 'Build/Second': 'Stopped' });
  });

  test('before the start nothing runs', async () => {
    const { events, outcome } = await machine.start(plan, fakeExecutors(), {}, AbortSignal.abort());
    expect((await outcome).status).toBe('Stopped');
    expect(events.map(({ kind }) => kind)).toEqual(['pipeline-started', 'pipeline-ended']);
  });
});
