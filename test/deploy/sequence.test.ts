import { accept } from '../../lib/deploy/accept';
import { deploy } from '../../lib/deploy/deploy';
import type { KubectlFailure } from '../../lib/deploy/kubectl';
import type { LockFailure } from '../../lib/deploy/lock';
import type { KubeObject } from '../../lib/deploy/objects';
import type { Reason } from '../../lib/deploy/outcome';
import type { Parts } from '../../lib/deploy/parts';
import type { Ports } from '../../lib/deploy/ports';
import type { Release } from '../../lib/deploy/release';
import { Report } from '../../lib/deploy/report';
import type { DeployRequest } from '../../lib/deploy/request';
import { restore } from '../../lib/deploy/restore';
import type { End, RollOutContext } from '../../lib/deploy/roll-out';
import { err, ok } from '../../lib/result';
import { deployment, FakeClock, FakeKubectl, FakeLog, FakeStore, failure, listText, object } from './fakes';

const READY: End = { status: 'ready' };
const BAD: End = {
  status: 'failed',
  reason: { code: 'CrashLoop', object: 'Pod/web-1', message: 'it crashes' },
  pods: ['web-1'],
};
const AWAY: End = { status: 'error', reason: { code: 'Unreachable', message: 'the API is away' } };
const TAKEN: End = { status: 'superseded', reason: { code: 'TemplateChanged', message: 'somebody else' } };

const release = (version: string, objects: readonly KubeObject[] = [deployment()]): Release => ({
  id: `id-${version}`,
  service: 'web',
  environment: 'dev',
  namespace: 'web-dev',
  version,
  digest: `sha256:${version}`,
  requestedAt: '2026-11-21T11:00:00.000Z',
  objects,
});

/** Everything that a deploy is put together from, each thing good unless a test says otherwise. */
class World {
  readonly store = new FakeStore();
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly did: string[] = [];
  readonly report = new Report(this.clock, this.log);
  live: readonly KubeObject[] = [];
  kubectl = new FakeKubectl((command, input) => {
    if (command.startsWith('delete')) this.did.push(command);
    if (command.startsWith('apply')) return input;
    return listText(...this.live);
  });
  ends: { bringUp: End; restore: End; settle: End; wait: End; smoke: End } = {
    bringUp: READY,
    restore: READY,
    settle: READY,
    wait: READY,
    smoke: READY,
  };
  superseded = false;
  proven: Awaited<ReturnType<Parts['provenance']>> = ok(undefined);
  mistrust: (version: string) => Reason | undefined = () => undefined;
  lockFailure: LockFailure | undefined;
  rendered: ReturnType<Parts['render']> = Promise.resolve(ok([deployment()]));
  refused: Awaited<ReturnType<Parts['preflight']>>;
  evidence: Parts['evidence'] = async ({ reason }) => void this.did.push(`evidence ${reason.code}`);
  aborting: KubectlFailure | undefined;
  request: DeployRequest = {
    id: 'ours',
    requestedAt: '2026-11-21T12:00:00.000Z',
    service: 'web',
    environment: 'dev',
    namespace: 'web-dev',
    version: '2',
    image: { name: 'web', repository: 'r/web', digest: 'sha256:2' },
    manifests: { kind: 'plain', path: 'k8s' },
    strategy: { kind: 'rolling' },
    limits: { rollout: 60, smoke: 10, settle: 0, lock: 10, unreachable: 10 },
    smoke: { readyPath: '/readyz' },
    alarms: [],
    accept: true,
  };

  good(version: string, objects?: readonly KubeObject[]): this {
    const one = release(version, objects);
    this.store.releases.set(one.id, one);
    this.store.current = { ...this.store.current, good: one.id };
    return this;
  }

