import { findPrunable, kindArg, type PruneRequest, pruneList, remove } from '../../lib/deploy/prune';
import { FakeKubectl, failure, listText, object } from './fakes';

const LABELS = { 'slipway.dev/service': 'web', 'slipway.dev/environment': 'dev' };
const mine = (kind: string, name: string, metadata: object = {}, apiVersion = 'v1') =>
  object(kind, name, { metadata: { name, namespace: 'web-dev', labels: LABELS, ...metadata } }, apiVersion);

const request = (given: Partial<PruneRequest> = {}): PruneRequest => ({
  service: 'web',
  environment: 'dev',
  namespace: 'web-dev',
  keep: [],
  earlier: [],
  kindsOf: [],
  now: new Date('2026-11-21T12:00:00Z'),
  ...given,
});

const pruned = (live: ReturnType<typeof mine>[], given: Partial<PruneRequest> = {}): string[] =>
  pruneList(live, request(given)).map(({ kind, metadata }) => `${kind}/${metadata.name}`);

test('what no release needs goes', () => {
  expect(pruned([mine('Service', 'old'), mine('Service', 'web')], { keep: [mine('Service', 'web')] })).toEqual([
    'Service/old',
  ]);
});

test('the same object in another version of its API is kept', () => {
  const live = mine('HorizontalPodAutoscaler', 'web', {}, 'autoscaling/v2');
  expect(pruned([live], { keep: [mine('HorizontalPodAutoscaler', 'web', {}, 'autoscaling/v1')] })).toEqual([]);
});

test.each([
  ['a stranger’s', object('Service', 'x')],
  ['that of another service', mine('Service', 'x', { labels: { ...LABELS, 'slipway.dev/service': 'other' } })],
  ['that of another environment', mine('Service', 'x', { labels: { ...LABELS, 'slipway.dev/environment': 'prod' } })],
  ['one that another object owns', mine('Secret', 'x', { ownerReferences: [{ kind: 'A', name: 'a', uid: '1' }] })],
  ['one that goes already', mine('Service', 'x', { deletionTimestamp: '2026-11-21T11:59:00Z' })],
  [
    'one that is kept for a while',
    mine('Deployment', 'x', { annotations: { 'slipway.dev/keep-until': '2026-11-21T12:00:01Z' } }, 'apps/v1'),
  ],
  ['data', mine('PersistentVolumeClaim', 'x')],
  ['the lock', mine('Lease', 'x', {}, 'coordination.k8s.io/v1')],
  ['a definition', mine('CustomResourceDefinition', 'x', {}, 'apiextensions.k8s.io/v1')],
])('%s stays', (_what, live) => {
  expect(pruned([live])).toEqual([]);
});

test('the while is over', () => {
  const live = mine(
    'Deployment',
    'x',
    { annotations: { 'slipway.dev/keep-until': '2026-11-21T11:59:59Z' } },
    'apps/v1',
  );
  expect(pruned([live])).toEqual(['Deployment/x']);
});

test('configuration of earlier releases stays where its name has a hash, nothing else of them does', () => {
  const live = [
    mine('ConfigMap', 'a-28ck6hfk27'),
    mine('Secret', 's-dh8dmbt989'),
    mine('ConfigMap', 'plain'),
    mine('Service', 'old'),
  ];
  expect(pruned(live, { earlier: [live] })).toEqual(['ConfigMap/plain', 'Service/old']);
  expect(pruned(live)).toHaveLength(4);
});

test('kinds of the releases are looked through too, one that is gone hides no other, one that may not be read is told', async () => {
  const kubectl = new FakeKubectl((command) => {
    if (command.startsWith('get Widget.v1.example.com')) return listText(mine('Widget', 'old', {}, 'example.com/v1'));
    if (command.startsWith('get Gone.')) return failure('not-found');
    return { ...failure('forbidden', 'roles is forbidden'), stdout: listText(mine('Service', 'old')) };
  });
  const kinds = ['Widget', 'Gone'].map((kind) => ({ apiVersion: 'example.com/v1', kind, name: 'x' }));
  const found = await findPrunable(request({ kindsOf: kinds }), kubectl);
  expect(found).toMatchObject({
    ok: true,
    value: { prunable: [{ kind: 'Service' }, { kind: 'Widget' }], unseen: 'roles is forbidden' },
  });
  expect(kubectl.commands[0]).toContain('--selector slipway.dev/service=web,slipway.dev/environment=dev');
  expect(await findPrunable(request(), new FakeKubectl(() => failure('unreachable')))).toMatchObject({ ok: false });
});

test('deletes by kind, as kubectl takes it', async () => {
  const kubectl = new FakeKubectl();
  await remove(
    [
      { apiVersion: 'v1', kind: 'Service', name: 'a' },
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'b' },
      { apiVersion: 'v1', kind: 'Service', name: 'c' },
    ],
    'web-dev',
    kubectl,
  );
  expect(kubectl.commands).toEqual([
    'delete Service a c --namespace web-dev --ignore-not-found --wait=false',
    'delete Deployment.v1.apps b --namespace web-dev --ignore-not-found --wait=false',
  ]);
  expect(kindArg({ apiVersion: 'v1', kind: 'ConfigMap' })).toBe('ConfigMap');
  expect(
    await remove([{ apiVersion: 'v1', kind: 'Service', name: 'a' }], 'n', new FakeKubectl(() => failure('not-found'))),
  ).toMatchObject({ ok: false });
});
