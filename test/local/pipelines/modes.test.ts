import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Plan } from '../../../lib/local/plan';
import { planOf } from '../engine/harness';
import { Bed, codeOf, done, until } from './harness';

let bed: Bed;
afterEach(() => bed.close());

const pipeline = (executionMode: Plan['executionMode']) =>
  planOf({ Build: { actions: ['Build'] }, Deploy: { actions: ['Deploy'] } }, { executionMode });
const held = { 'Build/Build': { hold: true }, 'Deploy/Deploy': { hold: true } };

describe('QUEUED', () => {
  test('executions wait in front of a stage in the order in which they came, and nobody overtakes', async () => {
    bed = await Bed.open(pipeline('QUEUED'), held);
    for (let count = 0; count < 3; count++) await bed.start();
    await until(() => bed.waiting('Build').length === 2);
    expect(bed.waiting('Build')).toEqual(['e2', 'e3']);
    expect(bed.fake.running()).toEqual(['Build/Build']);
    bed.fake.release('Build/Build');
    await bed.fake.started('Build/Build', 'e2');
    expect(bed.waiting('Build')).toEqual(['e3']);
    bed.fake.release('Build/Build', undefined, 'e2');
    await bed.fake.started('Build/Build', 'e3');
    expect(bed.waiting('Deploy')).toEqual(['e2']);
    bed.fake.release('Build/Build', undefined, 'e3');
    await until(() => bed.waiting('Deploy').length === 2);
    expect(bed.waiting('Deploy')).toEqual(['e2', 'e3']);
    for (const id of ['e1', 'e2', 'e3']) {
      await bed.fake.started('Deploy/Deploy', id);
      expect(bed.fake.running()).toEqual(['Deploy/Deploy']);
      bed.fake.release('Deploy/Deploy', undefined, id);
      expect((await bed.host.ended(id)).status).toBe('Succeeded');
    }
    expect(bed.entered().filter((entry) => entry.startsWith('Deploy'))).toEqual([
      'Deploy e1',
      'Deploy e2',
      'Deploy e3',
    ]);
  });

  test('a stage is free for the next execution when it has failed', async () => {
    bed = await Bed.open(pipeline('QUEUED'), held);
    await bed.start();
    await bed.start();
    await bed.fake.started('Build/Build', 'e1');
    bed.fake.release('Build/Build', { outcome: 'Failed' });
    expect((await bed.host.ended('e1')).status).toBe('Failed');
    await bed.fake.started('Build/Build', 'e2');
    expect(bed.host.view().stages[1]?.latest?.execution).toBe('e2');
  });

  test('at most 50 executions are in progress', async () => {
    bed = await Bed.open(pipeline('QUEUED'), held);
    for (let count = 0; count < 50; count++) await bed.start();
    const refused = await bed.host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' } });
    expect(codeOf(refused)).toBe('ConcurrentPipelineExecutionsLimitExceededException');
    expect(bed.host.executions()).toHaveLength(50);
  });
});

describe('SUPERSEDED', () => {
  test('a newer execution takes the place of the one that waits; the one inside is never touched', async () => {
    bed = await Bed.open(pipeline('SUPERSEDED'), held);
    await bed.start();
    await bed.fake.started('Build/Build');
    for (let count = 0; count < 3; count++) {
      const id = await bed.start();
      await until(() => bed.waiting('Build').includes(id));
    }
    expect([1, 2, 3, 4].map((n) => bed.status(`e${n}`))).toEqual([
      'InProgress',
      'Superseded',
      'Superseded',
      'InProgress',
    ]);
    expect(bed.waiting('Build')).toEqual(['e4']);
    expect(await bed.host.ended('e3')).toEqual({
      execution: 'e3',
      status: 'Superseded',
      stage: 'Build',
      reason: 'superseded by execution e4 in front of stage Build',
    });
    bed.fake.release('Build/Build');
    await bed.fake.started('Build/Build', 'e4');
    expect(bed.ran().filter((call) => call.startsWith('Build'))).toEqual(['Build/Build e1', 'Build/Build e4']);
  });

  test('more than 50 executions may be started, since waiting ones make room', async () => {
    bed = await Bed.open(pipeline('SUPERSEDED'), held);
    for (let count = 0; count < 60; count++) await bed.start();
    await until(() => bed.waiting('Build').includes('e60'));
    expect(bed.host.executions().filter(({ status }) => status === 'InProgress').length).toBe(2);
  });
});

