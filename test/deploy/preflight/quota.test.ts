import type { KubeObject } from '../../../lib/deploy/objects';
import { judgeQuotas } from '../../../lib/deploy/preflight/quota';
import { parseQuantity } from '../../../lib/quantity';
import { deployment, object } from '../fakes';

const quota = (hard: object, used: object, spec: object = {}): KubeObject =>
  object('ResourceQuota', 'small', { spec, status: { hard, used } });

const pod = (image: string, cpu?: string) => ({
  containers: [{ name: 'a', image, ...(cpu ? { resources: { requests: { cpu } } } : {}) }],
});
const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
});
const live = (replicas: number, spec: object = {}, cpu?: string): KubeObject => ({
  ...deployment('web', { replicas, ...spec }, pod('old', cpu)),
  status: { replicas },
});

const judge = (wanted: KubeObject, there: KubeObject | undefined, ...quotas: KubeObject[]) =>
  judgeQuotas([wanted], new Map(there ? [['Deployment/web', there]] : []), quotas);

test('a new workload must fit', () => {
  const wanted = deployment('web', { replicas: 3 }, pod('new'));
  expect(judge(wanted, undefined, quota({ pods: '5' }, { pods: '2' }))).toEqual({ impossible: [], tight: [] });
  expect(judge(wanted, undefined, quota({ pods: '5' }, { pods: '3' })).impossible).toMatchObject([
    {
      code: 'QuotaExceeded',
      object: 'ResourceQuota/small',
      message: expect.stringContaining('needs 3 of pods more than now, and 2 of 5 are left'),
    },
  ]);
});

test('what the pods ask for counts, also what only their limits say', () => {
  const wanted = deployment('web', { replicas: 2 }, pod('new', '300m'));
  expect(judge(wanted, undefined, quota({ 'requests.cpu': '1' }, { 'requests.cpu': '500m' })).impossible).toHaveLength(
    1,
  );
  const limited = { containers: [{ name: 'a', resources: { limits: { memory: '1Gi' } } }] };
  const memory = quota({ 'requests.memory': '1500Mi' }, {});
  expect(judge(deployment('web', { replicas: 2 }, limited), undefined, memory).impossible).toHaveLength(1);
  expect(judge(deployment('web', { replicas: 1 }, limited), undefined, memory).impossible).toHaveLength(0);
});

test('a rollout that makes a pod first needs room for one; one that ends a pod first does not', () => {
  const full = quota({ pods: '3' }, { pods: '3' });
  const roll = (spec: object) => judge(deployment('web', { replicas: 3, ...spec }, pod('new')), live(3, spec), full);
  expect(roll(rolling(1, 0)).impossible).toMatchObject([{ message: expect.stringContaining('maxUnavailable 0') }]);
  expect(roll(rolling(1, 1)).impossible).toEqual([]);
  expect(roll(rolling(1, 1)).tight).toHaveLength(1);
  expect(roll({ strategy: { type: 'Recreate' } })).toEqual({ impossible: [], tight: [] });
  // 25 % of 3 rounds down to 0.
  expect(roll({}).impossible).toHaveLength(1);
});

test('a workload whose pods stay as they are needs nothing', () => {
  const same = deployment('web', { replicas: 3, ...rolling(1, 0) }, pod('old'));
  expect(judge(same, live(3, rolling(1, 0)), quota({ pods: '3' }, { pods: '3' }))).toEqual({
    impossible: [],
    tight: [],
  });
});

test('a quota for some pods only says nothing of all', () => {
  const wanted = deployment('web', { replicas: 3 }, pod('new'));
  const scoped = quota({ pods: '1' }, { pods: '1' }, { scopes: ['BestEffort'] });
  expect(judge(wanted, undefined, scoped)).toEqual({ impossible: [], tight: [] });
});

test.each([
  ['500m', 0.5],
  ['1Gi', 2 ** 30],
  ['1e3', 1000],
  [2, 2],
  ['1.5k', 1500],
  ['', undefined],
  ['many', undefined],
])('quantity %s', (text, number) => {
  expect(parseQuantity(text)).toBe(number);
});
