import { afterEach, describe, expect, test } from '@jest/globals';
import type { PlannedCondition } from '../../lib/local/plan';
import { buildRule, closePipelines, codeOf, openPipeline, planOf } from './pipeline';

afterEach(closePipelines);

const check = (value: string, result: PlannedCondition['result']): PlannedCondition => ({
  ...(result && { result }),
  rules: [{ name: 'Ready', provider: 'VariableCheck', variable: '#{Build.READY}', operator: 'EQ', value }],
});
const holds = (result: PlannedCondition['result']) => check('yes', result);
const fails = (result: PlannedCondition['result']) => check('no', result);

const BUILD = { actions: [{ name: 'Run', namespace: 'Build' }] };
const READY = { 'Build/Run': { variables: { READY: 'yes' } } };

describe('beforeEntry', () => {
  test('that holds lets the execution into the stage', async () => {
    const plan = planOf({ Build: BUILD, Deploy: { beforeEntry: holds('FAIL') } });
    const { run, stages } = await openPipeline(plan, READY);
    const { execution, status } = await run();
    expect(status).toBe('Succeeded');
    expect(stages(execution)).toEqual(['Source Succeeded', 'Build Succeeded', 'Deploy Succeeded']);
  });

  test('with FAIL fails the stage without running its actions', async () => {
    const plan = planOf({ Build: BUILD, Deploy: { beforeEntry: fails('FAIL') } });
    const { provider, run, stages } = await openPipeline(plan, READY);
    const { execution, status } = await run();
    expect(status).toBe('Failed');
    expect(stages(execution).at(-1)).toBe('Deploy Failed');
    expect(provider.ran()).not.toContain('Deploy/Run');
  });

  test('with SKIP skips the stage, runs none of its actions, and the execution goes on', async () => {
    const plan = planOf({ Build: BUILD, Test: { beforeEntry: fails('SKIP') }, Deploy: {} });
    const { provider, run, stages } = await openPipeline(plan, READY);
    const { execution, status } = await run();
    expect(status).toBe('Succeeded');
    expect(stages(execution).slice(2)).toEqual(['Test Skipped', 'Deploy Succeeded']);
    expect(provider.ran()).not.toContain('Test/Run');
  });

  test('a skipped stage can be neither retried nor the target of a rollback', async () => {
    const plan = planOf({ Build: BUILD, Test: { beforeEntry: fails('SKIP') } });
    const { host, run } = await openPipeline(plan, READY);
    const { execution } = await run();
    const retried = await host.retryStage({ stage: 'Test', execution, mode: 'ALL_ACTIONS' });
    expect(codeOf(retried)).toBe('StageNotRetryableException');
    expect(codeOf(await host.rollbackStage({ stage: 'Test', target: execution }))).toBe(
      'UnableToRollbackStageException',
    );
  });

  test('that failed with FAIL can be overridden: the stage proceeds', async () => {
    const plan = planOf({ Build: BUILD, Deploy: { beforeEntry: fails('FAIL') } });
    const { host, provider, run } = await openPipeline(plan, READY);
    const { execution } = await run();
    expect(codeOf(host.overrideCondition({ stage: 'Deploy', execution, type: 'BEFORE_ENTRY' }))).toBeUndefined();
    expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran(execution)).toContain('Deploy/Run');
  });

  test('that skipped cannot be overridden', async () => {
    const plan = planOf({ Build: BUILD, Test: { beforeEntry: fails('SKIP') } });
    const { host, run } = await openPipeline(plan, READY);
    const { execution } = await run();
    expect(codeOf(host.overrideCondition({ stage: 'Test', execution, type: 'BEFORE_ENTRY' }))).toBe(
      'ConditionNotOverridableException',
    );
  });
});