describe('PARALLEL', () => {
  test('executions do not wait for each other', async () => {
    bed = await Bed.open(pipeline('PARALLEL'), held);
    for (let count = 0; count < 3; count++) await bed.start();
    for (const id of ['e1', 'e2', 'e3']) await bed.fake.started('Build/Build', id);
    bed.fake.release('Build/Build', undefined, 'e3');
    await bed.fake.started('Deploy/Deploy', 'e3');
    expect([...bed.fake.running()].sort()).toEqual(['Build/Build', 'Build/Build', 'Deploy/Deploy']);
  });

  test('at most five actions of an execution run at once', async () => {
    const actions = Array.from({ length: 8 }, (_, index) => `A${index}`);
    bed = await Bed.open(
      planOf({ Build: { actions } }, { executionMode: 'PARALLEL' }),
      Object.fromEntries(actions.map((name) => [`Build/${name}`, { hold: true }])),
    );
    await bed.start();
    await bed.fake.started('Build/A4');
    expect(bed.fake.running()).toHaveLength(5);
    bed.fake.release('Build/A2');
    await bed.fake.started('Build/A5');
    expect(bed.fake.running()).toHaveLength(5);
  });

  test('there is no rollback', async () => {
    const plan = planOf(
      { Deploy: { actions: ['Deploy'], onFailure: { result: 'ROLLBACK' } } },
      { executionMode: 'PARALLEL' },
    );
    bed = await Bed.open(plan, { 'Deploy/Deploy': [{}, { outcome: 'Failed' }] });
    expect((await bed.host.ended(await bed.start())).status).toBe('Succeeded');
    expect((await bed.host.ended(await bed.start())).rollback).toEqual({
      reason: 'a pipeline in mode PARALLEL has no rollback',
    });
    expect(codeOf(await bed.host.rollbackStage({ stage: 'Deploy', target: 'e1' }))).toBe(
      'UnableToRollbackStageException',
    );
  });
});

describe('a disabled transition', () => {
  test.each([
    ['QUEUED', ['e1', 'e2', 'e3'], 'InProgress'],
    ['SUPERSEDED', ['e3'], 'Superseded'],
  ] as const)('in mode %s holds executions in front of the stage until it is enabled', async (mode, inbound, first) => {
    bed = await Bed.open(pipeline(mode), { 'Deploy/Deploy': { hold: true } });
    done(bed.host.setTransition({ stage: 'Deploy', enabled: false, reason: 'freeze', by: 'ops' }));
    for (let count = 0; count < 3; count++) {
      const id = await bed.start();
      await until(() => bed.waiting('Deploy').includes(id));
    }
    expect(bed.waiting('Deploy')).toEqual(inbound);
    expect(bed.status('e1')).toBe(first);
    expect(bed.host.view().stages[2]?.transition).toMatchObject({ enabled: false, reason: 'freeze', by: 'ops' });
    done(bed.host.setTransition({ stage: 'Deploy', enabled: true }));
    await bed.fake.started('Deploy/Deploy', inbound[0]);
    expect(bed.fake.running()).toEqual(['Deploy/Deploy']);
  });

  test('of the template is there again after a kill before the record of the new version was written', async () => {
    const disabling = { ...pipeline('QUEUED'), disabledTransitions: [{ stage: 'Deploy', reason: 'by hand' }] };
    bed = await Bed.open(disabling);
    const file = join(bed.folder, 'pipelines', disabling.pipeline, 'journal.jsonl');
    const records = readFileSync(file, 'utf8').split(/(?<=\n)/);
    for (let count = 0; count <= records.length; count++) {
      await bed.host.close('unfinished');
      writeFileSync(file, records.slice(0, count).join(''));
      await bed.reopen(disabling);
      expect([count, bed.host.view().version, bed.host.view().stages[2]?.transition]).toMatchObject([
        count,
        1,
        { enabled: false, reason: 'by hand' },
      ]);
    }
  });

  test('is remembered by the next process, and an unknown stage is refused', async () => {
    bed = await Bed.open(pipeline('QUEUED'), held);
    done(bed.host.setTransition({ stage: 'Deploy', enabled: false, reason: 'freeze' }));
    expect(codeOf(bed.host.setTransition({ stage: 'Nowhere', enabled: false }))).toBe('StageNotFoundException');
    await bed.reopen(pipeline('QUEUED'));
    expect(bed.host.view().stages[2]?.transition).toMatchObject({ enabled: false, reason: 'freeze' });
    await bed.start();
    await until(() => bed.waiting('Deploy').length === 1);
    expect(bed.waiting('Deploy')).toEqual(['e1']);
  });
});

