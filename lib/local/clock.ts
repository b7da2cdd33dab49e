/** Time, as everything that waits takes it: tests give one that they move themselves. */
export interface Clock {
  now(): Date;
  /** Ends after `milliseconds` or as soon as `signal` aborts, and tells which. Never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<'elapsed' | 'aborted'>;
}

/** A timer of Node's holds 31 bits of milliseconds and fires at once beyond that; an approval may wait for 60 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(milliseconds, signal) {
    const end = Date.now() + milliseconds;
    for (let left = milliseconds; left > 0; left = end - Date.now()) {
      if ((await timer(Math.min(left, LONGEST_TIMER), signal)) === 'aborted') return 'aborted';
    }
    return signal.aborted ? 'aborted' : 'elapsed';
  },
};

function timer(milliseconds: number, signal: AbortSignal): Promise<'elapsed' | 'aborted'> {
  if (signal.aborted) return Promise.resolve('aborted');
  return new Promise((resolve) => {
    const handle = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve('elapsed');
    }, milliseconds);
    const onAbort = () => {
      clearTimeout(handle);
      resolve('aborted');
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
