import type { KubeObject } from '../../../lib/deploy/objects';
import type { Release } from '../../../lib/deploy/release';
import { freeColour } from '../../../lib/deploy/strategy/blue-green';
import { baseName, coloured } from '../../../lib/deploy/strategy/colour';
import { isUp, type Live, mark, serving } from '../../../lib/deploy/strategy/live';
import { type OwnWorkload, ownWorkload } from '../../../lib/deploy/strategy/own-workload';
import { narrowed } from '../../../lib/deploy/strategy/switch';
import { beside, withTemplateOf } from '../../../lib/deploy/strategy/tracks';
import { autoscaler, budget, deployment, inColour, live, NAME, replicaSet, service } from './objects';

const other: KubeObject = deployment({ name: 'redis', labels: { 'app.kubernetes.io/name': 'redis' } });
const redis = service({ 'app.kubernetes.io/name': 'redis' }, 'redis');
const manifests = [redis, service(), other, deployment(), autoscaler(), budget()];

const own = (objects: readonly KubeObject[]): OwnWorkload => {
  const found = ownWorkload(objects, 'shop');
  if (!found.ok) throw new Error(found.errors[0]?.message);
  return found.value;
};

describe('the service’s own workload', () => {
  it('is its Deployment, with the Services, autoscalers and budgets of its pods', () => {
    const { deployment: found, services, followers, rest } = own(manifests);
    expect(found.metadata.name).toBe('shop');
    expect(services.map(({ metadata }) => metadata.name)).toEqual(['shop']);
    expect(followers.map(({ kind }) => kind)).toEqual(['HorizontalPodAutoscaler', 'PodDisruptionBudget']);
    expect(rest).toEqual([redis, other]);
  });

  it.each([
    ['none', [service()], /the manifests have none/],
    ['two', [deployment(), deployment({ name: 'worker' })], /Deployment\/shop, Deployment\/worker/],
    ['another kind', [{ ...deployment(), kind: 'StatefulSet' }], /StatefulSet\/shop.*strategy: rolling/],
  ])('is refused where there is %s', (_, objects, expected) => {
    const found = ownWorkload(objects, 'shop');
    expect(found.ok ? '' : found.errors[0]?.message).toMatch(expected);
  });
});

describe('a colour', () => {
  const green = coloured(manifests, own(manifests), 'green');
  const find = (kind: string, name: string) =>
    green.find((each) => each.kind === kind && each.metadata.name === name) as KubeObject & {
      spec: Record<string, never>;
    };

  it('is in the name, the pods and every selector of the workload', () => {
    const { spec, metadata } = find('Deployment', 'shop-green') as never as {
      spec: { selector: object; template: { metadata: object } };
      metadata: { labels: object };
    };
    const label = { 'slipway.dev/colour': 'green' };
    expect(metadata.labels).toMatchObject(label);
    expect(spec.selector).toEqual({ matchLabels: { ...NAME, ...label } });
    expect(spec.template.metadata).toMatchObject({ labels: label });
    expect(find('Service', 'shop').spec).toMatchObject({ selector: { ...NAME, ...label } });
  });

  it('is followed by what scales and protects it', () => {
    expect(find('HorizontalPodAutoscaler', 'shop').spec).toMatchObject({ scaleTargetRef: { name: 'shop-green' } });
    expect(find('PodDisruptionBudget', 'shop').spec).toMatchObject({
      selector: { matchLabels: { 'slipway.dev/colour': 'green' } },
    });
  });

  it('leaves everything else alone', () => {
    expect(green.filter((each) => manifests.includes(each))).toEqual([redis, other]);
    expect(own(green).deployment.metadata.name).toBe('shop-green');
  });

  it('gives way to another', () => {
    const blue = coloured(green, own(green), 'blue');
    expect(own(blue).deployment.metadata.name).toBe('shop-blue');
    expect(own(blue).followers[0]).toMatchObject({ spec: { scaleTargetRef: { name: 'shop-blue' } } });
  });

  it('is taken off the name only where it is one', () => {
    expect(baseName(inColour('blue'))).toBe('shop');
    expect(baseName(deployment({ name: 'deep-blue' }))).toBe('deep-blue');
  });
});