describe('onSuccess', () => {
  test('that does not hold fails a stage whose actions succeeded', async () => {
    const { provider, run, stages } = await openPipeline(
      planOf({ Build: { ...BUILD, onSuccess: fails('FAIL') } }),
      READY,
    );
    const { execution, status } = await run();
    expect(status).toBe('Failed');
    expect(stages(execution).at(-1)).toBe('Build Failed');
    expect(provider.ran()).toContain('Build/Run');
  });

  test('that failed can be overridden: the stage proceeds', async () => {
    const plan = planOf({ Build: { ...BUILD, onSuccess: fails('FAIL') }, Deploy: {} });
    const { host, provider, run } = await openPipeline(plan, READY);
    const { execution } = await run();
    expect(codeOf(host.overrideCondition({ stage: 'Build', execution, type: 'ON_SUCCESS' }))).toBeUndefined();
    expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran(execution)).toEqual(['Source/Source', 'Build/Run', 'Deploy/Run']);
  });

  test('with ROLLBACK brings the last execution back that succeeded there', async () => {
    const plan = planOf({ Build: { ...BUILD, onSuccess: holds('ROLLBACK') } });
    const steps = {
      'Build/Run': [{ variables: { READY: 'yes' } }, { variables: { READY: 'no' } }, { variables: { READY: 'yes' } }],
    };
    const { run } = await openPipeline(plan, steps);
    const good = await run();
    const bad = await run();
    expect(bad).toMatchObject({
      status: 'Failed',
      rollback: { target: good.execution, outcome: { status: 'Succeeded' } },
    });
  });
});

describe('onFailure', () => {
  const restore = buildRule('Deploy', 'Restore');
  const condition = { result: 'ROLLBACK', rules: [restore] } as const;
  const plan = planOf({ Deploy: { onFailure: { condition } } });

  test('engages its result when all rules succeed', async () => {
    const { run } = await openPipeline(plan, { 'Deploy/Run': [{}, { fails: 'HTTP 500' }, {}] });
    const good = await run();
    expect(await run()).toMatchObject({ status: 'Failed', rollback: { target: good.execution } });
  });

  test('engages nothing when a rule fails: the stage stays failed', async () => {
    const steps = { 'Deploy/Run': [{}, { fails: 'HTTP 500' }], 'Deploy/Restore': { fails: 'no' } };
    const { run } = await openPipeline(plan, steps);
    await run();
    const bad = await run();
    expect(bad.status).toBe('Failed');
    expect(bad.rollback).toBeUndefined();
  });

  test('is not judged when the stage succeeds', async () => {
    const { provider, run } = await openPipeline(plan);
    await run();
    expect(provider.ran()).not.toContain('Deploy/Restore');
  });

  test('with a CloudWatchAlarm rule is met by an alarm that rings', async () => {
    const rules = [{ name: 'Loud', provider: 'CloudWatchAlarm', alarm: 'errors', waitMinutes: 0 }] as const;
    const ringing = planOf({ Deploy: { onFailure: { condition: { result: 'ROLLBACK', rules } } } });
    const steps = { 'Deploy/Run': [{}, { fails: 'HTTP 500' }, {}] };
    const loud = await openPipeline(ringing, steps, { errors: 'ALARM' });
    await loud.run();
    expect(await loud.run()).toMatchObject({ rollback: { outcome: { status: 'Succeeded' } } });
    const quiet = await openPipeline(ringing, steps, { errors: 'OK' });
    await quiet.run();
    expect(await quiet.run()).not.toHaveProperty('rollback');
  });
});

test('a condition with several rules fails if one of them does, and all are judged', async () => {
  const rules = [buildRule('Deploy', 'Smoke'), ...fails('FAIL').rules];
  const plan = planOf({ Build: BUILD, Deploy: { beforeEntry: { result: 'FAIL', rules } } });
  const { events, provider, run } = await openPipeline(plan, READY);
  expect(await run()).toMatchObject({ status: 'Failed' });
  expect(provider.ran()).toContain('Deploy/Smoke');
  const ends = events.flatMap((event) => (event.kind === 'rule-ended' ? [`${event.rule} ${event.status}`] : []));
  expect(ends.sort()).toEqual(['Ready Failed', 'Smoke Succeeded']);
});

test('a stage whose rule waits for an alarm holds its lock, and goes on when the alarm is quiet', async () => {
  const alarms: Record<string, 'OK' | 'ALARM'> = { errors: 'ALARM' };
  const rules = [{ name: 'Quiet', provider: 'CloudWatchAlarm', alarm: 'errors', waitMinutes: 20 }] as const;
  const plan = planOf({ Deploy: { beforeEntry: { result: 'FAIL', rules } } });
  const { clock, host, provider, start, until, events } = await openPipeline(plan, {}, alarms);
  const execution = await start();
  await until(() => events.some(({ kind }) => kind === 'rule-started'));
  expect(provider.ran()).not.toContain('Deploy/Run');
  alarms['errors'] = 'OK';
  clock.move(60_000);
  expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
});
