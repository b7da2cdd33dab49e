import { afterEach, describe, expect, test } from '@jest/globals';
import type { Plan } from '../../../lib/local/plan';
import { actionStatuses, planOf, stageStatuses, unended } from '../engine/harness';
import { approval, Bed, codeOf, done, until } from './harness';

let bed: Bed;
afterEach(() => bed.close());

const plan = planOf({
  Build: { actions: ['Build', { name: 'Test', runOrder: 2 }] },
  Deploy: { actions: ['Deploy'] },
});
const held = { 'Build/Build': { hold: true } };

async function running(more: Parameters<typeof Bed.open>[1] = {}): Promise<string> {
  bed = await Bed.open(plan, { ...held, ...more });
  const id = await bed.start();
  await bed.fake.started('Build/Build');
  return id;
}

describe('stop and wait', () => {
  test('lets running actions finish and starts nothing more; the stage can be retried', async () => {
    const id = await running();
    done(bed.host.stop({ execution: id, abandon: false, reason: 'wrong commit' }));
    expect(bed.status(id)).toBe('Stopping');
    bed.fake.release('Build/Build');
    expect(await bed.host.ended(id)).toMatchObject({
      status: 'Stopped',
      stage: 'Build',
      reason: 'stage Build: wrong commit',
    });
    const { state, events } = bed.journal(id);
    expect(actionStatuses(state)).toMatchObject({ 'Build/Build': 'Succeeded', 'Build/Test': 'Pending' });
    expect(stageStatuses(state)).toEqual(['Source Succeeded', 'Build Stopped', 'Deploy Pending']);
    expect(unended(events)).toEqual([]);
    expect(bed.host.execution(id)?.stop).toEqual({ abandon: false, reason: 'wrong commit' });
    done(await bed.host.retryStage({ stage: 'Build', execution: id, mode: 'FAILED_ACTIONS' }));
    expect((await bed.host.ended(id)).status).toBe('Succeeded');
    expect(bed.ran().filter((call) => call.startsWith('Build'))).toEqual([`Build/Build ${id}`, `Build/Test ${id}`]);
    expect(bed.host.execution(id)?.stop).toBeUndefined();
  });

  test('of an execution that waits in front of a stage ends it there; it never enters', async () => {
    await running();
    const waiting = await bed.start();
    await until(() => bed.waiting('Build').includes(waiting));
    done(bed.host.stop({ execution: waiting, abandon: false }));
    expect(await bed.host.ended(waiting)).toMatchObject({ status: 'Stopped', stage: 'Build' });
    expect(bed.waiting('Build')).toEqual([]);
    expect(codeOf(await bed.host.retryStage({ stage: 'Build', execution: waiting, mode: 'ALL_ACTIONS' }))).toBe(
      'StageNotRetryableException',
    );
  });

  test('asks for no retry and no rollback when the action that was waited for fails', async () => {
    const rolling = planOf({ Build: { actions: ['Build'], onFailure: { result: 'ROLLBACK' } } });
    bed = await Bed.open(rolling, { 'Build/Build': [{}, { hold: true }] });
    await bed.host.ended(await bed.start());
    const id = await bed.start();
    await bed.fake.started('Build/Build');
    done(bed.host.stop({ execution: id, abandon: false }));
    bed.fake.release('Build/Build', { outcome: 'Failed' });
    expect(await bed.host.ended(id)).toMatchObject({ status: 'Stopped' });
    expect(bed.host.executions()).toHaveLength(2);
  });
});

describe('stop and abandon', () => {
  test('ends running actions as abandoned', async () => {
    const id = await running();
    done(bed.host.stop({ execution: id, abandon: true }));
    expect((await bed.host.ended(id)).status).toBe('Stopped');
    expect(actionStatuses(bed.journal(id).state)).toMatchObject({ 'Build/Build': 'Abandoned' });
    expect(bed.fake.running()).toEqual([]);
  });

  test('may follow a stop that waits, not the other way round, and nothing twice', async () => {
    const id = await running({ 'Build/Build': { hold: true } });
    const stop = (abandon: boolean, execution = id) => codeOf(bed.host.stop({ execution, abandon }));
    expect(stop(false)).toBeUndefined();
    expect(stop(false)).toBe('DuplicatedStopRequestException');
    expect(stop(true)).toBeUndefined();
    expect(stop(true)).toBe('DuplicatedStopRequestException');
    expect(stop(false)).toBe('DuplicatedStopRequestException');
    await bed.host.ended(id);
    expect(stop(true)).toBe('PipelineExecutionNotStoppableException');
    expect(stop(true, 'e9')).toBe('PipelineExecutionNotStoppableException');
    expect(codeOf(bed.host.stop({ execution: id, abandon: true, reason: 'x'.repeat(201) }))).toBe(
      'ValidationException',
    );
  });

  test('lets the next execution into the stage', async () => {
    const id = await running();
    const next = await bed.start();
    await until(() => bed.waiting('Build').includes(next));
    done(bed.host.stop({ execution: id, abandon: true }));
    await bed.fake.started('Build/Build', next);
    expect((await bed.host.ended(id)).status).toBe('Stopped');
  });
});

