import { afterEach, describe, expect, test } from '@jest/globals';
import { closePipelines, codeOf, openPipeline, planOf } from './pipeline';

afterEach(closePipelines);

const TWO = { Deploy: { actions: ['Good', 'Bad', { name: 'Later', runOrder: 2 }] } };
const once = { 'Deploy/Bad': [{ fails: 'no' }, {}] };

describe('a retry by hand', () => {
  test('of FAILED_ACTIONS runs what failed and what was not reached, in the same execution', async () => {
    const { host, provider, run } = await openPipeline(planOf(TWO), once);
    const { execution } = await run();
    const retried = await host.retryStage({ stage: 'Deploy', execution, mode: 'FAILED_ACTIONS' });
    expect(retried).toEqual({ ok: true, value: { execution } });
    expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran().slice(3)).toEqual(['Deploy/Bad', 'Deploy/Later']);
  });

  test('of ALL_ACTIONS runs all of them', async () => {
    const { host, provider, run } = await openPipeline(planOf(TWO), once);
    const { execution } = await run();
    await host.retryStage({ stage: 'Deploy', execution, mode: 'ALL_ACTIONS' });
    expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran().slice(3).sort()).toEqual(['Deploy/Bad', 'Deploy/Good', 'Deploy/Later']);
  });

  test('is told as RESUMED, with a higher attempt of the execution', async () => {
    const { events, host, run } = await openPipeline(planOf(TWO), once);
    const { execution } = await run();
    expect(host.execution(execution)?.attempt).toBe(1);
    await host.retryStage({ stage: 'Deploy', execution, mode: 'FAILED_ACTIONS' });
    await host.ended(execution);
    expect(host.execution(execution)?.attempt).toBe(2);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'pipeline-resumed', stage: 'Deploy', execution }));
  });

  test('overwrites the output artifacts of the actions that run again', async () => {
    const plan = planOf({
      Deploy: {
        actions: [
          { name: 'Make', outputs: ['Made'] },
          { name: 'Bad', runOrder: 2 },
        ],
      },
    });
    const { host, provider, run } = await openPipeline(plan, once);
    const { execution } = await run();
    await host.retryStage({ stage: 'Deploy', execution, mode: 'ALL_ACTIONS' });
    expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran().filter((id) => id === 'Deploy/Make')).toHaveLength(2);
  });

  test('needs a stage that failed', async () => {
    const { host, run } = await openPipeline(planOf(TWO));
    const { execution } = await run();
    expect(codeOf(await host.retryStage({ stage: 'Deploy', execution, mode: 'FAILED_ACTIONS' }))).toBe(
      'StageNotRetryableException',
    );
  });

  test('is not possible once another execution has entered the stage', async () => {
    const { host, run } = await openPipeline(planOf(TWO), once);
    const { execution } = await run();
    await run();
    expect(codeOf(await host.retryStage({ stage: 'Deploy', execution, mode: 'FAILED_ACTIONS' }))).toBe(
      'NotLatestPipelineExecutionException',
    );
  });

  test('is not possible once the structure of the pipeline has changed', async () => {
    const { host, reopen, run } = await openPipeline(planOf(TWO), once);
    const { execution } = await run();
    await host.idle();
    const changed = await reopen(planOf(TWO, { structure: 'two' }));
    expect(codeOf(await changed.retryStage({ stage: 'Deploy', execution, mode: 'FAILED_ACTIONS' }))).toBe(
      'StageNotRetryableException',
    );
    await changed.close('stopped');
  });

  test('is not possible while the execution goes on', async () => {
    const plan = planOf({ Deploy: { actions: ['Bad', 'Slow'] } });
    const { host, provider, start, until } = await openPipeline(plan, { ...once, 'Deploy/Slow': { held: true } });
    const execution = await start();
    await until(() => provider.running(execution).includes('Deploy/Slow'));
    expect(codeOf(await host.retryStage({ stage: 'Deploy', execution, mode: 'ALL_ACTIONS' }))).toBe(
      'StageNotRetryableException',
    );
  });
});

describe('an automatic retry', () => {
  const retrying = (retryMode?: 'FAILED_ACTIONS' | 'ALL_ACTIONS') =>
    planOf({ Deploy: { ...TWO.Deploy, onFailure: { result: 'RETRY', ...(retryMode && { retryMode }) } } });

  test('of FAILED_ACTIONS runs again what failed', async () => {
    const { provider, run } = await openPipeline(retrying('FAILED_ACTIONS'), once);
    expect(await run()).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran().slice(3)).toEqual(['Deploy/Bad', 'Deploy/Later']);
  });

  test('of ALL_ACTIONS runs all of them again', async () => {
    const { provider, run } = await openPipeline(retrying('ALL_ACTIONS'), once);
    expect(await run()).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran().filter((id) => id === 'Deploy/Good')).toHaveLength(2);
  });

  test('happens once, whatever it brings', async () => {
    const { provider, run } = await openPipeline(retrying(), { 'Deploy/Bad': { fails: 'no' } });
    expect(await run()).toMatchObject({ status: 'Failed' });
    expect(provider.ran().filter((id) => id === 'Deploy/Bad')).toHaveLength(2);
  });

  test('goes for the source stage too', async () => {
    const plan = planOf({ Deploy: {} });
    const [source, ...stages] = plan.stages;
    if (source === undefined) throw new Error('no source');
    const retried = { ...plan, stages: [{ ...source, onFailure: { result: 'RETRY' as const } }, ...stages] };
    const { provider, run } = await openPipeline(retried, { 'Source/Source': [{ fails: 'gone' }, {}] });
    expect(await run()).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran().slice(0, 2)).toEqual(['Source/Source', 'Source/Source']);
  });
});
