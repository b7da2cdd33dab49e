import { afterEach, expect, test } from '@jest/globals';
import { planOf, stageStatuses } from '../engine/harness';
import { Bed, until } from './harness';

let bed: Bed;
afterEach(() => bed.close());

const plan = planOf({ Build: { actions: ['Build'] }, Deploy: { actions: ['Deploy'] } });

test('an unfinished execution that a later one has gone past is stopped, where it was inside or in front', async () => {
  bed = await Bed.open(plan, { 'Deploy/Deploy': { hold: true } });
  const inside = await bed.start();
  await bed.fake.started('Deploy/Deploy');
  const inFront = await bed.start();
  await until(() => bed.waiting('Deploy').includes(inFront));
  await bed.host.close('unfinished');

  await bed.reopen(plan);
  const later = await bed.start();
  expect((await bed.host.ended(later)).status).toBe('Succeeded');
  expect(await bed.host.resume()).toEqual([inside, inFront]);
  await bed.host.idle();
  expect([inside, inFront].map(bed.status)).toEqual(['Stopped', 'Stopped']);
  expect(stageStatuses(bed.journal(inside).state)).toEqual(['Source Succeeded', 'Build Succeeded', 'Deploy Stopped']);
  expect(bed.host.execution(inFront)?.reason).toContain(`execution ${later} has gone past it`);
  expect(bed.ran().filter((call) => call.startsWith('Deploy'))).toEqual([`Deploy/Deploy ${later}`]);
});

test('an execution of another structure stays unfinished, and is not resumed', async () => {
  bed = await Bed.open(plan, { 'Deploy/Deploy': { hold: true } });
  const id = await bed.start();
  await bed.fake.started('Deploy/Deploy');
  await bed.host.close('unfinished');
  await bed.reopen({ ...plan, structure: 'two' });
  expect(await bed.host.resume()).toEqual([]);
  expect(bed.host.execution(id)).toMatchObject({ status: 'InProgress', version: 1 });
  await bed.reopen(plan);
  expect(bed.host.view().version).toBe(3);
});
