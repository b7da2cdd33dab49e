import { afterEach, expect, test } from '@jest/globals';
import { planOf } from '../engine/harness';
import { Bed } from '../pipelines/harness';

let bed: Bed | undefined;
afterEach(() => bed?.host.close('unfinished'));

test('an attempt that takes an interrupted one’s place is told the facts of that one; the first attempt is told none', async () => {
  const plan = planOf({ Build: { actions: ['Build'] } });
  const told = { kind: 'fact', name: 'start token', value: 'a-token' } as const;
  bed = await Bed.open(plan, { 'Build/Build': { hold: true, reports: [told] } });
  const execution = await bed.start();
  await bed.fake.started('Build/Build');
  expect(bed.fake.calls.map(({ context }) => context.interrupted)).toEqual([undefined, undefined]);
  await bed.host.close('unfinished');
  await bed.reopen(plan, {});
  await bed.host.resume();
  expect(await bed.host.ended(execution)).toMatchObject({ status: 'Succeeded' });
  expect(bed.fake.calls.map(({ context }) => context.interrupted)).toEqual([{ facts: { 'start token': 'a-token' } }]);
});
