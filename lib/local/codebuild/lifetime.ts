import type { Clock } from '../clock';

/** Why a build is ended from outside. */
type StopReason = 'stopped' | 'timed-out';

export interface Lifetime {
  /** Aborts, with a StopReason, when the run is stopped or the build's time is over, whatever comes first. */
  readonly signal: AbortSignal;
  reason(): StopReason | undefined;
  /** The build has ended by itself; nothing aborts from here on. */
  close(): Promise<void>;
}

/** `onStop` is called once, as soon as the signal aborts. */
export function startLifetime(run: AbortSignal, clock: Clock, minutes: number, onStop: () => void): Lifetime {
  const stop = new AbortController();
  const closed = new AbortController();
  const end = (reason: StopReason): void => {
    if (stop.signal.aborted || closed.signal.aborted) return;
    stop.abort(reason);
    onStop();
  };
  const onAbort = (): void => end('stopped');
  run.addEventListener('abort', onAbort, { once: true });
  if (run.aborted) onAbort();
  const timer = clock.sleep(minutes * 60_000, closed.signal).then((how) => {
    if (how === 'elapsed') end('timed-out');
  });
  return {
    signal: stop.signal,
    reason: () => (stop.signal.aborted ? (stop.signal.reason as StopReason) : undefined),
    async close() {
      closed.abort();
      run.removeEventListener('abort', onAbort);
      await timer;
    },
  };
}
