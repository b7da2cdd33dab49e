import type { Clock } from '../clock';

/** Why a build is ended from outside. */
type StopReason = 'stopped' | 'timed-out';

export interface Lifetime {
  /** Aborts, with a StopReason, when the run is stopped or the build's time is over, whatever comes first. */
  readonly signal: AbortSignal;
  reason(): StopReason | undefined;
  /** The build's time stands still until the function given is called; a stop of the run still comes through. */
  hold(): () => void;
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

  let left = minutes * 60_000;
  let since = 0;
  let holds = 0;
  let pause = new AbortController();
  let timer = runDown();
  async function runDown(): Promise<void> {
    since = clock.now().getTime();
    if ((await clock.sleep(left, AbortSignal.any([closed.signal, pause.signal]))) === 'elapsed') end('timed-out');
  }
  return {
    signal: stop.signal,
    reason: () => (stop.signal.aborted ? (stop.signal.reason as StopReason) : undefined),
    hold() {
      if (holds++ === 0) {
        left -= clock.now().getTime() - since;
        pause.abort();
      }
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        if (--holds > 0 || closed.signal.aborted) return;
        pause = new AbortController();
        timer = timer.then(runDown);
      };
    },
    async close() {
      closed.abort();
      run.removeEventListener('abort', onAbort);
      await timer;
    },
  };
}
