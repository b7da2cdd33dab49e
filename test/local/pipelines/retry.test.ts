import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Plan } from '../../../lib/local/plan';
import { actionsOf } from '../../../lib/local/run-state';
import { actionStatuses, planOf, stageStatuses, unended } from '../engine/harness';
import { Bed, codeOf, done, until } from './harness';

let bed: Bed;
afterEach(() => bed.close());

const plan = planOf({
  Test: {
    actions: [
      { name: 'Unit', outputs: ['Report'] },
      { name: 'Lint' },
      { name: 'Publish', runOrder: 2, inputs: ['Report'] },
    ],
  },
  Deploy: { actions: ['Deploy'] },
});
const lintFailsOnce = { 'Test/Lint': [{ outcome: 'Failed', reason: 'tabs' }, {}] } as const;

describe('retry of a stage', () => {
  test.each([
    ['FAILED_ACTIONS', ['Test/Lint', 'Test/Publish', 'Deploy/Deploy'], 1],
    ['ALL_ACTIONS', ['Test/Unit', 'Test/Lint', 'Test/Publish', 'Deploy/Deploy'], 2],
  ] as const)('with %s goes on in the same execution, and through the later stages', async (mode, again, attempt) => {
    bed = await Bed.open(plan, lintFailsOnce);
    const id = await bed.start();
    expect((await bed.host.ended(id)).status).toBe('Failed');
    const before = bed.fake.calls.length;
    done(await bed.host.retryStage({ stage: 'Test', execution: id, mode }));
    expect(bed.status(id)).toBe('InProgress');
    expect((await bed.host.ended(id)).status).toBe('Succeeded');
    expect(bed.fake.calls.slice(before).map(({ action }) => action.id)).toEqual(again);
    const view = bed.host.execution(id);
    expect(view?.attempt).toBe(2);
    expect(view?.state.stages[1]).toMatchObject({
      attempt: 2,
      retries: { manual: 1, automatic: 0, latest: 'manual', mode },
    });
    expect(actionsOf(view?.state as never).find((action) => action.id === 'Test/Unit')?.attempt).toBe(attempt);
    expect(unended(bed.journal(id).events)).toEqual([]);
    expect(bed.journal(id).state).toEqual(view?.state);
  });

  test('works in the next process, with the variables and artifacts of before', async () => {
    const using = planOf({
      Build: { actions: [{ name: 'Build', namespace: 'Build', outputs: ['Package'] }] },
      Deploy: { actions: [{ name: 'Deploy', inputs: ['Package'], environment: { V: '#{Build.VERSION}' } }] },
    });
    bed = await Bed.open(using, {
      'Build/Build': { variables: { VERSION: '7' } },
      'Deploy/Deploy': { outcome: 'Failed' },
    });
    const id = await bed.start();
    await bed.host.ended(id);
    await bed.reopen(using);
    done(await bed.host.retryStage({ stage: 'Deploy', execution: id, mode: 'FAILED_ACTIONS' }));
    expect((await bed.host.ended(id)).status).toBe('Succeeded');
    const [call] = bed.fake.calls;
    expect(call?.action).toMatchObject({ environment: [{ name: 'V', value: '7' }] });
    expect(call?.context.inputs).toEqual({ Package: join(bed.folder, 'runs', id, 'artifacts/Package.zip') });
  });

  test('is refused for what is not there, has not failed, runs, or has changed', async () => {
    bed = await Bed.open(plan, { 'Deploy/Deploy': { outcome: 'Failed' } });
    const id = await bed.start();
    const retry = async (stage: string, execution = id) =>
      codeOf(await bed.host.retryStage({ stage, execution, mode: 'FAILED_ACTIONS' }));
    expect(await retry('Test')).toBe('StageNotRetryableException');
    await bed.host.ended(id);
    expect(await retry('Nowhere')).toBe('StageNotFoundException');
    expect(await retry('Deploy', 'e9')).toBe('PipelineExecutionNotFoundException');
    expect(await retry('Test')).toBe('StageNotRetryableException');
    await bed.reopen({ ...plan, structure: 'two' });
    expect(await retry('Deploy')).toBe('StageNotRetryableException');
  });

  test('is refused once another execution has entered the stage, in the next process too', async () => {
    bed = await Bed.open(plan, { 'Deploy/Deploy': { outcome: 'Failed' } });
    const first = await bed.start();
    await bed.host.ended(first);
    const second = await bed.start();
    await bed.host.ended(second);
    const retry = async (execution: string) =>
      codeOf(await bed.host.retryStage({ stage: 'Deploy', execution, mode: 'FAILED_ACTIONS' }));
    expect(await retry(first)).toBe('NotLatestPipelineExecutionException');
    await bed.reopen(plan);
    expect(await retry(first)).toBe('NotLatestPipelineExecutionException');
    expect(await retry(second)).toBeUndefined();
    await bed.host.ended(second);
  });

  test('of what failed may come while the others still run, of everything may not', async () => {
    bed = await Bed.open(plan, { 'Test/Unit': { hold: true }, 'Test/Lint': [{ outcome: 'Failed' }, {}] });
    const id = await bed.start();
    const lint = () => actionsOf(bed.journal(id).state).find((action) => action.id === 'Test/Lint');
    const retry = async (mode: 'FAILED_ACTIONS' | 'ALL_ACTIONS') =>
      codeOf(await bed.host.retryStage({ stage: 'Test', execution: id, mode }));
    await until(() => bed.fake.calls.length > 0 && lint()?.status === 'Failed');
    expect(await retry('ALL_ACTIONS')).toBe('StageNotRetryableException');
    expect(await retry('FAILED_ACTIONS')).toBeUndefined();
    await until(() => lint()?.status === 'Succeeded');
    expect(await retry('FAILED_ACTIONS')).toBe('StageNotRetryableException');
    expect(lint()?.attempt).toBe(2);
    expect(bed.fake.running()).toEqual(['Test/Unit']);
    bed.fake.release('Test/Unit');
    expect((await bed.host.ended(id)).status).toBe('Succeeded');
    expect(bed.host.execution(id)).toMatchObject({ attempt: 2, state: { stages: [{}, { attempt: 1 }, {}] } });
    expect(unended(bed.journal(id).events)).toEqual([]);
  });

  test('comes before whoever waits in front of a disabled transition', async () => {
    bed = await Bed.open(plan, { 'Deploy/Deploy': [{ outcome: 'Failed' }, {}] });
    const first = await bed.start();
    await bed.host.ended(first);
    done(bed.host.setTransition({ stage: 'Deploy', enabled: false, reason: 'freeze' }));
    const second = await bed.start();
    await until(() => bed.waiting('Deploy').includes(second));
    done(await bed.host.retryStage({ stage: 'Deploy', execution: first, mode: 'FAILED_ACTIONS' }));
    expect((await bed.host.ended(first)).status).toBe('Succeeded');
    expect(bed.waiting('Deploy')).toEqual([second]);
  });
});

