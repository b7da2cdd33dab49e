import { afterEach, describe, expect, test } from '@jest/globals';
import { closePipelines, codeOf, openPipeline, planOf } from './pipeline';

afterEach(closePipelines);

const held = { held: true };
const inbound = (host: Awaited<ReturnType<typeof openPipeline>>['host'], stage: string) =>
  host
    .view()
    .stages.find(({ name }) => name === stage)
    ?.inbound.map(({ execution }) => execution) ?? [];

describe('a stage', () => {
  test('holds one execution, and the next one waits in front of it', async () => {
    const { host, provider, start, until } = await openPipeline(planOf({ Build: {} }), { 'Build/Run': held });
    const first = await start();
    await until(() => provider.running(first).length > 0);
    const second = await start();
    await until(() => inbound(host, 'Build').length > 0);
    expect(inbound(host, 'Build')).toEqual([second]);
    expect(provider.ran(second)).toEqual(['Source/Source']);
  });

  test.each([
    ['success', {}],
    ['failure', { fails: 'no' }],
  ])('is free after %s', async (_, step) => {
    const { provider, start, until, status } = await openPipeline(planOf({ Build: {} }), { 'Build/Run': held });
    const first = await start();
    await until(() => provider.running(first).length > 0);
    const second = await start();
    provider.end(first, 'Build/Run', step);
    await until(() => provider.running(second).length > 0);
    expect(status(first)).toBe('fails' in step ? 'Failed' : 'Succeeded');
  });

  test('is free after a stop', async () => {
    const { host, provider, start, until } = await openPipeline(planOf({ Build: {} }), { 'Build/Run': held });
    const first = await start();
    await until(() => provider.running(first).length > 0);
    const second = await start();
    expect(codeOf(host.stop({ execution: first, abandon: true }))).toBeUndefined();
    await until(() => provider.running(second).length > 0);
    expect(host.execution(first)?.status).toBe('Stopped');
  });

  test('is held by an approval until somebody answers', async () => {
    const plan = planOf({ SignOff: { actions: [{ name: 'Ask', kind: 'approval' }] }, Deploy: {} });
    const { host, events, provider, start, until } = await openPipeline(plan);
    const asked = () => events.filter((event) => event.kind === 'approval-requested');
    const first = await start();
    await until(() => asked().length === 1);
    const second = await start();
    await until(() => inbound(host, 'SignOff').length > 0);
    const [request] = asked();
    const token = request?.kind === 'approval-requested' ? (request.token ?? '') : '';
    const answer = { stage: 'SignOff', action: 'Ask', token, status: 'Approved', summary: '' } as const;
    expect(codeOf(host.answerApproval(answer))).toBeUndefined();
    await until(() => asked().length === 2);
    expect(asked()[1]?.execution).toBe(second);
    await host.ended(first);
    expect(provider.ran(first)).toContain('Deploy/Run');
  });
});

describe('SUPERSEDED', () => {
  test('a newer execution takes the place of the one that waits, which ends as Superseded', async () => {
    const { host, provider, start, until, status } = await openPipeline(planOf({ Build: {} }), { 'Build/Run': held });
    const first = await start();
    await until(() => provider.running(first).length > 0);
    const second = await start();
    await until(() => inbound(host, 'Build').includes(second));
    const third = await start();
    await until(() => inbound(host, 'Build').includes(third));
    expect(await host.ended(second)).toMatchObject({ status: 'Superseded' });
    expect(inbound(host, 'Build')).toEqual([third]);
    expect([status(first), status(third)]).toEqual(['InProgress', 'InProgress']);
  });

  test('an execution inside of a stage is never superseded', async () => {
    const { host, provider, start, until } = await openPipeline(planOf({ Build: {} }), { 'Build/Run': held });
    const first = await start();
    await until(() => provider.running(first).length > 0);
    for (let n = 0; n < 3; n++) await start();
    provider.end(first, 'Build/Run');
    expect(await host.ended(first)).toMatchObject({ status: 'Succeeded' });
  });
});

describe('QUEUED', () => {
  const queued = { executionMode: 'QUEUED' } as const;

  test('executions enter each stage in the order of their arrival, and nobody is superseded', async () => {
    const plan = planOf({ Build: {}, Deploy: {} }, queued);
    const { host, provider, start, until } = await openPipeline(plan, { 'Build/Run': held });
    const executions = [await start()];
    await until(() => provider.running(executions[0] ?? '').length > 0);
    for (let n = 0; n < 3; n++) {
      executions.push(await start());
      await until(() => inbound(host, 'Build').length === n + 1);
    }
    expect(inbound(host, 'Build')).toEqual(executions.slice(1));
    for (const execution of executions) {
      await until(() => provider.running(execution).length > 0);
      provider.end(execution, 'Build/Run');
    }
    await host.idle();
    const deployed = provider.calls.filter(({ id }) => id === 'Deploy/Run').map(({ execution }) => execution);
    expect(deployed).toEqual(executions);
    expect(host.executions().map(({ status }) => status)).toEqual(Array(4).fill('Succeeded'));
  });

  test('more than 50 executions at once are refused, with the error of CodePipeline', async () => {
    const { host, start } = await openPipeline(planOf({ Build: {} }, queued), { 'Source/Source': held });
    for (let n = 0; n < 50; n++) await start();
    const one = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' } });
    expect(codeOf(one)).toBe('ConcurrentPipelineExecutionsLimitExceededException');
  });
});

