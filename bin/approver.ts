import { createInterface } from 'node:readline/promises';
import type { ApprovalAnswer, ApprovalOptions, ApprovalRequest } from '../lib/local/executors/approval';
import type { Reporter } from '../lib/local/reporters/reporter';

/** Who answers manual approvals: `--approve` says yes, a terminal is asked, and where there is neither the answer is no, with what to do. */
export function approver(
  reporter: Reporter,
  options: { readonly approve?: boolean; readonly json?: boolean },
): ApprovalOptions['ask'] {
  if (options.approve) return async () => ({ status: 'Approved', summary: 'approved by --approve' });
  if (!process.stdin.isTTY || !process.stdout.isTTY || options.json) {
    return async ({ action }) => ({
      status: 'Rejected',
      summary: `there is no terminal to ask for ${action}; run with --approve to say yes beforehand`,
    });
  }
  return (request, signal) => reporter.quietly(() => ask(request, signal));
}

async function ask({ stage, action, message, link }: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // readline takes Ctrl-C for itself; the run is to hear of it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    process.stdout.write(
      `\n${stage}/${action}${message ? `: ${message}` : ' waits for approval'}\n${link ? `${link}\n` : ''}`,
    );
    for (;;) {
      const answer = (await lines.question('approve? [y/n, then a comment if you like] ', { signal })).trim();
      const [, verdict, comment = ''] = /^(y|yes|n|no)\b\s*(.*)$/iu.exec(answer) ?? [];
      if (verdict) return { status: /^y/iu.test(verdict) ? 'Approved' : 'Rejected', summary: comment };
    }
  } finally {
    lines.close();
  }
}