describe('automatic retry', () => {
  const retrying = (retryMode: 'FAILED_ACTIONS' | 'ALL_ACTIONS'): Plan =>
    planOf({ Test: { actions: ['Unit', 'Lint'], onFailure: { result: 'RETRY', retryMode } } });

  test('comes once, and is no retry of somebody', async () => {
    bed = await Bed.open(retrying('FAILED_ACTIONS'), { 'Test/Lint': { outcome: 'Failed' } });
    const id = await bed.start();
    expect((await bed.host.ended(id)).status).toBe('Failed');
    expect(bed.ran().filter((call) => call.startsWith('Test/Lint'))).toHaveLength(2);
    expect(bed.host.execution(id)).toMatchObject({
      attempt: 1,
      state: { stages: [{}, { attempt: 2, retries: { automatic: 1, manual: 0 } }] },
    });
  });
});

describe('rollback', () => {
  const rolling = planOf({
    Build: { actions: [{ name: 'Build', namespace: 'Build', outputs: ['Package'] }] },
    Deploy: {
      actions: [{ name: 'Deploy', inputs: ['Package'], environment: { V: '#{Build.VERSION}' } }],
    },
  });
  const versions = { 'Build/Build': [{ variables: { VERSION: '1' } }, { variables: { VERSION: '2' } }] };

  test('by hand is a new execution of that stage alone, with the artifacts and variables of its target', async () => {
    bed = await Bed.open(rolling, versions);
    await bed.host.ended(await bed.start());
    await bed.host.ended(await bed.start());
    const { execution } = done(await bed.host.rollbackStage({ stage: 'Deploy', target: 'e1' }));
    expect((await bed.host.ended(execution)).status).toBe('Succeeded');
    expect(bed.host.execution(execution)).toMatchObject({
      type: 'ROLLBACK',
      target: 'e1',
      trigger: { type: 'ManualRollback' },
    });
    expect(stageStatuses(bed.journal(execution).state)).toEqual(['Deploy Succeeded']);
    expect(bed.fake.calls.at(-1)?.action).toMatchObject({ environment: [{ name: 'V', value: '1' }] });
    expect(bed.host.view().stages[2]?.latest).toEqual({ execution, type: 'ROLLBACK' });
  });

  test('is refused for the source stage, an unknown or failed target, a rollback, another version, a busy stage, lost artifacts', async () => {
    bed = await Bed.open(rolling, {
      ...versions,
      'Deploy/Deploy': [{}, { outcome: 'Failed' }, {}, { hold: true }],
    });
    await bed.host.ended(await bed.start());
    await bed.host.ended(await bed.start());
    const roll = async (stage: string, target: string) => codeOf(await bed.host.rollbackStage({ stage, target }));
    expect(await roll('Source', 'e1')).toBe('UnableToRollbackStageException');
    expect(await roll('Nowhere', 'e1')).toBe('StageNotFoundException');
    expect(await roll('Deploy', 'e9')).toBe('PipelineExecutionNotFoundException');
    expect(await roll('Deploy', 'e2')).toBe('UnableToRollbackStageException');
    const { execution } = done(await bed.host.rollbackStage({ stage: 'Deploy', target: 'e1' }));
    await bed.host.ended(execution);
    expect(await roll('Deploy', execution)).toBe('UnableToRollbackStageException');
    await bed.start();
    await bed.fake.started('Deploy/Deploy');
    expect(await roll('Deploy', 'e1')).toBe('UnableToRollbackStageException');
    bed.fake.release('Deploy/Deploy');
    await bed.host.idle();
    rmSync(join(bed.folder, 'runs/e1/artifacts/Package.zip'));
    expect(await roll('Deploy', 'e1')).toBe('UnableToRollbackStageException');
    await bed.reopen({ ...rolling, structure: 'two' });
    expect(await roll('Deploy', 'e1')).toBe('UnableToRollbackStageException');
  });

  test('automatic takes the stage over before whoever waits', async () => {
    const stages = { Deploy: { actions: ['Deploy'], onFailure: { result: 'ROLLBACK' } } } as const;
    bed = await Bed.open(planOf(stages), { 'Deploy/Deploy': [{}, { hold: true }, {}, {}] });
    await bed.host.ended(await bed.start());
    const bad = await bed.start();
    await bed.fake.started('Deploy/Deploy', bad);
    const next = await bed.start();
    await until(() => bed.waiting('Deploy').includes(next));
    bed.fake.release('Deploy/Deploy', { outcome: 'Failed', reason: 'HTTP 500' });
    const outcome = await bed.host.ended(bad);
    expect(outcome).toMatchObject({ status: 'Failed', rollback: { target: 'e1', outcome: { status: 'Succeeded' } } });
    await bed.host.idle();
    expect(bed.entered().filter((entry) => entry.startsWith('Deploy'))).toEqual([
      'Deploy e1',
      `Deploy ${bad}`,
      'Deploy e4',
      `Deploy ${next}`,
    ]);
    expect(bed.host.execution('e4')).toMatchObject({ type: 'ROLLBACK', trigger: { type: 'AutomatedRollback' } });
  });
});