describe('PARALLEL', () => {
  const parallel = { executionMode: 'PARALLEL' } as const;

  test('executions go through a stage at once, without locks and queues', async () => {
    const { host, provider, start, until } = await openPipeline(planOf({ Build: {} }, parallel), { 'Build/Run': held });
    const executions = [await start(), await start(), await start()];
    await until(() => executions.every((execution) => provider.running(execution).length > 0));
    expect(inbound(host, 'Build')).toEqual([]);
    for (const execution of executions.reverse()) provider.end(execution, 'Build/Run');
    await host.idle();
    expect(host.executions().map(({ status }) => status)).toEqual(Array(3).fill('Succeeded'));
  });

  test('at most five actions of an execution run at once', async () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
    const steps = Object.fromEntries(names.map((name) => [`Build/${name}`, held]));
    const plan = planOf({ Build: { actions: names } }, parallel);
    const { provider, start, until } = await openPipeline(plan, steps);
    const execution = await start();
    await until(() => provider.running(execution).length === 5);
    provider.end(execution, 'Build/A');
    await until(() => provider.running(execution).includes('Build/F'));
    expect(provider.running(execution)).toHaveLength(5);
  });

  test('more than 50 executions at once are refused', async () => {
    const { host, start } = await openPipeline(planOf({ Build: {} }, parallel), { 'Source/Source': held });
    for (let n = 0; n < 50; n++) await start();
    const one = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' } });
    expect(codeOf(one)).toBe('ConcurrentPipelineExecutionsLimitExceededException');
  });

  test('a stage cannot be rolled back', async () => {
    const { host, run } = await openPipeline(planOf({ Build: {} }, parallel));
    const { execution } = await run();
    expect(codeOf(await host.rollbackStage({ stage: 'Build', target: execution }))).toBe(
      'UnableToRollbackStageException',
    );
  });
});

describe('a disabled transition', () => {
  const disable = { stage: 'Deploy', enabled: false, reason: 'freeze' };

  test('holds executions in front of its stage, the newest takes the place of the others, and enters when it is enabled', async () => {
    const { host, provider, start, until, status } = await openPipeline(planOf({ Build: {}, Deploy: {} }));
    host.setTransition(disable);
    const first = await start();
    await until(() => inbound(host, 'Deploy').includes(first));
    const second = await start();
    await until(() => inbound(host, 'Deploy').includes(second));
    expect(status(first)).toBe('Superseded');
    expect(provider.ran()).not.toContain('Deploy/Run');
    host.setTransition({ stage: 'Deploy', enabled: true });
    expect(await host.ended(second)).toMatchObject({ status: 'Succeeded' });
  });

  test('may be the template’s: it holds from the start, and stays enabled once somebody has enabled it', async () => {
    const disabledTransitions = [{ stage: 'Deploy', reason: 'freeze' }];
    const plan = planOf({ Build: {}, Deploy: {} }, { disabledTransitions });
    const { host, reopen, start, until } = await openPipeline(plan);
    const execution = await start();
    await until(() => inbound(host, 'Deploy').includes(execution));
    expect(host.view().stages[2]?.transition).toMatchObject({ enabled: false, reason: 'freeze', by: 'the template' });
    host.setTransition({ stage: 'Deploy', enabled: true });
    expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
    const again = await reopen(plan);
    expect(again.view().stages[2]?.transition.enabled).toBe(true);
    await again.close('stopped');
  });

  test('an execution that is stopped in front of it never enters, and cannot be retried', async () => {
    const { host, provider, start, until } = await openPipeline(planOf({ Build: {}, Deploy: {} }));
    host.setTransition(disable);
    const execution = await start();
    await until(() => inbound(host, 'Deploy').includes(execution));
    host.stop({ execution, abandon: false });
    expect(await host.ended(execution)).toMatchObject({ status: 'Stopped' });
    host.setTransition({ stage: 'Deploy', enabled: true });
    expect(codeOf(await host.retryStage({ stage: 'Deploy', execution, mode: 'FAILED_ACTIONS' }))).toBe(
      'StageNotRetryableException',
    );
    expect(provider.ran()).not.toContain('Deploy/Run');
  });
});

test('every execution runs its source actions', async () => {
  const { provider, run } = await openPipeline(planOf({ Build: {} }));
  await run();
  await run();
  expect(provider.ran().filter((id) => id === 'Source/Source')).toHaveLength(2);
});
