import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../lib/local/clock';
import type { ActionReport, ApprovalAnswer, ApprovalSlot } from '../../../lib/local/executor';
import { approvalExecutor } from '../../../lib/local/executors/approval';
import type { ApprovalAction } from '../../../lib/local/plan';

const action: ApprovalAction = {
  kind: 'approval',
  id: 'SignOff/ClientSignOff',
  stage: 'SignOff',
  name: 'ClientSignOff',
  runOrder: 1,
  inputs: [],
  outputs: [],
  message: 'Ship 1.2.0?',
  link: 'https://staging.example.com',
  timeoutMinutes: 30,
};

/** Asks; the clock stands still until `elapse` is called. */
function ask(slot: Partial<ApprovalSlot> = {}, signal = new AbortController().signal) {
  const reports: ActionReport[] = [];
  let elapse = () => {};
  const slept: number[] = [];
  const clock: Clock = {
    now: () => new Date('2026-01-01T00:00:00.000Z'),
    sleep: (milliseconds, until) => {
      slept.push(milliseconds);
      return new Promise((resolve) => {
        elapse = () => resolve('elapsed');
        until.addEventListener('abort', () => resolve('aborted'));
      });
    },
  };
  let answer: (answer: ApprovalAnswer) => void = () => {};
  const awaited = new Promise<ApprovalAnswer>((resolve) => {
    answer = resolve;
  });
  const approval = { token: 'token', answer: awaited, ...slot };
  const outcome = approvalExecutor({ clock }).execute(
    action,
    { pipeline: 'visits-production', execution: 'e1', workspace: '/w', inputs: {}, revisions: {}, approval },
    (report) => reports.push(report),
    signal,
  );
  return { outcome, reports, slept, elapse: () => elapse(), answer };
}

describe('an approval', () => {
  test('is asked for with all that the approver needs, and approved', async () => {
    const { outcome, reports, slept, answer } = ask();
    answer({ status: 'Approved', summary: 'fine' });
    expect(await outcome).toEqual({ status: 'Succeeded', variables: {}, artifacts: {} });
    expect(reports).toEqual([
      {
        kind: 'approval-requested',
        message: 'Ship 1.2.0?',
        link: 'https://staging.example.com',
        expires: '2026-01-01T00:30:00.000Z',
        token: 'token',
      },
      { kind: 'output', stream: 'stdout', text: 'Approved: fine' },
    ]);
    expect(slept).toEqual([30 * 60_000]);
  });

  test('that is rejected fails with the summary', async () => {
    const rejected = (summary: string) => {
      const { outcome, answer } = ask();
      answer({ status: 'Rejected', summary });
      return outcome;
    };
    expect(await rejected('not on a Friday')).toEqual({ status: 'Failed', reason: 'rejected: not on a Friday' });
    expect(await rejected('')).toEqual({ status: 'Failed', reason: 'rejected' });
    expect(await rejected('x'.repeat(600))).toEqual({ status: 'Failed', reason: `rejected: ${'x'.repeat(512)}` });
  });

  test('that nobody answers in time fails', async () => {
    const { outcome, elapse } = ask();
    elapse();
    expect(await outcome).toEqual({
      status: 'Failed',
      reason: 'nobody answered within 30 minutes: the approval has timed out',
    });
  });

  test('that was asked for before the process was killed is asked for anew, with the time that is left', async () => {
    const { reports, slept } = ask({ expires: '2026-01-01T00:10:00.000Z' });
    expect(slept).toEqual([10 * 60_000]);
    expect(reports).toMatchObject([
      { kind: 'approval-requested', expires: '2026-01-01T00:10:00.000Z', token: 'token' },
    ]);
    expect(ask({ expires: '2025-12-31T00:00:00.000Z' }).slept).toEqual([0]);
  });

  test('that was answered before the process was killed is not asked for again', async () => {
    const answered = Promise.resolve({ status: 'Approved', summary: '' } as const);
    const { outcome, reports } = ask({ answered: true, answer: answered });
    expect((await outcome).status).toBe('Succeeded');
    expect(reports.map(({ kind }) => kind)).toEqual(['output']);
  });

  test('is stopped by the signal', async () => {
    const stop = new AbortController();
    const { outcome } = ask({}, stop.signal);
    stop.abort();
    expect((await outcome).status).toBe('Stopped');
  });

  test('that nobody can answer breaks the runner', async () => {
    const context = { pipeline: 'p', execution: 'e', workspace: '/w', inputs: {}, revisions: {} };
    const clock: Clock = { now: () => new Date(), sleep: () => new Promise(() => {}) };
    await expect(
      approvalExecutor({ clock }).execute(action, context, () => {}, new AbortController().signal),
    ).rejects.toThrow('a way to be answered');
  });
});
