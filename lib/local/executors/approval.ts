import type { Clock } from '../clock';
import type { Executor } from '../executor';
import type { ApprovalAction } from '../plan';

/**
 * Approval/AWS/Manual. A rejection and a time-out are failures of the action (CodePipeline, concepts-how-it-works). Who answers
 * does so through the pipeline's host, with the token.
 */
export const approvalExecutor = ({ clock }: { readonly clock: Clock }): Executor<ApprovalAction> => ({
  async execute(action, { approval }, emit, signal) {
    if (approval === undefined) throw new Error(`nobody gave ${action.id} a way to be answered`);
    const { message, link, timeoutMinutes } = action;
    const now = clock.now().getTime();
    const expires = approval.expires === undefined ? now + timeoutMinutes * 60_000 : Date.parse(approval.expires);
    if (!approval.answered) {
      emit({
        kind: 'approval-requested',
        ...(message !== undefined && { message }),
        ...(link !== undefined && { link }),
        expires: new Date(expires).toISOString(),
        token: approval.token,
      });
    }
    const over = new AbortController();
    try {
      const answer = await Promise.race([
        approval.answer,
        clock.sleep(Math.max(0, expires - now), AbortSignal.any([signal, over.signal])),
      ]);
      if (answer === 'aborted' || signal.aborted) return { status: 'Stopped', reason: 'stopped' };
      if (answer === 'elapsed')
        return {
          status: 'Failed',
          reason: `nobody answered within ${timeoutMinutes} minutes: the approval has timed out`,
        };
      const summary = answer.summary.slice(0, 512);
      const said = summary === '' ? answer.status : `${answer.status}: ${summary}`;
      emit({ kind: 'output', stream: 'stdout', text: said });
      if (answer.status === 'Approved') return { status: 'Succeeded', variables: {}, artifacts: {} };
      return { status: 'Failed', reason: summary === '' ? 'rejected' : `rejected: ${summary}` };
    } finally {
      over.abort();
    }
  },
});
