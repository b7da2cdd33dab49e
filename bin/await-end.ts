import type { Sleeper } from '../lib/ops/poll';
import { waitForEnd } from '../lib/ops/wait';
import { exitCode } from './exit-codes';
import { type Operations, orFail } from './operations';

/** Waits for an execution, telling its stages on standard error; the exit code says how it ended. Ctrl-C ends the waiting alone. */
export async function awaitEnd(
  { aws, signal }: Operations,
  pipeline: string,
  execution: string,
  clock: Sleeper,
): Promise<number> {
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const end = await waitForEnd(aws, pipeline, execution, { clock, signal, tell });
  if (!end.ok && end.errors[0]?.kind === 'stopped') {
    tell(end.errors[0].message);
    return exitCode['stopped by Ctrl-C'];
  }
  const { status, reason } = orFail(end);
  tell(`${pipeline}: ${status}${reason ? ` (${reason})` : ''}`);
  return status === 'Succeeded' ? exitCode['all done'] : exitCode['the pipeline failed'];
}
