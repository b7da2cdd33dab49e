import { changeToRecreate, leaveTypeTo, withoutChangeToRecreate } from '../../lib/deploy/change-to-recreate';
import { handOverReplicas } from '../../lib/deploy/hand-over-replicas';
import type { KubeObject } from '../../lib/deploy/objects';
import { deployment, FakeKubectl, FakeLog, listText } from './fakes';

const log = new FakeLog();
const recreate = deployment('web', { strategy: { type: 'Recreate' } });
const rolling = (maxSurge: unknown = '25%', maxUnavailable: unknown = '25%') =>
  deployment('web', { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } });
const cluster = (live?: KubeObject) =>
  new FakeKubectl((command) => (command.startsWith('get') ? listText(...(live ? [live] : [])) : ''));
const strategies = ({ inputs }: FakeKubectl) =>
  inputs.flatMap((input) => (input === '' ? [] : JSON.parse(input).items.map(({ spec }: KubeObject) => spec)));

test('what a defaulted rolling update leaves is taken over with other values, and left out with the change', async () => {
  for (const [live, other] of [
    [rolling(), { maxSurge: 1, maxUnavailable: 1 }],
    [rolling(1, 0), { maxSurge: 2, maxUnavailable: 1 }],
  ] as const) {
    const kubectl = cluster(live);
    const changed = await changeToRecreate([recreate], 'web-dev', { kubectl, log });
    expect(changed).toMatchObject({ ok: true, value: [{ metadata: { name: 'web' } }] });
    await leaveTypeTo([live], 'web-dev', kubectl);
    expect(strategies(kubectl)).toEqual([
      { strategy: { type: 'RollingUpdate', rollingUpdate: other } },
      { strategy: { type: 'Recreate' } },
      {},
    ]);
  }
});

test.each([
  ['is new', recreate, undefined],
  ['is Recreate already', recreate, recreate],
  ['stays a rolling one', deployment(), rolling()],
])('a Deployment that %s is left alone', async (_, wanted, live) => {
  const kubectl = cluster(live);
  expect(await changeToRecreate([wanted], 'web-dev', { kubectl, log })).toEqual({ ok: true, value: [] });
  expect(kubectl.commands.filter((command) => !command.startsWith('get'))).toEqual([]);
});

test('a dry run leaves the strategy out where it changes, and only there', () => {
  const live = new Map([['Deployment/web', rolling()]]);
  expect(withoutChangeToRecreate([recreate], live)[0]?.['spec']).not.toHaveProperty('strategy');
  expect(withoutChangeToRecreate([recreate], new Map())).toEqual([recreate]);
  expect(withoutChangeToRecreate([rolling()], live)).toEqual([rolling()]);
});

test('partial objects are not validated as whole ones, which kubectl does with those of a List', async () => {
  const owned = deployment('web', { replicas: 3 });
  const managedFields = [{ manager: 'slipway', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }];
  const kubectl = cluster({ ...owned, metadata: { ...owned.metadata, managedFields } as KubeObject['metadata'] });
  await handOverReplicas([deployment('web', { replicas: undefined })], 'web-dev', { kubectl, log });
  const other = cluster(rolling());
  await changeToRecreate([recreate], 'web-dev', { kubectl: other, log });
  const applies = [...kubectl.commands, ...other.commands].filter((command) => command.startsWith('apply'));
  expect(applies).toHaveLength(3);
  for (const command of applies) expect(command).toContain('--validate=false');
});
