import { exitCode } from './exit-codes';

/**
 * Runs `work` with a signal that the first Ctrl-C, SIGTERM or hang-up aborts, as does a reader that leaves (`slipway run | head`):
 * work then ends what it started and returns. A second Ctrl-C says that this takes its time; it does not break the cleaning up.
 * `quiet`: what has nothing to end says nothing.
 */
export async function untilStopped(work: (signal: AbortSignal) => Promise<number>, quiet = false): Promise<number> {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    const reader = name === 'SIGPIPE';
    if (!quiet && (!reader || !controller.signal.aborted))
      process.stderr.write(
        controller.signal.aborted ? 'still stopping …\n' : `\n${reader ? 'nobody reads the output: ' : ''}stopping …\n`,
      );
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const;
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
