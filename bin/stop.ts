import { exitCode } from './exit-codes';

/**
 * Runs `work` with a signal that the first Ctrl-C, SIGTERM or hang-up aborts: work then ends what it started and returns.
 * A second Ctrl-C says that this takes its time; it does not break the cleaning up.
 */
export async function untilStopped(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const stop = () => {
    process.stderr.write(controller.signal.aborted ? 'still stopping …\n' : '\nstopping …\n');
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, stop);
  try {
    return await work(controller.signal);
  } catch (cause) {
    if (controller.signal.aborted) return exitCode['stopped by Ctrl-C'];
    throw cause;
  } finally {
    for (const name of signals) process.off(name, stop);
  }
}
