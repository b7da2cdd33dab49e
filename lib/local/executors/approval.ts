import type { Clock } from '../clock';
import type { Executor } from '../executor';
import type { ApprovalAction } from '../plan';

export interface ApprovalRequest {
  readonly pipeline: string;
  readonly execution: string;
  readonly stage: string;
  readonly action: string;
  readonly message?: string;
  readonly link?: string;
  readonly expires: Date;
}

/** API ApprovalResult; the summary has at most 512 characters. */
export interface ApprovalAnswer {
  readonly status: 'Approved' | 'Rejected';
  readonly summary: string;
}

export interface ApprovalOptions {
  /** Asks somebody. The signal aborts when the answer is no longer wanted (stopped, or too late); the result is then ignored. */
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer>;
  readonly clock: Clock;
}

/** Approval/AWS/Manual. A rejection and a time-out are failures of the action (CodePipeline, concepts-how-it-works). */
export const approvalExecutor = (options: ApprovalOptions): Executor<ApprovalAction> => ({
  async execute(action, context, emit, signal) {
    const { message, link, timeoutMinutes } = action;
    const texts = { ...(message !== undefined && { message }), ...(link !== undefined && { link }) };
    const milliseconds = timeoutMinutes * 60_000;
    const expires = new Date(options.clock.now().getTime() + milliseconds);
    emit({ kind: 'approval-requested', ...texts, expires: expires.toISOString() });

    const over = new AbortController();
    const wanted = AbortSignal.any([signal, over.signal]);
    const { pipeline, execution } = context;
    const request = { pipeline, execution, stage: action.stage, action: action.name, ...texts, expires };
    try {
      const answer = await Promise.race([
        ignoredOnceOver(options.ask(request, wanted), wanted),
        options.clock.sleep(milliseconds, wanted),
      ]);
      if (answer === 'aborted' || signal.aborted) return { status: 'Stopped', reason: 'stopped' };
      if (answer === 'elapsed')
        return {
          status: 'Failed',
          reason: `nobody answered within ${timeoutMinutes} minutes: the approval has timed out`,
        };
      const summary = answer.summary.slice(0, 512);
      const said = summary === '' ? answer.status : `${answer.status}: ${summary}`;
      emit({ kind: 'output', stream: 'stdout', line: said });
      if (answer.status === 'Approved') return { status: 'Succeeded', variables: {}, artifacts: {} };
      return { status: 'Failed', reason: summary === '' ? 'rejected' : `rejected: ${summary}` };
    } finally {
      over.abort();
    }
  },
});

/** A question that was called off may end in an AbortError of its own; nobody is to hear of it. */
const ignoredOnceOver = <T>(answer: Promise<T>, wanted: AbortSignal): Promise<T | 'aborted'> =>
  answer.catch((cause) => {
    if (wanted.aborted) return 'aborted' as const;
    throw cause;
  });
