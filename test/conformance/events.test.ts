import { afterEach, describe, expect, test } from '@jest/globals';
import { pipelineEvents } from '../../lib/local/events/pipeline-events';
import type { PlannedStage } from '../../lib/local/plan';
import { closePipelines, openPipeline, planOf, type StageDraft } from './pipeline';

afterEach(closePipelines);

const PLACE = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };

interface Detail {
  readonly [key: string]: unknown;
}

/** A pipeline whose events, as the bus gets them, are collected. */
async function listening(stages: Readonly<Record<string, StageDraft>>, steps: Parameters<typeof openPipeline>[1] = {}) {
  const pipeline = await openPipeline(planOf(stages), steps);
  const told: { readonly type: string; readonly detail: Detail; readonly resources: readonly string[] }[] = [];
  pipeline.host.subscribe((event) => {
    for (const each of pipelineEvents(pipeline.host, event, PLACE)) {
      const type = String(each['detail-type']).replace(/^(?:CodePipeline|CodeBuild) (\w+) .*/, '$1');
      told.push({ type, detail: each.detail as Detail, resources: each.resources ?? [] });
    }
  });
  const states = (type: string) => told.filter((each) => each.type === type).map(({ detail }) => detail['state']);
  return { ...pipeline, told, states };
}

const held = { held: true };

describe('events', () => {
  test('of an execution tell its beginning and its end, of its stages and of its actions', async () => {
    const { run, states } = await listening({ Build: {} }, { 'Build/Run': { fails: 'no' } });
    await run();
    expect(states('Pipeline')).toEqual(['STARTED', 'FAILED']);
    expect(states('Stage')).toEqual(['STARTED', 'SUCCEEDED', 'STARTED', 'FAILED']);
    expect(states('Action')).toEqual(['STARTED', 'SUCCEEDED', 'STARTED', 'FAILED']);
  });

  test('of a stop tell STOPPING and STOPPED with the reason, and ABANDONED of the action', async () => {
    const { host, provider, start, states, told, until } = await listening({ Build: {} }, { 'Build/Run': held });
    const execution = await start();
    await until(() => provider.running(execution).length > 0);
    host.stop({ execution, abandon: true, reason: 'wrong commit' });
    await host.ended(execution);
    expect(states('Pipeline')).toEqual(['STARTED', 'STOPPING', 'STOPPED']);
    expect(states('Action').at(-1)).toBe('ABANDONED');
    expect(told.find(({ type, detail }) => type === 'Pipeline' && detail['state'] === 'STOPPED')?.detail).toMatchObject(
      {
        'stop-execution-comments': 'wrong commit',
      },
    );
  });

  test('of a retry tell RESUMED and the attempt', async () => {
    const { host, run, told } = await listening({ Build: {} }, { 'Build/Run': [{ fails: 'no' }, {}] });
    const { execution } = await run();
    await host.retryStage({ stage: 'Build', execution, mode: 'FAILED_ACTIONS' });
    await host.ended(execution);
    const resumed = told.filter(({ detail }) => detail['state'] === 'RESUMED');
    expect(resumed.map(({ type }) => type)).toEqual(['Pipeline', 'Stage']);
    expect(told.at(-1)?.detail).toMatchObject({ state: 'SUCCEEDED', 'pipeline-execution-attempt': 2 });
  });

  test('of an execution that was overtaken tell SUPERSEDED', async () => {
    const { host, provider, start, states, until } = await listening({ Build: {} }, { 'Build/Run': held });
    const first = await start();
    await until(() => provider.running(first).length > 0);
    const second = await start();
    await until(() => host.view().stages[1]?.inbound.length === 1);
    await start();
    await host.ended(second);
    expect(states('Pipeline')).toContain('SUPERSEDED');
  });

  test('have the detail of CodePipeline', async () => {
    const { run, told } = await listening({ Build: {} });
    const { execution } = await run();
    const common = { pipeline: 'visits', 'execution-id': execution, version: 1, 'pipeline-execution-attempt': 1 };
    expect(told[0]).toEqual({
      type: 'Pipeline',
      resources: ['arn:aws:codepipeline:eu-west-1:111122223333:visits'],
      detail: {
        ...common,
        'start-time': expect.any(String),
        state: 'STARTED',
        'execution-trigger': { 'trigger-type': 'StartPipelineExecution', 'trigger-detail': 'test' },
      },
    });
    expect(told.find(({ type }) => type === 'Action')?.detail).toMatchObject({
      ...common,
      stage: 'Source',
      action: 'Source',
      region: 'eu-west-1',
      type: { version: '1' },
    });
  });

  test('of a build tell its end, in the words of CodeBuild', async () => {
    const { run, told } = await listening({ Build: {} }, { 'Build/Run': { externalId: 'project:one' } });
    await run();
    expect(told.find(({ type }) => type === 'Build')).toMatchObject({
      resources: ['arn:aws:codebuild:eu-west-1:111122223333:build/project:one'],
      detail: { 'build-status': 'SUCCEEDED', 'project-name': 'project', 'current-phase': 'COMPLETED' },
    });
  });

  test('of conditions are none', async () => {
    const rules = [{ name: 'No', provider: 'VariableCheck', variable: 'a', operator: 'EQ', value: 'b' }] as const;
    const beforeEntry: PlannedStage['beforeEntry'] = { result: 'SKIP', rules };
    const { events, run, told } = await listening({ Build: { beforeEntry } });
    await run();
    expect(events.some(({ kind }) => kind === 'condition-ended')).toBe(true);
    expect([...new Set(told.map(({ type }) => type))]).toEqual(['Pipeline', 'Stage', 'Action']);
  });
});
