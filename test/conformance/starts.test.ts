import { afterEach, describe, expect, test } from '@jest/globals';
import type { EnvironmentVariable } from '../../lib/local/plan';
import { closePipelines, codeOf, openPipeline, planOf } from './pipeline';

afterEach(closePipelines);

const trigger = { type: 'StartPipelineExecution', detail: 'test' } as const;
const using = (...values: string[]): EnvironmentVariable[] =>
  values.map((value, n) => ({ name: `V${n}`, value, type: 'PLAINTEXT' }));

describe('a start', () => {
  test('tells by what it was started', async () => {
    const { host, run } = await openPipeline(planOf({ Build: {} }));
    const { execution } = await run({ trigger: { type: 'CloudWatchEvent', detail: 'arn:aws:events:…:rule/push' } });
    expect(host.execution(execution)?.trigger).toEqual({
      type: 'CloudWatchEvent',
      detail: 'arn:aws:events:…:rule/push',
    });
  });

  test('with a token that was used before gives the execution that there is', async () => {
    const { host, start } = await openPipeline(planOf({ Build: {} }));
    const first = await start({ token: 'again' });
    expect(await start({ token: 'again' })).toBe(first);
    expect(host.executions()).toHaveLength(1);
  });

  test('with a source revision hands it to that source action', async () => {
    const { provider, run } = await openPipeline(planOf({ Build: {} }));
    const value = '4f2c1d0a9b8e7f6d5c4b3a29180716f5e4d3c2b1';
    await run({ sourceRevisions: [{ action: 'Source', type: 'COMMIT_ID', value }] });
    expect(provider.calls[0]?.context.sourceRevision).toBe(value);
  });

  test('with a revision of no source action is refused', async () => {
    const { host } = await openPipeline(planOf({ Build: {} }));
    const sourceRevisions = [{ action: 'Sauce', type: 'COMMIT_ID', value: 'x' }] as const;
    expect(codeOf(await host.start({ trigger, sourceRevisions }))).toBe('ValidationException');
  });

  test.each([
    ['without a variable that has no default', {}],
    ['with an empty value', { WHY: '' }],
    ['with a value of 1,001 characters', { WHY: 'x'.repeat(1001) }],
    ['with a variable that the pipeline has not', { WHY: 'x', WHEN: 'now' }],
  ])('%s is refused', async (_, variables) => {
    const { host } = await openPipeline(planOf({ Build: {} }, { variables: [{ name: 'WHY' }] }));
    expect(codeOf(await host.start({ trigger, variables }))).toBe('ValidationException');
    expect(host.executions()).toEqual([]);
  });
});

describe('a variable', () => {
  test('of the pipeline has what was given at the start, else its default', async () => {
    const environment = using('#{variables.A}', '#{variables.B}');
    const variables = [
      { name: 'A', default: 'a' },
      { name: 'B', default: 'b' },
    ];
    const plan = planOf({ Build: { actions: [{ name: 'Run', environment }] } }, { variables });
    const { provider, run } = await openPipeline(plan);
    await run({ variables: { B: 'given' } });
    expect(provider.calls.at(-1)?.action).toMatchObject({ environment: [{ value: 'a' }, { value: 'given' }] });
  });

  test('of an action is resolved right before the action that uses it, in its stage or in a later one', async () => {
    const environment = using('#{Make.X}', 'v#{Make.X}-#{codepipeline.PipelineExecutionId}');
    const plan = planOf({
      Build: {
        actions: [
          { name: 'Make', namespace: 'Make' },
          { name: 'Use', runOrder: 2, environment },
        ],
      },
      Deploy: { actions: [{ name: 'Use', environment }] },
    });
    const { provider, run } = await openPipeline(plan, { 'Build/Make': { variables: { X: '1' } } });
    const { execution } = await run();
    for (const id of ['Build/Use', 'Deploy/Use'])
      expect(provider.calls.find((call) => call.id === id)?.action).toMatchObject({
        environment: [{ value: '1' }, { value: `v1-${execution}` }],
      });
  });

  test('is looked up in the case in which it is written', async () => {
    const plan = planOf({
      Build: { actions: [{ name: 'Make', namespace: 'Make' }] },
      Deploy: { actions: [{ name: 'Use', environment: using('#{Make.x}') }] },
    });
    const { run } = await openPipeline(plan, { 'Build/Make': { variables: { X: '1' } } });
    expect(await run()).toMatchObject({ status: 'Failed', reason: expect.stringContaining('no variable "x"') });
  });

  test('that is not there when it is read fails the action', async () => {
    const plan = planOf({
      Build: { actions: [{ name: 'Make', namespace: 'Make' }] },
      Deploy: { actions: [{ name: 'Use', environment: using('#{Make.X}') }] },
    });
    const { provider, run } = await openPipeline(plan);
    expect(await run()).toMatchObject({
      status: 'Failed',
      reason: expect.stringContaining('#{Make.X} cannot be resolved'),
    });
    expect(provider.ran()).not.toContain('Deploy/Use');
  });

  test('of an action with all others has at most 122,880 bytes', async () => {
    const plan = planOf({ Build: {} });
    const { run } = await openPipeline(plan, { 'Build/Run': { variables: { X: 'x'.repeat(122_880) } } });
    expect(await run()).toMatchObject({ status: 'Failed', reason: expect.stringContaining('at most 122880') });
  });

  test('makes no configuration of more than 100 KB', async () => {
    const environment = using('#{Make.X}#{Make.X}');
    const plan = planOf({
      Build: { actions: [{ name: 'Make', namespace: 'Make' }] },
      Deploy: { actions: [{ name: 'Use', environment }] },
    });
    const { run } = await openPipeline(plan, { 'Build/Make': { variables: { X: 'x'.repeat(60_000) } } });
    expect(await run()).toMatchObject({ status: 'Failed', reason: expect.stringContaining('at most 102400') });
  });
});

describe('actions of a stage', () => {
  test('of equal run order run at once, of a higher one afterwards, with gaps allowed', async () => {
    const actions = [{ name: 'Last', runOrder: 900 }, 'A', 'B'];
    const plan = planOf({ Build: { actions } });
    const { host, provider, start, until } = await openPipeline(plan, {
      'Build/A': { held: true },
      'Build/B': { held: true },
    });
    const execution = await start();
    await until(() => provider.running(execution).length === 2);
    provider.end(execution, 'Build/A');
    await until(() => provider.running(execution).length === 1);
    expect(provider.ran()).not.toContain('Build/Last');
    provider.end(execution, 'Build/B');
    expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran().at(-1)).toBe('Build/Last');
  });

  test('finish beside one that failed, and later run orders do not start', async () => {
    const actions = ['Bad', 'Slow', { name: 'Later', runOrder: 2 }];
    const plan = planOf({ Build: { actions } });
    const { events, host, provider, start, until } = await openPipeline(plan, {
      'Build/Bad': { fails: 'no' },
      'Build/Slow': { held: true },
    });
    const execution = await start();
    await until(() => events.some((event) => event.kind === 'action-ended' && event.action === 'Build/Bad'));
    expect(host.execution(execution)?.status).toBe('InProgress');
    provider.end(execution, 'Build/Slow');
    expect(await host.ended(execution)).toMatchObject({ status: 'Failed' });
    expect(provider.ran()).not.toContain('Build/Later');
  });
});