  get parts(): Parts {
    const note = (what: string, end: End): End => {
      this.did.push(what);
      return end;
    };
    const bring = (what: 'bringUp' | 'restore') => async (context: RollOutContext) =>
      note(`${what} ${context.release.version}`, this.ends[what]);
    const lock = {
      superseded: async () => (this.superseded ? { code: 'NewerDeploy', message: 'a newer one' } : undefined),
      lost: () => undefined,
      release: async () => void this.did.push('release'),
    };
    return {
      rollOut: {
        prepare: async (objects) => ok(objects),
        bringUp: bring('bringUp'),
        restore: bring('restore'),
        abort: async () => {
          this.did.push('abort');
          return this.aborting ? err(this.aborting) : ok(undefined);
        },
      },
      provenance: async () => this.proven,
      mistrust: async (release) => this.mistrust(release.version),
      takeLock: async () => (this.lockFailure ? err(this.lockFailure) : ok(lock)),
      render: () => this.rendered,
      preflight: async () => this.refused,
      wait: async () => this.ends.wait,
      settle: async () => this.ends.settle,
      smoke: async () => this.ends.smoke,
      evidence: this.evidence,
    };
  }

  get ports(): Ports {
    return {
      kubectl: this.kubectl,
      releases: this.store,
      clock: this.clock,
      random: () => 1,
      fetch,
      alarms: async () => new Map(),
      log: this.log,
      signal: new AbortController().signal,
    };
  }

  deploy = () => deploy(this.request, this.ports, this.parts, this.report);
  accept = () => accept(this.request, this.ports, this.parts, this.report);
  restore = () => restore(this.request, this.ports, this.parts, this.report);
}

const NEW = '20261121T120000000Z-2';

