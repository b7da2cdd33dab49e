import { measuredDurations } from '../../lib/cost/durations';
import type { PastRun } from '../../lib/local/history';

/** A run of `visits` whose one action took `seconds`. */
const ran = (seconds: number, status = 'Succeeded') =>
  ({
    state: {
      pipeline: 'visits',
      stages: [
        {
          actions: [
            {
              id: 'Test/Unit',
              status,
              startedAt: '2026-11-21T10:00:00.000Z',
              endedAt: new Date(Date.parse('2026-11-21T10:00:00Z') + seconds * 1000).toISOString(),
            },
          ],
        },
      ],
    },
  }) as unknown as PastRun;

const measured = async (...runs: PastRun[]) => {
  async function* all() {
    yield* runs;
  }
  return (await measuredDurations(all())).get('visits')?.get('Test/Unit');
};

it('is the median of the runs in which the action succeeded', async () => {
  expect(await measured(ran(10), ran(90), ran(20), ran(1, 'Failed'))).toBe(20);
  expect(await measured(ran(10), ran(20))).toBe(15);
});

it('is nothing where it never did', async () => {
  expect(await measured(ran(10, 'Failed'))).toBeUndefined();
  expect(await measured()).toBeUndefined();
});

it('looks at the newest twenty', async () => {
  expect(
    await measured(...Array.from({ length: 20 }, () => ran(10)), ...Array.from({ length: 50 }, () => ran(99))),
  ).toBe(10);
});
