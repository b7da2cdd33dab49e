import { delay } from './delay';
import { type Command, GroupProcess } from './process';

/** Bytes of output that are kept. */
const KEPT = 4_096;

/** Runs a command to its end, or kills it after `timeout` milliseconds: exit code 124 then, as `timeout` has it. */
export async function execute(
  command: Command,
  records: string,
  timeout: number,
  signal: AbortSignal,
): Promise<{ code: number; output: string }> {
  const process = await GroupProcess.start(command, records);
  let output = '';
  for (const stream of Object.values(process.output)) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      if (output.length < KEPT) output += chunk;
    });
  }
  const over = new AbortController();
  const expired = delay(timeout, AbortSignal.any([over.signal, signal])).then((passed) => {
    if (!over.signal.aborted) process.kill();
    return passed;
  });
  const exit = await process.ended;
  over.abort();
  return (await expired)
    ? { code: 124, output: `command timed out after ${timeout / 1000}s` }
    : { code: exit.code, output };
}
