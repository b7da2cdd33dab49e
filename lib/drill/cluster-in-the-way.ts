import { type Drill, GOOD, NEXT } from './drill';
import type { Manifest } from './manifests';
import { templateOf, untilPodOf } from './observe';

const family = 'cluster-in-the-way' as const;
const verified = { outcome: 'Verified', reason: /./, serves: NEXT, failedRequests: 0 } as const;
const FAULTS = 'its fault is one of the API server';
/** A rollout that is under way for some seconds. */
const slow = (manifests: Manifest[]) => {
  Object.assign(manifests[0]?.['spec'], { minReadySeconds: 3 });
};

export const CLUSTER_IN_THE_WAY: readonly Drill[] = [
  {
    number: 22,
    name: 'pods-refused',
    family,
    summary: 'a quota, or an admission webhook, refuses the new pods',
    expects: { outcome: ['RolledBack', 'Refused'], reason: /quota/i, serves: GOOD, failedRequests: 0 },
    async run(stage) {
      const release = await stage.release(NEXT);
      if (stage.faults) {
        await stage.faults.put({
          kind: 'deny',
          resources: ['pods'],
          namespaces: [stage.namespace],
          labels: { 'app.kubernetes.io/version': NEXT },
          message: 'images must be signed',
        });
        const denied = await stage.deploy(release, { rollout: 600 });
        const told = denied.outcome === 'RolledBack' && /images must be signed/.test(denied.said);
        stage.check(told, `pods that a webhook refuses ended ${denied.said}`);
        await stage.faults.clear();
      }
      const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: stage.service } };
      await stage.apply({ ...quota, spec: { hard: { pods: '2' } } });
      stage.atEnd(() => stage.ok(['delete', 'resourcequota', stage.service]));
      return stage.deploy(release, { rollout: 600 });
    },
  },
  {
    number: 23,
    name: 'throttled',
    family,
    summary: 'the API answers 429, with Retry-After and without',
    expects: verified,
    onlyEmbedded: FAULTS,
    async run(stage) {
      const match = { path: `/namespaces/${stage.namespace}/`, userAgent: '^kubectl' };
      await stage.faults?.put(
        { kind: 'throttle', retryAfter: 1, count: 2, skip: 2, match },
        { kind: 'throttle', count: 2, skip: 6, match },
      );
      const ended = await stage.deploy(await stage.release(NEXT));
      const strikes = await stage.faults?.strikes();
      stage.check(strikes?.join() === '2,2', `429 was answered ${strikes?.join()} times, not 2,2`);
      return ended;
    },
  },
  {
    number: 24,
    name: 'api-away',
    family,
    summary: 'the API server is killed for some 12 s',
    expects: verified,
    onlyEmbedded: FAULTS,
    alone: true,
    async run(stage) {
      const deployer = stage.start(await stage.release(NEXT, { edit: slow }), { unreachable: 60, rollout: 60 });
      await untilPodOf(stage, NEXT);
      await stage.faults?.apiDown(12);
      return deployer.ended;
    },
  },
  {
    number: 25,
    name: 'credentials-expired',
    family,
    summary: 'the credentials expire in the middle of the rollout',
    expects: { outcome: 'Error', reason: /credentials|401|unauthorized|log/i, serves: NEXT, failedRequests: 0 },
    onlyEmbedded: FAULTS,
    alone: true,
    async run(stage) {
      const release = await stage.release(NEXT, { edit: slow });
      const deployer = stage.start(release, { unreachable: 5 });
      await untilPodOf(stage, NEXT);
      await stage.faults?.put({ kind: 'unauthorized', match: { userAgent: '^kubectl' } });
      const ended = await deployer.ended;
      await stage.faults?.clear();
      stage.check((await templateOf(stage)).includes(release.digest), 'the rollout was undone without a verdict');
      await stage.ok(['rollout', 'status', `deployment/${stage.service}`, '--timeout=30s']);
      return ended;
    },
  },
  {
    number: 26,
    name: 'deployer-killed',
    family,
    summary: 'the deployer is killed in the middle of the rollout; it is run again',
    expects: verified,
    async run(stage) {
      const release = await stage.release(NEXT, { edit: slow });
      const deployer = stage.start(release);
      await untilPodOf(stage, NEXT);
      deployer.kill('SIGKILL');
      await deployer.ended;
      await stage.expireLock();
      return stage.deploy(release);
    },
  },
  {
    number: 27,
    name: 'two-at-once',
    family,
    summary: 'two deploys at once: the newer one wins, the older one says so',
    expects: { outcome: 'Superseded', reason: /3\.0\.0|newer/i, serves: '3.0.0', failedRequests: 0 },
    async run(stage) {
      const older = stage.start(await stage.release(NEXT, { edit: slow }));
      await untilPodOf(stage, NEXT);
      const newer = await stage.deploy(await stage.release('3.0.0'), { lock: 60 });
      stage.check(newer.outcome === 'Verified', `the newer one ended ${newer.said}`);
      return older.ended;
    },
  },
];