describe('the version of a pipeline', () => {
  test('grows with each change of its structure, and stays without one', async () => {
    bed = await Bed.open(pipeline('QUEUED'));
    await bed.reopen(pipeline('QUEUED'));
    expect(bed.host.view().version).toBe(1);
    await bed.reopen({ ...pipeline('QUEUED'), structure: 'two' });
    expect(bed.host.view().version).toBe(2);
    await bed.start();
    expect(bed.host.execution('e1')?.version).toBe(2);
    expect(bed.host.view().updated > bed.host.view().created).toBe(true);
  });
});

describe('a start', () => {
  test('with the same token gives the same execution, in the next process too', async () => {
    bed = await Bed.open(pipeline('QUEUED'));
    expect(await bed.start({ token: 'push-1' })).toBe('e1');
    expect(await bed.start({ token: 'push-1' })).toBe('e1');
    expect(await bed.start({ token: 'push-2' })).toBe('e2');
    await bed.host.idle();
    await bed.reopen(pipeline('QUEUED'));
    expect(await bed.start({ token: 'push-1' })).toBe('e1');
    expect(bed.host.executions().map(({ execution }) => execution)).toEqual(['e2', 'e1']);
  });

  test('pins the commit of its source action, and of no other', async () => {
    bed = await Bed.open(pipeline('QUEUED'));
    const sourceRevisions = [{ action: 'Source', type: 'COMMIT_ID', value: 'abc' }] as const;
    await bed.host.ended(await bed.start({ sourceRevisions }));
    expect(bed.fake.calls.map(({ context }) => context.sourceRevision)).toEqual(['abc', undefined, undefined]);
    const unknown = {
      trigger: { type: 'CloudWatchEvent', detail: 'rule' },
      sourceRevisions: [{ ...sourceRevisions[0], action: 'Build' }],
    } as const;
    expect(codeOf(await bed.host.start(unknown))).toBe('ValidationException');
  });

  test('is told with its trigger, version and mode', async () => {
    bed = await Bed.open(pipeline('QUEUED'));
    await bed.start({
      trigger: { type: 'CloudWatchEvent', detail: 'arn:aws:events:eu-west-1:111122223333:rule/push' },
    });
    expect(bed.events[0]).toMatchObject({
      kind: 'pipeline-started',
      version: 1,
      executionMode: 'QUEUED',
      triggerType: 'CloudWatchEvent',
      trigger: 'arn:aws:events:eu-west-1:111122223333:rule/push',
    });
    expect(bed.host.execution('e1')).toMatchObject({
      type: 'STANDARD',
      trigger: { type: 'CloudWatchEvent', detail: 'arn:aws:events:eu-west-1:111122223333:rule/push' },
      attempt: 1,
    });
  });

  test('several pipelines share a folder and know their own executions', async () => {
    bed = await Bed.open(pipeline('QUEUED'));
    await bed.host.ended(await bed.start());
    await bed.reopen({ ...pipeline('QUEUED'), pipeline: 'other' });
    expect(bed.host.executions()).toEqual([]);
    await bed.host.ended(await bed.start());
    await bed.reopen(pipeline('QUEUED'));
    expect(bed.host.executions().map(({ execution }) => execution)).toEqual(['e1']);
  });
});
