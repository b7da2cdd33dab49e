/**
 * Runs two works at once. When one fails the other is told to stop, and only when both have ended does the failure come
 * through: nothing goes on behind it. Of two failures the one that came first.
 */
export async function allOrNone<A, B>(
  signal: AbortSignal,
  one: (signal: AbortSignal) => Promise<A>,
  other: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const controller = new AbortController();
  const either = AbortSignal.any([signal, controller.signal]);
  const failures: unknown[] = [];
  const run = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    work(either).catch((cause: unknown) => {
      failures.push(cause);
      controller.abort();
      throw cause;
    });
  const [first, second] = await Promise.allSettled([run(one), run(other)]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  throw failures[0];
}
