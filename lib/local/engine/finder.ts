/**
 * Finds an item by its unique key; gives its index, -1 if there is none. Remembers where it was the last time, since events come in
 * runs about the same stage and action.
 */
export function finder<T>(keyOf: (item: T) => string): (items: readonly T[], key: string) => number {
  let last = 0;
  return (items, key) => {
    for (const guess of [last, last + 1]) {
      const item = items[guess];
      if (item !== undefined && keyOf(item) === key) {
        last = guess;
        return guess;
      }
    }
    const found = items.findIndex((item) => keyOf(item) === key);
    if (found >= 0) last = found;
    return found;
  };
}