describe('an overridden condition', () => {
  const gated = (hook: 'beforeEntry' | 'onSuccess', result: 'FAIL' | 'SKIP'): Plan =>
    planOf({
      Deploy: {
        actions: ['Deploy'],
        [hook]: {
          result,
          rules: [{ name: 'Gate', provider: 'VariableCheck', variable: 'no', operator: 'EQ', value: 'yes' }],
        },
      },
      After: { actions: ['Tell'] },
    });

  test.each([
    ['beforeEntry', 'BEFORE_ENTRY', ['Deploy/Deploy', 'After/Tell']],
    ['onSuccess', 'ON_SUCCESS', ['After/Tell']],
  ] as const)('%s that failed lets the execution go on', async (hook, type, left) => {
    bed = await Bed.open(gated(hook, 'FAIL'));
    const id = await bed.start();
    expect((await bed.host.ended(id)).status).toBe('Failed');
    const before = bed.fake.calls.length;
    done(bed.host.overrideCondition({ stage: 'Deploy', execution: id, type }));
    expect((await bed.host.ended(id)).status).toBe('Succeeded');
    expect(bed.fake.calls.slice(before).map(({ action }) => action.id)).toEqual(left);
    const { state, events } = bed.journal(id);
    expect(state.stages[1]?.conditions).toMatchObject([{ hook, status: 'Overridden' }]);
    expect(unended(events)).toEqual([]);
  });

  test('is refused where there is nothing to override', async () => {
    bed = await Bed.open(gated('beforeEntry', 'SKIP'));
    const id = await bed.start();
    await bed.host.ended(id);
    const override = (stage: string, execution = id, type: 'BEFORE_ENTRY' | 'ON_SUCCESS' = 'BEFORE_ENTRY') =>
      codeOf(bed.host.overrideCondition({ stage, execution, type }));
    expect(override('Deploy')).toBe('ConditionNotOverridableException');
    expect(override('Deploy', id, 'ON_SUCCESS')).toBe('ConditionNotOverridableException');
    expect(override('Nowhere')).toBe('StageNotFoundException');
    expect(override('Deploy', 'e9')).toBe('PipelineExecutionNotFoundException');
  });

  test('a retry judges the entry again', async () => {
    bed = await Bed.open(gated('beforeEntry', 'FAIL'));
    const id = await bed.start();
    await bed.host.ended(id);
    done(await bed.host.retryStage({ stage: 'Deploy', execution: id, mode: 'FAILED_ACTIONS' }));
    expect((await bed.host.ended(id)).status).toBe('Failed');
    expect(bed.journal(id).state.stages[1]?.conditions).toHaveLength(2);
    expect(actionStatuses(bed.journal(id).state)).toMatchObject({ 'Deploy/Deploy': 'Pending' });
  });
});
