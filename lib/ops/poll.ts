/**
 * Milliseconds until the next look, when nothing has changed for so many looks: half a second here and three on AWS, twice as long with
 * every second look in vain, at most 4 and 30 seconds.
 */
export function pollDelay(kind: 'aws' | 'local', unchanged: number): number {
  const [first, most] = kind === 'local' ? [500, 4000] : [3000, 30_000];
  return Math.min(most, first * 2 ** Math.floor(Math.min(unchanged, 20) / 2));
}

/** Time, as what waits takes it. */
export interface Sleeper {
  /** Ends after `milliseconds` or as soon as the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<unknown>;
}