describe('an approval', () => {
  const withApproval: Plan = {
    ...planOf({ Deploy: { actions: ['Deploy'] } }),
    stages: [
      ...planOf({}).stages,
      { name: 'SignOff', actions: [approval('SignOff', 'Client')] },
      ...planOf({ Deploy: { actions: ['Deploy'] } }).stages.slice(1),
    ],
  };
  const token = () => bed.host.executions().at(-1)?.state.stages[1]?.actions[0]?.approval?.token ?? 'nobody waits';
  const answer = (more: Partial<Parameters<typeof bed.host.answerApproval>[0]> = {}) =>
    bed.host.answerApproval({
      stage: 'SignOff',
      action: 'Client',
      token: token(),
      status: 'Approved',
      summary: 'fine',
      by: 'arn:aws:iam::111122223333:user/anna',
      ...more,
    });

  test('is answered with its token, by whoever has it; it holds its stage until then', async () => {
    bed = await Bed.open(withApproval);
    const id = await bed.start();
    await until(() => token() !== 'nobody waits');
    const second = await bed.start();
    await until(() => bed.waiting('SignOff').includes(second));
    expect(codeOf(answer({ token: 'wrong' }))).toBe('InvalidApprovalTokenException');
    expect(codeOf(answer({ stage: 'Nowhere' }))).toBe('StageNotFoundException');
    expect(codeOf(answer({ stage: 'Deploy', action: 'Deploy' }))).toBe('ActionNotFoundException');
    expect(codeOf(answer({ summary: 'x'.repeat(513) }))).toBe('ValidationException');
    const right = token();
    expect(done(answer()).approvedAt).toMatch(/^2026/);
    expect(codeOf(answer({ token: right }))).toBe('ApprovalAlreadyCompletedException');
    expect((await bed.host.ended(id)).status).toBe('Succeeded');
    const { events, state } = bed.journal(id);
    expect(events.find(({ kind }) => kind === 'approval-answered')).toMatchObject({
      action: 'SignOff/Client',
      status: 'Approved',
      summary: 'fine',
      by: 'arn:aws:iam::111122223333:user/anna',
    });
    expect(state.stages[1]?.actions[0]).toMatchObject({ status: 'Succeeded', answer: { status: 'Approved' } });
  });

  test('that was answered is so for the next process, too', async () => {
    bed = await Bed.open(withApproval);
    const id = await bed.start();
    await until(() => token() !== 'nobody waits');
    const right = token();
    done(answer());
    await bed.host.ended(id);
    await bed.host.close('unfinished');
    await bed.reopen(withApproval);
    expect(codeOf(answer({ token: right }))).toBe('ApprovalAlreadyCompletedException');
    expect(codeOf(answer({ token: 'wrong' }))).toBe('InvalidApprovalTokenException');
  });

  test('that is rejected fails its action, with the summary', async () => {
    bed = await Bed.open(withApproval);
    const id = await bed.start();
    await until(() => token() !== 'nobody waits');
    done(answer({ status: 'Rejected', summary: 'not on a Friday' }));
    expect((await bed.host.ended(id)).reason).toContain('rejected: not on a Friday');
  });

  test('of an abandoned execution can no longer be answered', async () => {
    bed = await Bed.open(withApproval);
    const id = await bed.start();
    await until(() => token() !== 'nobody waits');
    const old = token();
    done(bed.host.stop({ execution: id, abandon: true }));
    await bed.host.ended(id);
    expect(codeOf(answer({ token: old }))).toBe('InvalidApprovalTokenException');
    expect(actionStatuses(bed.journal(id).state)).toMatchObject({ 'SignOff/Client': 'Abandoned' });
  });
});
