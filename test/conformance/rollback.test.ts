import { afterEach, describe, expect, test } from '@jest/globals';
import { closePipelines, codeOf, openPipeline, planOf } from './pipeline';

afterEach(closePipelines);

const STAGES = {
  Build: { actions: [{ name: 'Run', namespace: 'Build', inputs: ['Source'], outputs: ['Package'] }] },
  Deploy: {
    actions: [
      {
        name: 'Run',
        inputs: ['Package'],
        environment: [
          { name: 'VERSION', value: '#{Build.VERSION}', type: 'PLAINTEXT' as const },
          { name: 'WHY', value: '#{variables.WHY}', type: 'PLAINTEXT' as const },
        ],
      },
    ],
  },
};
const VARIABLES = { variables: [{ name: 'WHY', default: 'push' }] };
const versions = (...list: string[]) => ({ 'Build/Run': list.map((VERSION) => ({ variables: { VERSION } })) });
const automatic = { ...STAGES, Deploy: { ...STAGES.Deploy, onFailure: { result: 'ROLLBACK' as const } } };

describe('a rollback by hand', () => {
  test('is a new execution of type ROLLBACK that runs the stage alone with artifacts, revisions and variables of its target', async () => {
    const { host, provider, run } = await openPipeline(planOf(STAGES, VARIABLES), versions('1', '2'));
    const first = await run({ variables: { WHY: 'first' } });
    await run({ variables: { WHY: 'second' } });
    const rolled = await host.rollbackStage({ stage: 'Deploy', target: first.execution });
    if (!rolled.ok) throw new Error(JSON.stringify(rolled.errors));
    const { execution } = rolled.value;
    expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
    expect(host.execution(execution)).toMatchObject({ type: 'ROLLBACK', target: first.execution });
    expect(host.execution(execution)?.trigger.type).toBe('ManualRollback');
    expect(provider.ran(execution)).toEqual(['Deploy/Run']);
    const call = provider.calls.find((each) => each.execution === execution);
    expect(call?.action).toMatchObject({ environment: [{ value: '1' }, { value: 'first' }] });
    expect(Object.keys(call?.context.inputs ?? {})).toEqual(['Package']);
  });

  test.each([
    ['of the source stage', 'Source', (good: string) => good],
    ['to an execution that failed there', 'Deploy', (_: string, bad: string) => bad],
  ])('%s is refused', async (_, stage, target) => {
    const { host, run } = await openPipeline(planOf(STAGES, VARIABLES), {
      ...versions('1'),
      'Deploy/Run': [{}, { fails: 'no' }],
    });
    const good = await run();
    const bad = await run();
    const refused = await host.rollbackStage({ stage, target: target(good.execution, bad.execution) });
    expect(codeOf(refused)).toBe('UnableToRollbackStageException');
  });

  test('to a rollback is refused', async () => {
    const { host, run } = await openPipeline(planOf(STAGES, VARIABLES), versions('1'));
    const { execution } = await run();
    const rolled = await host.rollbackStage({ stage: 'Deploy', target: execution });
    if (!rolled.ok) throw new Error('expected a rollback');
    await host.ended(rolled.value.execution);
    const again = await host.rollbackStage({ stage: 'Deploy', target: rolled.value.execution });
    expect(codeOf(again)).toBe('UnableToRollbackStageException');
  });

  test('to an execution of an earlier version of the pipeline is refused', async () => {
    const { host, reopen, run } = await openPipeline(planOf(STAGES, VARIABLES), versions('1'));
    const { execution } = await run();
    await host.idle();
    const changed = await reopen(planOf(STAGES, { ...VARIABLES, structure: 'two' }));
    const refused = await changed.rollbackStage({ stage: 'Deploy', target: execution });
    expect(codeOf(refused)).toMatch(/PipelineExecutionOutdatedException|UnableToRollbackStageException/);
    await changed.close('stopped');
  });
});

describe('an automatic rollback', () => {
  test('goes to the most recent execution that succeeded in the stage, and the failed one stays failed', async () => {
    const steps = { ...versions('1', '2', '3'), 'Deploy/Run': [{}, {}, { fails: 'HTTP 500' }, {}] };
    const { host, run } = await openPipeline(planOf(automatic, VARIABLES), steps);
    await run();
    const good = await run();
    const bad = await run();
    expect(bad).toMatchObject({ status: 'Failed', rollback: { target: good.execution } });
    expect(host.executions()[0]).toMatchObject({ type: 'ROLLBACK', trigger: { type: 'AutomatedRollback' } });
  });

  test('does nothing until one has succeeded', async () => {
    const { host, run } = await openPipeline(planOf(automatic, VARIABLES), {
      ...versions('1'),
      'Deploy/Run': { fails: 'no' },
    });
    expect(await run()).toMatchObject({
      status: 'Failed',
      rollback: { reason: expect.stringContaining('nothing to go back to') },
    });
    expect(host.executions()).toHaveLength(1);
  });

  test('does nothing after the pipeline was changed, until one has succeeded since', async () => {
    const steps = { ...versions('1'), 'Deploy/Run': [{}, { fails: 'no' }] };
    const { host, reopen, run } = await openPipeline(planOf(automatic, VARIABLES), steps);
    await run();
    await host.idle();
    const changed = await reopen(planOf(automatic, { ...VARIABLES, structure: 'two' }));
    const started = await changed.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' } });
    if (!started.ok) throw new Error('expected a start');
    const ended = await changed.ended(started.value.execution);
    expect(ended).toMatchObject({
      status: 'Failed',
      rollback: { reason: expect.stringContaining('since the pipeline') },
    });
    await changed.close('stopped');
  });
});