describe('deploy', () => {
  test('a good release is recorded before it is applied, and is good at the end', async () => {
    const world = new World().good('1');
    expect(await world.deploy()).toMatchObject({ outcome: 'Verified' });
    expect(world.store.history[0]).toMatchObject({ good: 'id-1', attempted: { release: NEW } });
    expect(world.store.current).toMatchObject({ good: NEW, previous: 'id-1' });
    expect(world.did).toEqual(['bringUp 2', 'release']);
  });

  test('one that is still judged by others is verified, and the good one stays', async () => {
    const world = new World().good('1');
    world.request = { ...world.request, accept: false };
    expect(await world.deploy()).toMatchObject({ outcome: 'Verified' });
    expect(world.store.current).toMatchObject({ good: 'id-1', verified: NEW });
  });

  test('the last known good release once more keeps what came before it', async () => {
    const world = new World().good('2');
    world.store.current = { ...world.store.current, previous: 'id-1' };
    await world.deploy();
    expect(world.store.current).toMatchObject({ good: NEW, previous: 'id-1' });
  });

  test.each([
    ['its rollout', { bringUp: BAD }],
    ['its settling', { settle: BAD, restore: READY }],
  ])('a release that is bad in %s goes back to the good one', async (_what, ends) => {
    const world = new World().good('1');
    let settled = 0;
    world.ends = { ...world.ends, ...ends };
    const { parts } = world;
    const once: Parts = { ...parts, settle: async () => (settled++ === 0 ? world.ends.settle : READY) };
    const ending = await deploy(world.request, world.ports, once, world.report);
    expect(ending).toMatchObject({
      outcome: 'RolledBack',
      reason: { code: 'CrashLoop', message: 'it crashes; the last known good release 1 serves again' },
    });
    expect(world.did).toEqual(['bringUp 2', 'evidence CrashLoop', 'abort', 'restore 1', 'release']);
    expect(world.store.current).toMatchObject({ good: 'id-1', attempted: { release: 'id-1' } });
  });

  test('the first one that is bad is left as it is', async () => {
    const world = new World();
    world.ends.bringUp = BAD;
    expect(await world.deploy()).toMatchObject({ outcome: 'RollbackFailed' });
    expect(world.did).toEqual(['bringUp 2', 'evidence CrashLoop', 'release']);
    expect(world.store.current.good).toBeUndefined();
  });

  test('a rollback that fails is tried once, and both reasons are told', async () => {
    const world = new World().good('1');
    world.ends = {
      ...world.ends,
      bringUp: BAD,
      restore: { ...BAD, reason: { code: 'ImagePull', message: 'no image' } },
    };
    const { outcome, reason } = await world.deploy();
    expect(outcome).toBe('RollbackFailed');
    expect(reason.message).toBe('it crashes; and 1 could not be put back: no image; a person must look');
    expect(world.did.filter((what) => what.startsWith('restore'))).toHaveLength(1);
    expect(world.did).toContain('evidence ImagePull');
  });

  test('a way back that somebody paused is nobody’s takeover: a person must look', async () => {
    const world = new World().good('1');
    const paused = { code: 'Paused', object: 'Deployment/web', message: 'somebody paused it' };
    world.ends = { ...world.ends, bringUp: BAD, restore: { status: 'superseded', reason: paused } };
    expect(await world.deploy()).toMatchObject({
      outcome: 'RollbackFailed',
      reason: { message: expect.stringContaining('somebody paused it') },
    });
  });

  test('evidence that cannot be kept keeps no bad release in place', async () => {
    const world = new World().good('1');
    world.ends.bringUp = BAD;
    world.evidence = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    expect(await world.deploy()).toMatchObject({ outcome: 'RolledBack' });
    expect(world.log.text).toContain('the evidence could not be kept: ENOSPC');
  });

  test('a rollback goes on where what the rollout made cannot be taken away', async () => {
    const world = new World().good('1');
    world.ends.bringUp = BAD;
    world.aborting = failure('refused', 'no');
    expect(await world.deploy()).toMatchObject({ outcome: 'RolledBack' });
  });

  test.each([
    ['Error', AWAY],
    ['Superseded', TAKEN],
  ])('%s: nothing is judged, nothing is undone', async (outcome, end) => {
    const world = new World().good('1');
    world.ends.bringUp = end;
    expect(await world.deploy()).toMatchObject({ outcome });
    expect(world.did).toEqual(['bringUp 2', 'release']);
    expect(world.store.current.good).toBe('id-1');
  });

  test('what is refused is not recorded as tried, and changes nothing', async () => {
    const world = new World().good('1');
    world.refused = { outcome: 'Refused', reason: { code: 'Paused', message: 'it is paused' } };
    expect(await world.deploy()).toMatchObject({ outcome: 'Refused' });
    expect(world.did).toEqual(['release']);
    expect(world.store.history).toEqual([]);
  });

  test('manifests that are wrong are refused before the lock; a cluster that is away is an error', async () => {
    const wrong = new World();
    wrong.rendered = Promise.resolve(err('one', 'two'));
    expect(await wrong.deploy()).toMatchObject({ outcome: 'Refused', reason: { message: 'one; two' } });
    expect(wrong.did).toEqual([]);
    const away = new World();
    away.rendered = Promise.resolve(err(failure('unreachable')));
    expect(await away.deploy()).toMatchObject({ outcome: 'Error' });
  });

  test('a newer deploy: before the checks by the record, after them by the lock', async () => {
    const late = new World().good('1');
    late.store.current = {
      ...late.store.current,
      attempted: { release: 'x', requestedAt: '2026-11-21T12:00:01.000Z', inventory: [] },
    };
    expect(await late.deploy()).toMatchObject({ outcome: 'Superseded' });
    const waits = new World().good('1');
    waits.superseded = true;
    expect(await waits.deploy()).toMatchObject({ outcome: 'Superseded' });
    for (const { did } of [late, waits]) expect(did).toEqual(['release']);
  });

  test.each<[string, string, LockFailure]>([
    ['a newer deploy', 'Superseded', { kind: 'superseded', reason: { code: 'NewerDeploy', message: 'newer' } }],
    ['a deploy that does not end', 'Refused', { kind: 'busy', reason: { code: 'Locked', message: 'busy' } }],
    ['no namespace', 'Refused', { kind: 'kubectl', failure: failure('not-found', 'namespaces "web-dev" not found') }],
    ['a namespace that goes', 'Refused', { kind: 'kubectl', failure: failure('refused', 'it is being terminated') }],
    ['401', 'Error', { kind: 'kubectl', failure: failure('unauthorized') }],
    ['403', 'Error', { kind: 'kubectl', failure: failure('forbidden') }],
  ])('a lock that cannot be taken for %s: %s', async (_why, outcome, lockFailure) => {
    const world = new World();
    world.lockFailure = lockFailure;
    expect(await world.deploy()).toMatchObject({ outcome });
    expect(world.did).toEqual([]);
  });

  test('the lock is given back also when the program breaks', async () => {
    const world = new World();
    const parts: Parts = {
      ...world.parts,
      preflight: () => Promise.reject(new Error('broken')),
    };
    await expect(deploy(world.request, world.ports, parts, world.report)).rejects.toThrow('broken');
    expect(world.did).toEqual(['release']);
  });

  test('a store that does not take the release stops it before anything is changed', async () => {
    const world = new World();
    world.store.broken = true;
    expect(await world.deploy()).toMatchObject({ outcome: 'Error', reason: { code: 'ReleaseStore' } });
    expect(world.did).toEqual(['release']);
  });

  test('a good release that the store has lost is told before it is needed', async () => {
    const world = new World();
    world.store.current = { good: 'lost' };
    expect(await world.deploy()).toMatchObject({
      outcome: 'Error',
      reason: { message: expect.stringContaining('lost') },
    });
  });

  test('what the bad release added goes, and hash-named configuration of good ones stays', async () => {
    const labels = { 'slipway.dev/service': 'web', 'slipway.dev/environment': 'dev' };
    const mine = (kind: string, name: string) => object(kind, name, { metadata: { name, labels } });
    const world = new World().good('1', [deployment(), mine('ConfigMap', 'a-28ck6hfk27')]);
    world.live = [mine('Service', 'added'), mine('ConfigMap', 'a-28ck6hfk27'), object('Service', 'stranger')];
    world.ends.bringUp = BAD;
    await world.deploy();
    expect(world.did).toContain('delete Service added --namespace web-dev --ignore-not-found --wait=false');
    expect(world.did.filter((what) => what.startsWith('delete'))).toHaveLength(1);
  });
});

