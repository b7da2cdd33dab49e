import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PlannedStage } from '../../../lib/local/plan';
import { actionStatuses, buildAction, Machine, planOf, stageStatuses, unended } from './harness';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.close());

const restore = buildAction('Dev', {
  name: 'RestoreLastGood',
  inputs: ['Source'],
  environment: { MODE: 'restore', VERSION: '#{Build.VERSION}' },
});
const rule = { name: 'RestoreLastGood', provider: 'CodeBuild', action: restore } as const;
const onFailure: PlannedStage['onFailure'] = { condition: { result: 'ROLLBACK', rules: [rule] } };
const plan = planOf({
  Build: { actions: [{ name: 'Build', namespace: 'Build' }] },
  Dev: { actions: ['Deploy', { name: 'Verify', runOrder: 2 }], onFailure },
});
const version = { 'Build/Build': { variables: { VERSION: '2' } } };
const RULE = 'Dev/RestoreLastGood';

describe('a condition on failure with a rule that builds', () => {
  test('is not looked at while the stage succeeds', async () => {
    const { outcome, state } = await machine.run(plan, version);
    expect(outcome.status).toBe('Succeeded');
    expect(actionStatuses(state)).not.toHaveProperty([RULE]);
  });

  test('has its build run with input and variables when an action fails, and then its result', async () => {
    const good = await machine.run(plan, version);
    const bad = await machine.run(plan, {
      ...version,
      'Dev/Verify': [{ outcome: 'Failed', reason: 'HTTP 500' }, {}],
    });
    expect(bad.outcome).toMatchObject({
      status: 'Failed',
      reason: 'stage Dev: Verify: HTTP 500',
      rollback: { target: good.outcome.execution, outcome: { status: 'Succeeded' } },
    });
    const call = bad.fake.calls.find(({ action }) => action.id === RULE);
    expect(call?.action).toMatchObject({
      environment: [
        { name: 'MODE', value: 'restore', type: 'PLAINTEXT' },
        { name: 'VERSION', value: '2', type: 'PLAINTEXT' },
      ],
    });
    expect(Object.keys(call?.context.inputs ?? {})).toEqual(['Source']);
    const own = bad.events.filter(({ execution }) => execution === bad.outcome.execution);
    const kinds = own
      .filter((event) => ('action' in event && event.action === RULE) || /condition|rollback|stage-e/.test(event.kind))
      .map(({ kind }) => kind);
    expect(kinds.slice(-5)).toEqual([
      'action-started',
      'action-ended',
      'condition-ended',
      'stage-ended',
      'rollback-requested',
    ]);
    expect(bad.state.stages.at(-1)?.conditions).toMatchObject([
      { hook: 'onFailure', status: 'Succeeded', result: 'ROLLBACK', reason: 'rule RestoreLastGood succeeded' },
    ]);
    expect(unended(own)).toEqual([]);
  });

  test('leaves the stage failed, with both reasons and no rollback, when its build fails', async () => {
    await machine.run(plan, version);
    const bad = await machine.run(plan, {
      ...version,
      'Dev/Deploy': { outcome: 'Failed', reason: 'crash loop' },
      [RULE]: { outcome: 'Failed', reason: 'RollbackFailed' },
    });
    expect(bad.outcome).toEqual({
      execution: bad.outcome.execution,
      status: 'Failed',
      stage: 'Dev',
      reason: 'stage Dev: Deploy: crash loop; onFailure condition: rule RestoreLastGood failed: RollbackFailed',
    });
    expect(bad.events.some(({ kind }) => kind === 'rollback-requested')).toBe(false);
    expect(actionStatuses(bad.state)).toMatchObject({ [RULE]: 'Failed' });
  });

  test('brings the rule in although there is no execution to go back to', async () => {
    const bad = await machine.run(plan, { ...version, 'Dev/Deploy': { outcome: 'Failed', reason: 'no' } });
    expect(actionStatuses(bad.state)).toMatchObject({ [RULE]: 'Succeeded' });
    expect(bad.outcome.rollback).toEqual({
      reason: expect.stringMatching(/nothing to go back to; RestoreLastGood has succeeded all the same$/),
    });
  });

  test('is looked at when a condition on success fails, too', async () => {
    const onSuccess = {
      result: 'FAIL',
      rules: [{ name: 'No', provider: 'VariableCheck', variable: 'a', operator: 'EQ', value: 'b' }],
    } as const;
    const strict = planOf({
      Build: { actions: [{ name: 'Build', namespace: 'Build' }] },
      Dev: { actions: ['Deploy'], onSuccess, onFailure },
    });
    const { state } = await machine.run(strict, version);
    expect(stageStatuses(state).at(-1)).toBe('Dev Failed');
    expect(actionStatuses(state)).toMatchObject({ [RULE]: 'Succeeded' });
  });

  test('is not looked at when the stage was stopped, or the runner broke', async () => {
    const broke = await machine.run(plan, { ...version, 'Dev/Deploy': { throws: 'disk' } });
    expect(actionStatuses(broke.state)).not.toHaveProperty([RULE]);
  });

  test('of which the runner breaks, has no result', async () => {
    const run = await machine.run(plan, {
      ...version,
      'Dev/Deploy': { outcome: 'Failed', reason: 'no' },
      [RULE]: { throws: 'disk' },
    });
    expect(run.broke).toBeDefined();
    expect(run.events.some(({ kind }) => kind === 'rollback-requested')).toBe(false);
  });

  test('runs in a rollback too, which asks for none itself', async () => {
    await machine.run(plan, version);
    const bad = await machine.run(plan, { ...version, 'Dev/Verify': { outcome: 'Failed', reason: 'HTTP 500' } });
    expect(bad.fake.calls.filter(({ action }) => action.id === RULE)).toHaveLength(2);
    expect(bad.events.filter(({ kind }) => kind === 'rollback-requested')).toHaveLength(1);
  });
});
