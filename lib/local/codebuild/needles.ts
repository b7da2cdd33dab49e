/** Shorter words are found faster by a regular expression. */
const LEAST = 8;

/**
 * Tells whether a text may hold one of these words: never "no" wrongly. Looks at one character of several only: the shortest
 * word says how many it may leave out (S. Wu and U. Manber, A fast algorithm for multi-pattern searching, 1994).
 */
export function mayHold(words: readonly string[]): (text: string) => boolean {
  const window = Math.min(...words.map(({ length }) => length));
  if (window < LEAST) return () => true;
  const furthest = Math.min(window - 1, 255);
  /** Two characters -> how far the window may go on when it ends with them. */
  const steps = new Uint8Array(65_536).fill(furthest);
  /** Two characters -> words whose first `window` characters end with them. */
  const ending = new Map<number, string[]>();
  for (const word of words) {
    for (let end = 1; end < window; end++) {
      const pair = pairOf(word, end);
      steps[pair] = Math.min(steps[pair] as number, window - 1 - end);
    }
    const last = pairOf(word, window - 1);
    ending.set(last, [...(ending.get(last) ?? []), word]);
  }
  return (text) => {
    for (let end = window - 1; end < text.length; ) {
      const pair = pairOf(text, end);
      const step = steps[pair] as number;
      if (step > 0) end += step;
      else {
        const start = end - window + 1;
        if (ending.get(pair)?.some((word) => text.startsWith(word, start))) return true;
        end++;
      }
    }
    return false;
  };
}

/** Characters beyond Latin-1 share their numbers with others: a pair may look like another one, never like none. */
const pairOf = (text: string, end: number): number =>
  ((text.charCodeAt(end - 1) & 255) << 8) | (text.charCodeAt(end) & 255);