describe('what is signed about an image', () => {
  const WRONG: Reason = { code: 'Provenance', message: 'another key signed it' };
  const POLICY = { repository: 'r/web', builders: ['b'], runner: 'codepipeline', source: 's' } as const;

  test('is recorded with the release', async () => {
    const world = new World();
    const provenance = { key: 'k', builder: 'b', source: 's', commit: 'c' };
    world.proven = ok(provenance);
    world.request = { ...world.request, provenance: POLICY };
    await world.deploy();
    expect(world.store.releases.get(NEW)).toMatchObject({ provenance });
    expect(world.report.steps[0]).toMatchObject({ name: 'Provenance', status: 'passed' });
  });

  test('and is wrong: nothing is rendered, locked or asked', async () => {
    const world = new World().good('1');
    world.request = { ...world.request, provenance: POLICY };
    world.proven = err({ outcome: 'Refused', reason: WRONG });
    expect(await world.deploy()).toEqual({ outcome: 'Refused', reason: WRONG });
    expect(world.report.steps).toMatchObject([{ name: 'Provenance', status: 'failed', detail: WRONG.message }]);
    expect([world.kubectl.calls, world.did, world.store.history]).toEqual([0, [], []]);
  });

  test('of the last known good release: a restore ends before the lock, a rollback before anything is put back', async () => {
    const world = new World().good('1');
    world.mistrust = (version) => (version === '1' ? WRONG : undefined);
    expect(await world.restore()).toEqual({ outcome: 'RollbackFailed', reason: WRONG });
    expect([world.kubectl.calls, world.did]).toEqual([0, []]);
    world.ends = { ...world.ends, bringUp: BAD };
    expect(await world.deploy()).toMatchObject({
      outcome: 'RollbackFailed',
      reason: { message: 'it crashes; and another key signed it; a person must look' },
    });
    expect(world.did).not.toContain('restore 1');
  });
});

