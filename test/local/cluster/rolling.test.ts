import { boundsOf, newSize, oldSizes, proportional } from '../../../lib/local/cluster/controllers/rolling';
import type { IntOrString } from '../../../lib/local/cluster/types';

const rolling = (maxSurge: IntOrString, maxUnavailable: IntOrString) =>
  ({ type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }) as const;

test.each([
  ['25%', '25%', 4, { surge: 1, unavailable: 1 }],
  ['25%', '25%', 3, { surge: 1, unavailable: 0 }],
  ['25%', '25%', 1, { surge: 1, unavailable: 0 }],
  ['0%', '25%', 3, { surge: 0, unavailable: 1 }],
  [0, 0, 5, { surge: 0, unavailable: 1 }],
  [2, 9, 5, { surge: 2, unavailable: 5 }],
  ['100%', '100%', 3, { surge: 3, unavailable: 3 }],
])('a surge of %s rounds up and %s unavailable rounds down, of %i', (surge, unavailable, replicas, bounds) => {
  expect(boundsOf(rolling(surge, unavailable), replicas)).toEqual(bounds);
});

const size = (replicas: number, available = replicas) => ({ replicas, available });

test.each([
  ['starts with the surge', 3, { surge: 1, unavailable: 0 }, size(0), [size(3)], 1],
  ['waits while there is no room', 3, { surge: 1, unavailable: 0 }, size(1, 0), [size(3)], 1],
  ['goes on when an old pod is gone', 3, { surge: 1, unavailable: 0 }, size(1), [size(2)], 2],
  ['never exceeds what is wanted', 3, { surge: 5, unavailable: 0 }, size(0), [size(3)], 3],
  ['shrinks at once', 2, { surge: 1, unavailable: 0 }, size(5), [], 2],
])('the new set %s', (_, wanted, bounds, current, old, expected) => {
  expect(newSize(wanted, bounds, current, old)).toBe(expected);
});

test.each([
  ['keeps all while the new pod is not available', 3, { surge: 1, unavailable: 0 }, size(1, 0), [size(3)], [3]],
  ['lets one go for one that is available', 3, { surge: 1, unavailable: 0 }, size(1), [size(3)], [2]],
  ['lets go at once what may be missing', 4, { surge: 1, unavailable: 1 }, size(1, 0), [size(4)], [3]],
  ['lets pods go first that serve nobody', 3, { surge: 1, unavailable: 0 }, size(1), [size(2, 0), size(3)], [0, 2]],
  ['lets the oldest go first', 3, { surge: 1, unavailable: 0 }, size(3), [size(1), size(1)], [0, 0]],
])('the old sets: %s', (_, wanted, bounds, current, old, expected) => {
  expect(oldSizes(wanted, bounds, current, old)).toEqual(expected);
});

test('at no step do available pods go below, or all pods above, their bounds', () => {
  for (let wanted = 1; wanted <= 6; wanted++) {
    for (const [surge, unavailable] of [
      [1, 0],
      [0, 1],
      [2, 1],
      ['25%', '25%'],
      ['50%', 0],
    ] as const) {
      const bounds = boundsOf(rolling(surge, unavailable), wanted);
      let current = size(0);
      let old = [size(wanted)];
      for (let step = 0; step < 40; step++) {
        current = size(newSize(wanted, bounds, current, old), current.available);
        expect(current.replicas + (old[0]?.replicas ?? 0)).toBeLessThanOrEqual(wanted + bounds.surge);
        const [kept = 0] = oldSizes(wanted, bounds, current, old);
        old = [size(kept)];
        expect(current.available + kept).toBeGreaterThanOrEqual(wanted - bounds.unavailable);
        current = size(current.replicas, Math.min(current.replicas, current.available + 1));
      }
      expect([current.available, old[0]?.replicas]).toEqual([wanted, 0]);
    }
  }
});

test.each([
  // The example of https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling
  ['grows', 15, 3, [8, 5], 13, [11, 7]],
  ['shrinks', 5, 1, [8, 5], 13, [4, 2]],
  ['ends', 0, 1, [2, 1], 3, [0, 0]],
  ['stays', 3, 0, [2, 1], 3, [2, 1]],
])('a new total is shared in proportion: it %s', (_, wanted, surge, sizes, before, expected) => {
  const shares = sizes.map((replicas, i) => ({ replicas, before, created: `2026-01-0${i + 1}` }));
  expect(proportional(wanted, surge, shares).map(({ size }) => size)).toEqual(expected);
});
