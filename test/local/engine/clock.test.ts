import { describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../../lib/local/clock';

describe('the system clock', () => {
  test('sleeps longer than one timer of Node can', async () => {
    jest.useFakeTimers();
    try {
      let ended: string | undefined;
      const days = (n: number) => n * 86_400_000;
      systemClock.sleep(days(60), new AbortController().signal).then((end) => {
        ended = end;
      });
      await jest.advanceTimersByTimeAsync(days(59));
      expect(ended).toBeUndefined();
      await jest.advanceTimersByTimeAsync(days(1));
      expect(ended).toBe('elapsed');
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('wakes when the signal aborts, and leaves no timer', async () => {
    jest.useFakeTimers();
    try {
      const stop = new AbortController();
      const sleeping = systemClock.sleep(1000, stop.signal);
      stop.abort();
      expect(await sleeping).toBe('aborted');
      expect(jest.getTimerCount()).toBe(0);
      expect(await systemClock.sleep(1000, stop.signal)).toBe('aborted');
      expect(await systemClock.sleep(0, new AbortController().signal)).toBe('elapsed');
    } finally {
      jest.useRealTimers();
    }
  });
});