describe('the free colour', () => {
  const blueService = service({ ...NAME, 'slipway.dev/colour': 'blue' });
  const greenService = service({ ...NAME, 'slipway.dev/colour': 'green' });
  const release = (...objects: KubeObject[]): Release => ({
    id: '1',
    service: 'shop',
    environment: 'dev',
    namespace: 'shop-dev',
    version: '1',
    digest: 'sha256:1',
    requestedAt: '2026-11-21T00:00:00Z',
    objects,
  });
  const goodBlue = release(inColour('blue'), blueService);
  const both = [inColour('blue'), inColour('green')];
  const table: [string, Live, Release | undefined, boolean, string][] = [
    ['of nothing', live(), undefined, false, 'blue'],
    [
      'beside a workload without colour',
      live(deployment(), service()),
      release(deployment(), service()),
      false,
      'blue',
    ],
    ['beside blue', live(inColour('blue'), blueService), goodBlue, false, 'green'],
    [
      'beside green, with an old blue',
      live(...both, greenService),
      release(inColour('green'), greenService),
      false,
      'blue',
    ],
    ['beside blue, which nobody called good', live(inColour('blue'), blueService), undefined, false, 'green'],
    ['where an unverified green serves and good blue runs', live(...both, greenService), goodBlue, false, 'green'],
    ['where green serves and good blue is gone', live(inColour('green'), greenService), goodBlue, false, 'blue'],
    [
      'where green serves and good blue is down',
      live(inColour('blue', { available: 0 }), inColour('green'), greenService),
      goodBlue,
      false,
      'blue',
    ],
    ['of the last known good release again', live(...both, blueService), goodBlue, true, 'blue'],
  ];
  it.each(table)('%s', (_, cluster, good, again, expected) => {
    expect(freeColour(own(manifests), cluster, good, again)).toBe(expected);
  });
});

describe('what serves', () => {
  const plain = deployment();
  const blue = inColour('blue');
  const names = (cluster: Live) => serving(cluster, own(manifests)).map(({ metadata }) => metadata.name);

  it('is what the selector picks', () => {
    expect(names(live(plain, blue, service()))).toEqual(['shop', 'shop-blue']);
    expect(names(live(plain, blue, service({ ...NAME, 'slipway.dev/colour': 'blue' })))).toEqual(['shop-blue']);
    expect(names(live(plain, service({ ...NAME, tier: 'web' })))).toEqual([]);
    expect(names(live(plain))).toEqual([]);
  });

  it('is told by the template’s hash where the selector has one', () => {
    const sets = [replicaSet(plain, 'aaa'), replicaSet(blue, 'bbb')];
    const hashed = (hash: string) => service({ ...NAME, 'pod-template-hash': hash });
    expect(names(live(plain, blue, ...sets, hashed('aaa')))).toEqual(['shop']);
    expect(names(live(plain, blue, ...sets, hashed('bbb')))).toEqual(['shop-blue']);
    expect(names(live(plain, blue, ...sets, hashed('ccc')))).toEqual([]);
  });

  it('is never a canary', () => {
    expect(names(live(plain, beside(plain, 'canary', 1), service()))).toEqual(['shop']);
  });

  it('is marked by its colour, else by the hash that most of its ready pods have', () => {
    const cluster = live(plain, replicaSet(plain, 'old', 0), replicaSet(plain, 'new', 2), replicaSet(blue, 'x', 9));
    expect(mark(blue, cluster)).toEqual({ 'slipway.dev/colour': 'blue' });
    expect(mark(plain, cluster)).toEqual({ 'pod-template-hash': 'new' });
  });

  it('is told apart from another only where a selector would pick both', () => {
    const hash = { 'pod-template-hash': 'aaa' };
    const apart = service({ ...NAME, 'slipway.dev/colour': 'green' });
    const [both, one] = narrowed([service(), apart], blue, hash);
    expect(both).toMatchObject({ spec: { selector: { ...NAME, ...hash } } });
    expect(one).toBe(apart);
  });

  it.each([
    ['all available', {}, true],
    ['one missing', { available: 1 }, false],
    ['none wanted', { replicas: 0 }, false],
  ])('is up: %s', (_, options, expected) => {
    expect(isUp(deployment(options))).toBe(expected);
  });

  it('is not up while the controller has not seen its last change', () => {
    const changed = deployment();
    expect(isUp({ ...changed, metadata: { ...changed.metadata, generation: 2 } })).toBe(false);
  });
});

describe('canary and baseline', () => {
  const fresh = deployment({ version: '2' });
  const former = deployment({ version: '1' });

  it('have pods that the Service picks and of which each finds its own', () => {
    const made = beside(fresh, 'canary', 3);
    const track = { 'slipway.dev/track': 'canary' };
    expect(made.metadata).toMatchObject({
      name: 'shop-canary',
      labels: { ...NAME, ...track, 'slipway.dev/service': 'shop' },
    });
    expect(made['spec']).toMatchObject({
      replicas: 3,
      selector: { matchLabels: { ...NAME, ...track } },
      template: { metadata: { labels: { ...NAME, ...track, 'app.kubernetes.io/version': '2' } } },
    });
    expect(made.metadata).not.toHaveProperty('uid');
    expect(made).not.toHaveProperty('status');
  });

  it('differ in the template alone', () => {
    const baseline = beside(withTemplateOf(fresh, former), 'baseline', 1);
    expect(baseline['spec']).toMatchObject({
      template: { metadata: { labels: { 'app.kubernetes.io/version': '1' } } },
    });
    expect(fresh['spec']).toMatchObject({ template: { metadata: { labels: { 'app.kubernetes.io/version': '2' } } } });
  });
});
