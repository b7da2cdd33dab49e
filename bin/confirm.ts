import { createInterface } from 'node:readline/promises';
import { callerWords } from '../lib/ops/identity';
import { exitCode } from './exit-codes';
import { Failure } from './failure';
import { type Operations, orFail } from './operations';

/**
 * Asks before something changes on AWS, and says in which account and region and as whom; on this machine nothing is asked. `--yes`
 * answers beforehand. Without a terminal and --yes it is refused, since nobody said yes.
 */
export async function confirm(
  operations: Operations,
  what: string,
  { yes }: { readonly yes?: boolean },
): Promise<void> {
  if (operations.aws.kind === 'local' || yes) return;
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new Failure(
      `${what}: this changes what runs on AWS, and there is no terminal to ask on; add --yes`,
      exitCode['usage, configuration or template is wrong'],
    );
  const { aws, signal } = operations;
  const where = orFail(await callerWords(aws));
  if (!(await isYes(`${what}\n(${where})? [y/N] `, signal)))
    throw new Failure('nothing was changed', exitCode['stopped by Ctrl-C']);
}

export async function isYes(question: string, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // readline takes Ctrl-C for itself; the command is to hear of it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(es)?$/i.test((await lines.question(question, { signal })).trim());
  } finally {
    lines.close();
  }
}
