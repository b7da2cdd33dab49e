import type { Lease } from '../../lib/deploy/lease';
import { type Holder, type LockOptions, takeLock } from '../../lib/deploy/lock';
import { FakeClock, FakeKubectl, FakeLog, failure } from './fakes';

const OURS: Holder = { id: 'ours', version: '2.0.0', requestedAt: '2026-11-21T11:59:00.000Z' };

const clusters: Cluster[] = [];
// A lock that a failing test leaves behind would be renewed for ever.
afterEach(() => {
  for (const cluster of clusters.splice(0)) cluster.stop.abort();
});

/** A Lease in an API that knows resource versions; `clock` is everybody's. */
class Cluster {
  lease: Lease | undefined;
  away = false;
  /** Why nothing can be created, in the words of the API. */
  refuses = '';
  private version = 0;
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly stop = new AbortController();
  /** Called before each command, e.g. to let somebody else act. */
  before: (command: string) => void = () => {};
  readonly kubectl = new FakeKubectl((command, input) => {
    this.before(command);
    if (this.away) return failure('unreachable');
    const [verb] = command.split(' ');
    if (verb === 'get') return this.lease ? JSON.stringify(this.lease) : '';
    const wanted = JSON.parse(input) as Lease;
    if (verb === 'create' && this.refuses) return failure('refused', this.refuses);
    if (verb === 'create' && this.lease) return failure('conflict');
    if (verb === 'replace' && wanted.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) {
      return failure('conflict');
    }
    return JSON.stringify(this.put(wanted));
  });

  constructor() {
    clusters.push(this);
  }

  put(lease: Lease): Lease {
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: `${++this.version}` } };
    return this.lease;
  }

  /** Somebody else has it. */
  heldBy(
    id: string,
    { requestedAt = '2026-11-21T11:00:00.000Z', seconds = 60, waiting = '', renewed = '' } = {},
  ): void {
    const now = this.clock.now().toISOString().replace('Z', '000Z');
    this.put({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: 'slipway-web-dev',
        namespace: 'web-dev',
        annotations: {
          'slipway.dev/requested-at': requestedAt,
          'slipway.dev/version': '1.0.0',
          ...(waiting ? { 'slipway.dev/waiting': waiting, 'slipway.dev/waiting-renewed': renewed } : {}),
        },
      },
      spec: { holderIdentity: id, leaseDurationSeconds: seconds, renewTime: now },
    });
  }

  take(given: Partial<LockOptions> = {}) {
    const { kubectl, clock, log } = this;
    const options = { namespace: 'web-dev', service: 'web', environment: 'dev', holder: OURS, wait: 100, duration: 60 };
    const ports = { kubectl, lastKubectl: kubectl, clock, random: () => 1, log, signal: this.stop.signal };
    return takeLock({ ...options, ...given }, ports);
  }

  /** Taken, or the test fails. */
  async hold() {
    const taken = await this.take();
    if (!taken.ok) throw new Error(JSON.stringify(taken.errors));
    return taken.value;
  }
}

test('a lock that nobody has', async () => {
  const cluster = new Cluster();
  const lock = await cluster.hold();
  expect(cluster.lease).toMatchObject({
    metadata: {
      name: 'slipway-web-dev',
      labels: { 'slipway.dev/service': 'web', 'slipway.dev/environment': 'dev' },
      annotations: { 'slipway.dev/requested-at': OURS.requestedAt, 'slipway.dev/version': '2.0.0' },
    },
    spec: { holderIdentity: 'ours', leaseDurationSeconds: 60, leaseTransitions: 0 },
  });
  expect(cluster.lease?.spec.renewTime).toMatch(/^2026-11-21T12:00:00\.000000Z$/);
  await lock.release();
  expect(cluster.lease?.spec.holderIdentity).toBe('');
  const again = await cluster.hold();
  expect(cluster.lease?.spec).toMatchObject({ holderIdentity: 'ours', leaseTransitions: 1 });
  await again.release();
});

test('one that was left by a killed deploy is taken over when it has expired, and not before', async () => {
  const cluster = new Cluster();
  cluster.heldBy('killed', { seconds: 60 });
  const started = cluster.clock.now().getTime();
  const lock = await cluster.hold();
  expect(cluster.clock.now().getTime() - started).toBeGreaterThan(60_000);
  expect(cluster.log.text).toContain('killed let it expire; taken over');
  await lock.release();
});

test('one that is held for longer than we wait', async () => {
  const cluster = new Cluster();
  cluster.before = () => cluster.lease && cluster.heldBy('busy');
  cluster.heldBy('busy');
  expect(await cluster.take({ wait: 30 })).toMatchObject({
    ok: false,
    errors: [
      { kind: 'busy', reason: { code: 'Locked', message: expect.stringContaining('busy (1.0.0) held it for all') } },
    ],
  });
});

test('a newer deploy that holds it, or waits for it, supersedes us at once', async () => {
  const holds = new Cluster();
  holds.heldBy('newer', { requestedAt: '2026-11-21T11:59:30.000Z' });
  expect(await holds.take()).toMatchObject({ errors: [{ kind: 'superseded', reason: { code: 'NewerDeploy' } }] });
  const waits = new Cluster();
  const renewed = waits.clock.now().toISOString();
  waits.heldBy('older', { waiting: '2026-11-21T11:59:30.000Z next 3.0.0', renewed });
  expect(await waits.take()).toMatchObject({
    errors: [{ kind: 'superseded', reason: { message: 'a newer deploy waits: next (3.0.0)' } }],
  });
});

