import { createInterface } from 'node:readline/promises';
import type { Event } from '../lib/local/event';
import type { PipelineHost } from '../lib/local/pipelines/host';
import type { Reporter } from '../lib/local/reporters/reporter';

interface Answer {
  readonly status: 'Approved' | 'Rejected';
  readonly summary: string;
  readonly by: string;
}

type Request = Extract<Event, { kind: 'approval-requested' }>;

/**
 * Answers the manual approvals of a pipeline: `--approve` says yes, a terminal is asked, and where there is neither the answer is no,
 * with what to do. Somebody else may be quicker (`slipway approve`): the question is then called off.
 */
export function answerApprovals(
  host: PipelineHost,
  reporter: Reporter,
  options: { readonly approve?: boolean; readonly json?: boolean },
): void {
  const asking = new Map<string, AbortController>();
  let questions = Promise.resolve();
  host.subscribe((event) => {
    if (event.kind === 'approval-requested') {
      const at = `${event.execution} ${event.action}`;
      const over = new AbortController();
      asking.set(at, over);
      questions = questions.then(() => answer(event, over.signal));
    } else if (event.kind === 'approval-answered' || event.kind === 'action-ended') {
      const at = `${event.execution} ${event.action}`;
      asking.get(at)?.abort();
      asking.delete(at);
    }
  });

  async function answer(request: Request, signal: AbortSignal): Promise<void> {
    const given = await decide(request, reporter, options, signal);
    if (given === undefined || signal.aborted) return;
    const { stage, action, token = '' } = request;
    host.answerApproval({ stage, action: action.slice(stage.length + 1), token, ...given });
  }
}

/** undefined: the question was called off. */
async function decide(
  request: Request,
  reporter: Reporter,
  options: { readonly approve?: boolean; readonly json?: boolean },
  signal: AbortSignal,
): Promise<Answer | undefined> {
  if (signal.aborted) return undefined;
  if (options.approve) return { status: 'Approved', summary: 'approved by --approve', by: '--approve' };
  if (!process.stdin.isTTY || !process.stdout.isTTY || options.json)
    return {
      status: 'Rejected',
      summary: `there is no terminal to ask for ${request.action.slice(request.stage.length + 1)}; run with --approve to say yes beforehand`,
      by: 'slipway run',
    };
  return reporter
    .quietly(() => ask(request, signal))
    .catch((cause) => {
      if (signal.aborted) return undefined;
      throw cause;
    });
}

async function ask({ action, message, link }: Request, signal: AbortSignal): Promise<Answer> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // readline takes Ctrl-C for itself; the run is to hear of it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    process.stdout.write(`\n${action}${message ? `: ${message}` : ' waits for approval'}\n${link ? `${link}\n` : ''}`);
    for (;;) {
      const answer = (await lines.question('approve? [y/n, then a comment if you like] ', { signal })).trim();
      const [, verdict, comment = ''] = /^(y|yes|n|no)\b\s*(.*)$/iu.exec(answer) ?? [];
      if (verdict)
        return {
          status: /^y/iu.test(verdict) ? 'Approved' : 'Rejected',
          summary: comment.slice(0, 512),
          by: 'terminal',
        };
    }
  } finally {
    lines.close();
  }
}
