import { afterEach, describe, expect, test } from '@jest/globals';
import type { PipelineHost } from '../../lib/local/pipelines/host';
import { actionsOf, emptyRun } from '../../lib/local/run-state';
import { closePipelines, codeOf, openPipeline, planOf } from './pipeline';

afterEach(closePipelines);

const statusOfBuild = (host: PipelineHost, execution: string) =>
  actionsOf(host.execution(execution)?.state ?? emptyRun).find(({ id }) => id === 'Build/Run')?.status;

const held = { held: true };
const PLAN = planOf({ Build: { actions: ['Run', { name: 'Later', runOrder: 2 }] }, Deploy: {} });

async function building() {
  const pipeline = await openPipeline(PLAN, { 'Build/Run': [held, {}] });
  const execution = await pipeline.start();
  await pipeline.until(() => pipeline.provider.running(execution).length > 0);
  return { ...pipeline, execution };
}

describe('stop and wait', () => {
  test('lets running actions finish, starts nothing more, and ends as Stopped', async () => {
    const { execution, host, provider, status, stages } = await building();
    host.stop({ execution, abandon: false, reason: 'wrong commit' });
    expect(status(execution)).toBe('Stopping');
    provider.end(execution, 'Build/Run');
    expect(await host.ended(execution)).toMatchObject({ status: 'Stopped' });
    expect(stages(execution)).toContain('Build Stopped');
    expect(provider.ran()).toEqual(['Source/Source', 'Build/Run']);
    expect(statusOfBuild(host, execution)).toBe('Succeeded');
  });

  test('may become stop and abandon, and not the other way round', async () => {
    const { execution, host } = await building();
    expect(codeOf(host.stop({ execution, abandon: false }))).toBeUndefined();
    expect(codeOf(host.stop({ execution, abandon: true }))).toBeUndefined();
    expect(codeOf(host.stop({ execution, abandon: false }))).toMatch(/DuplicatedStopRequestException|NotStoppable/);
    expect(await host.ended(execution)).toMatchObject({ status: 'Stopped' });
  });
});

describe('stop and abandon', () => {
  test('ends running actions as Abandoned', async () => {
    const { execution, host } = await building();
    host.stop({ execution, abandon: true });
    expect(await host.ended(execution)).toMatchObject({ status: 'Stopped' });
    expect(statusOfBuild(host, execution)).toBe('Abandoned');
  });
});

test('a stopped stage can be retried', async () => {
  const { execution, host, provider } = await building();
  host.stop({ execution, abandon: true });
  await host.ended(execution);
  expect(codeOf(await host.retryStage({ stage: 'Build', execution, mode: 'FAILED_ACTIONS' }))).toBeUndefined();
  expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
  expect(provider.ran()).toEqual(['Source/Source', 'Build/Run', 'Build/Run', 'Build/Later', 'Deploy/Run']);
});

test('the reason of a stop has at most 200 characters', async () => {
  const { execution, host } = await building();
  expect(codeOf(host.stop({ execution, abandon: false, reason: 'x'.repeat(201) }))).toBe('ValidationException');
  expect(codeOf(host.stop({ execution, abandon: false, reason: 'x'.repeat(200) }))).toBeUndefined();
});

test('what has ended cannot be stopped', async () => {
  const { host, run } = await openPipeline(PLAN);
  const { execution } = await run();
  expect(codeOf(host.stop({ execution, abandon: true }))).toBe('PipelineExecutionNotStoppableException');
});
