import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../lib/local/clock';
import type { ActionReport } from '../../../lib/local/executor';
import { type ApprovalAnswer, type ApprovalRequest, approvalExecutor } from '../../../lib/local/executors/approval';
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
function ask(
  answer: (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>,
  signal = new AbortController().signal,
) {
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
  const outcome = approvalExecutor({ ask: answer, clock }).execute(
    action,
    { pipeline: 'visits-production', execution: 'e1', workspace: '/w', inputs: {}, revisions: {} },
    (report) => reports.push(report),
    signal,
  );
  return { outcome, reports, slept, elapse: () => elapse() };
}

const never = () => new Promise<ApprovalAnswer>(() => {});

describe('an approval', () => {
  test('is asked for with all that the approver needs, and approved', async () => {
    const asked: ApprovalRequest[] = [];
    const { outcome, reports, slept } = ask(async (request) => {
      asked.push(request);
      return { status: 'Approved', summary: 'fine' };
    });
    expect(await outcome).toEqual({ status: 'Succeeded', variables: {}, artifacts: {} });
    expect(asked).toEqual([
      {
        pipeline: 'visits-production',
        execution: 'e1',
        stage: 'SignOff',
        action: 'ClientSignOff',
        message: 'Ship 1.2.0?',
        link: 'https://staging.example.com',
        expires: new Date('2026-01-01T00:30:00.000Z'),
      },
    ]);
    expect(reports).toEqual([
      {
        kind: 'approval-requested',
        message: 'Ship 1.2.0?',
        link: 'https://staging.example.com',
        expires: '2026-01-01T00:30:00.000Z',
      },
      { kind: 'output', stream: 'stdout', line: 'Approved: fine' },
    ]);
    expect(slept).toEqual([30 * 60_000]);
  });

  test('that is rejected fails with the summary', async () => {
    const rejected = (summary: string) => ask(async () => ({ status: 'Rejected', summary })).outcome;
    expect(await rejected('not on a Friday')).toEqual({ status: 'Failed', reason: 'rejected: not on a Friday' });
    expect(await rejected('')).toEqual({ status: 'Failed', reason: 'rejected' });
    expect(await rejected('x'.repeat(600))).toEqual({ status: 'Failed', reason: `rejected: ${'x'.repeat(512)}` });
  });

  test('that nobody answers in time fails, and calls the question off', async () => {
    let asked: AbortSignal | undefined;
    const { outcome, elapse } = ask((_, signal) => {
      asked = signal;
      return never();
    });
    expect(asked?.aborted).toBe(false);
    elapse();
    expect(await outcome).toEqual({
      status: 'Failed',
      reason: 'nobody answered within 30 minutes: the approval has timed out',
    });
    expect(asked?.aborted).toBe(true);
  });

  test('is stopped by the signal, whatever becomes of the question', async () => {
    for (const answer of [
      never,
      (_: ApprovalRequest, signal: AbortSignal) =>
        new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ]) {
      const stop = new AbortController();
      const { outcome } = ask(answer, stop.signal);
      stop.abort();
      expect((await outcome).status).toBe('Stopped');
    }
  });

  test('whose question breaks breaks the runner', async () => {
    await expect(ask(() => Promise.reject(new Error('no terminal'))).outcome).rejects.toThrow('no terminal');
  });
});