test('one that waited and was killed is nobody’s successor', async () => {
  const cluster = new Cluster();
  cluster.heldBy('older', { waiting: '2026-11-21T11:59:30.000Z ghost 3.0.0', renewed: '2026-11-21T11:59:29.000Z' });
  await (await cluster.hold()).release();
});

test('whoever waits says so in the lock, and goes on saying it', async () => {
  const cluster = new Cluster();
  cluster.heldBy('older');
  const seen = new Set<string | undefined>();
  cluster.before = () => {
    const annotations = cluster.lease?.metadata.annotations;
    seen.add(annotations?.['slipway.dev/waiting-renewed']);
    if (annotations?.['slipway.dev/waiting']) {
      expect(annotations['slipway.dev/waiting']).toBe('2026-11-21T11:59:00.000Z ours 2.0.0');
    }
  };
  const lock = await cluster.hold();
  expect(seen.size).toBeGreaterThan(4);
  expect(cluster.lease?.metadata.annotations).not.toHaveProperty(['slipway.dev/waiting']);
  await lock.release();
});

test('the holder sees a newer deploy that waits, and no older one', async () => {
  const cluster = new Cluster();
  const lock = await cluster.hold();
  const wait = (requestedAt: string): void => {
    const lease = cluster.lease as Lease;
    const renewed = cluster.clock.now().toISOString();
    const annotations = {
      ...lease.metadata.annotations,
      'slipway.dev/waiting': `${requestedAt} next 3.0.0`,
      'slipway.dev/waiting-renewed': renewed,
    };
    cluster.put({ ...lease, metadata: { ...lease.metadata, annotations } });
  };
  wait('2026-11-21T10:00:00.000Z');
  cluster.clock.pass(3_000);
  expect(await lock.superseded()).toBeUndefined();
  wait('2026-11-21T11:59:30.000Z');
  cluster.clock.pass(3_000);
  expect(await lock.superseded()).toMatchObject({ code: 'NewerDeploy' });
  expect(lock.lost()).toBeUndefined();
  await lock.release();
  expect(cluster.lease?.metadata.annotations).toHaveProperty(['slipway.dev/waiting']);
});

test('it is renewed in time, over what others write into it, and after the API was away', async () => {
  const cluster = new Cluster();
  const lock = await cluster.hold();
  const end = cluster.clock.now().getTime() + 300_000;
  let turns = 0;
  while (cluster.clock.now().getTime() < end) {
    await new Promise(setImmediate);
    if (++turns % 7 === 0) cluster.put(cluster.lease as Lease);
    cluster.away = turns % 5 === 0;
    const age = cluster.clock.now().getTime() - Date.parse(cluster.lease?.spec.renewTime ?? '');
    expect(age).toBeLessThan(60_000);
  }
  cluster.away = false;
  expect(lock.lost()).toBeUndefined();
  await lock.release();
  expect(cluster.lease?.spec.holderIdentity).toBe('');
});

test('one that somebody else took over is lost, and is not given back', async () => {
  const cluster = new Cluster();
  const lock = await cluster.hold();
  cluster.heldBy('thief');
  cluster.clock.pass(3_000);
  expect(await lock.superseded()).toMatchObject({
    code: 'LockLost',
    message: 'the lock was taken over by thief (1.0.0)',
  });
  expect(lock.lost()).toBeDefined();
  await lock.release();
  expect(cluster.lease?.spec.holderIdentity).toBe('thief');
});

test('one that somebody deleted is taken again, since nobody else has it', async () => {
  const cluster = new Cluster();
  const lock = await cluster.hold();
  cluster.lease = undefined;
  cluster.clock.pass(10_000);
  expect(await lock.superseded()).toBeUndefined();
  expect(cluster.lease).toMatchObject({ spec: { holderIdentity: 'ours' } });
  await lock.release();
  expect(cluster.lease).toMatchObject({ spec: { holderIdentity: '' } });
});

test('one that was deleted and cannot be taken again, with its namespace, is lost', async () => {
  const cluster = new Cluster();
  const lock = await cluster.hold();
  cluster.lease = undefined;
  cluster.refuses = 'forbidden: unable to create new content in namespace web-dev because it is being terminated';
  cluster.clock.pass(10_000);
  expect(await lock.superseded()).toMatchObject({
    code: 'LockLost',
    message: expect.stringContaining('being terminated'),
  });
});

test('of two that create it in the same moment one waits', async () => {
  const cluster = new Cluster();
  cluster.before = (command) => {
    if (command.startsWith('create') && !cluster.lease)
      cluster.heldBy('quicker', { requestedAt: '2026-11-21T11:59:30.000Z' });
  };
  expect(await cluster.take()).toMatchObject({ errors: [{ kind: 'superseded' }] });
});

test('told to stop while it waits', async () => {
  const cluster = new Cluster();
  cluster.heldBy('busy');
  cluster.stop.abort();
  expect(await cluster.take()).toMatchObject({ errors: [{ kind: 'kubectl', failure: { kind: 'stopped' } }] });
});

test('an API that is away when it is given back: it ends by itself', async () => {
  const cluster = new Cluster();
  const lock = await cluster.hold();
  cluster.away = true;
  await lock.release();
  expect(cluster.log.text).toContain('ends by itself after 60 s');
});
