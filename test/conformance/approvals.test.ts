import { afterEach, describe, expect, test } from '@jest/globals';
import { closePipelines, codeOf, openPipeline, planOf } from './pipeline';

afterEach(closePipelines);

const PLAN = planOf({ SignOff: { actions: [{ name: 'Ask', kind: 'approval' }] }, Deploy: {} });
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

async function asking() {
  const pipeline = await openPipeline(PLAN);
  const execution = await pipeline.start();
  const request = () => pipeline.events.find((event) => event.kind === 'approval-requested');
  await pipeline.until(() => request() !== undefined);
  const found = request();
  const asked = found?.kind === 'approval-requested' ? found : undefined;
  const token = asked?.token ?? '';
  const answer = { stage: 'SignOff', action: 'Ask', token, status: 'Approved', summary: 'fine' } as const;
  return { ...pipeline, execution, asked, answer };
}

describe('an approval', () => {
  test('that is given lets the execution go on', async () => {
    const { answer, execution, host, provider } = await asking();
    expect(codeOf(host.answerApproval(answer))).toBeUndefined();
    expect(await host.ended(execution)).toMatchObject({ status: 'Succeeded' });
    expect(provider.ran()).toContain('Deploy/Run');
  });

  test('that is rejected is a failure of the action', async () => {
    const { answer, execution, host, provider, stages } = await asking();
    host.answerApproval({ ...answer, status: 'Rejected', summary: 'not today' });
    expect(await host.ended(execution)).toMatchObject({
      status: 'Failed',
      reason: expect.stringContaining('not today'),
    });
    expect(stages(execution)).toContain('SignOff Failed');
    expect(provider.ran()).not.toContain('Deploy/Run');
  });

  test('has a token that is a UUID', async () => {
    const { asked } = await asking();
    expect(asked?.token).toMatch(UUID);
  });

  test('with another token is refused', async () => {
    const { answer, host } = await asking();
    const other = { ...answer, token: '00000000-0000-4000-8000-000000000000' };
    expect(codeOf(host.answerApproval(other))).toBe('InvalidApprovalTokenException');
  });

  test('that has been answered is refused a second answer', async () => {
    const { answer, execution, host } = await asking();
    host.answerApproval(answer);
    await host.ended(execution);
    expect(codeOf(host.answerApproval(answer))).toBe('ApprovalAlreadyCompletedException');
  });

  test('has a summary of at most 512 characters', async () => {
    const { answer, host } = await asking();
    expect(codeOf(host.answerApproval({ ...answer, summary: 'x'.repeat(513) }))).toBe('ValidationException');
    expect(codeOf(host.answerApproval({ ...answer, summary: 'x'.repeat(512) }))).toBeUndefined();
  });

  test('that nobody answers in 7 days fails', async () => {
    const { asked, clock, execution, host } = await asking();
    expect(Date.parse(asked?.expires ?? '') - Date.parse(asked?.time ?? '')).toBe(7 * 24 * 3_600_000);
    clock.move(7 * 24 * 3_600_000);
    expect(await host.ended(execution)).toMatchObject({
      status: 'Failed',
      reason: expect.stringContaining('timed out'),
    });
  });
});