describe('after pruning', () => {
  const labels = { 'slipway.dev/service': 'web', 'slipway.dev/environment': 'dev' };
  const mine = (kind: string, name: string) => object(kind, name, { metadata: { name, labels } });

  test('a release that needs what was pruned is bad', async () => {
    const world = new World().good('1');
    world.live = [mine('Service', 'web')];
    world.ends.smoke = { ...BAD, reason: { code: 'SmokeTest', message: 'nobody answers' } };
    expect(await world.deploy()).toMatchObject({ outcome: 'RollbackFailed', reason: { code: 'SmokeTest' } });
    expect(world.did).toContain('restore 1');
  });

  test('configuration with a name of its content, and Jobs, are missed by nobody: the service is not asked again', async () => {
    const world = new World().good('1');
    world.live = [mine('ConfigMap', 'b-28ck6hfk27'), mine('Job', 'migrate-28ck6hfk27')];
    world.ends.smoke = BAD;
    expect(await world.deploy()).toMatchObject({ outcome: 'Verified' });
  });
});

describe('accept', () => {
  const waiting = (): World => {
    const world = new World().good('1');
    const next = release('2');
    world.store.releases.set(next.id, next);
    world.store.current = {
      ...world.store.current,
      verified: next.id,
      attempted: { release: next.id, requestedAt: next.requestedAt, inventory: [] },
    };
    world.live = [deployment()];
    return world;
  };

  test('one more good look makes it the good one', async () => {
    const world = waiting();
    expect(await world.accept()).toMatchObject({ outcome: 'Verified' });
    expect(world.store.current).toMatchObject({ good: 'id-2', previous: 'id-1' });
    expect(world.store.current.verified).toBeUndefined();
  });

  test('one that has become bad in the meantime is taken back', async () => {
    const world = waiting();
    world.ends.wait = BAD;
    expect(await world.accept()).toMatchObject({ outcome: 'RolledBack' });
    expect(world.did).toContain('restore 1');
    expect(world.store.current).toMatchObject({ good: 'id-1' });
  });

  test('another template: somebody else was here', async () => {
    const world = waiting();
    world.live = [deployment('web', {}, { containers: [{ name: 'x' }] })];
    expect(await world.accept()).toMatchObject({ outcome: 'Superseded', reason: { code: 'TemplateChanged' } });
    expect(world.store.current.good).toBe('id-1');
  });

  test('another version, or one after which something else was applied, is not accepted', async () => {
    const other = waiting();
    other.request = { ...other.request, version: '3' };
    expect(await other.accept()).toMatchObject({ outcome: 'Superseded' });
    const later = waiting();
    later.store.current = {
      ...later.store.current,
      attempted: { release: 'id-4', requestedAt: '2026-11-21T11:30:00.000Z', inventory: [] },
    };
    expect(await later.accept()).toMatchObject({ outcome: 'Superseded', reason: { code: 'NothingToAccept' } });
  });
});

describe('restore', () => {
  test('without a good release a person must look', async () => {
    expect(await new World().restore()).toMatchObject({ outcome: 'RollbackFailed', reason: { code: 'NoGoodRelease' } });
  });

  test('an environment on its good release is looked at and left alone; one that is not well is put back', async () => {
    const world = new World().good('1');
    world.live = [deployment()];
    world.store.current = {
      ...world.store.current,
      attempted: { release: 'id-1', requestedAt: '2026-11-21T11:00:00.000Z', inventory: [] },
    };
    expect(await world.restore()).toMatchObject({ outcome: 'Verified', reason: { code: 'AlreadyGood' } });
    expect(world.did).toEqual(['release']);
    world.ends.smoke = BAD;
    expect(await world.restore()).toMatchObject({ outcome: 'RolledBack' });
  });
});
