import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../lib/deploy/ports';

/** The real one, for what is tried on the embedded cluster. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) =>
    delay(milliseconds, undefined, { signal }).then(
      () => 'elapsed' as const,
      () => 'aborted' as const,
    ),
};
