import { containerInsights } from '../../../lib/local/cluster/insights';
import { deployment, fetchText, service, TestCluster } from './harness';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

const PATIENT = { container: { lifecycle: { preStop: { sleep: { seconds: 1 } } } } };

let going = false;
afterEach(() => {
  going = false;
});

/** Asks over and over until told to stop or the test ends; gives every answer. */
function poll(url: string): { stop(): Promise<string[]> } {
  const answers: string[] = [];
  going = true;
  const done = (async () => {
    while (going) answers.push(await fetchText(url));
  })();
  return {
    async stop() {
      going = false;
      await done;
      return answers;
    },
  };
}

interface Replicas {
  metadata: { generation: number; annotations: Record<string, string> };
  status: Record<string, number> & { conditions: { type: string; status: string; reason: string }[] };
}
const read = (name: string) => cluster.get<Replicas>(`/apis/apps/v1/namespaces/default/deployments/${name}`);

test('a good release replaces the old one without one failed request', async () => {
  await cluster.apply(deployment({ ...PATIENT, replicas: 3, env: { VERSION: '1' } }), service());
  expect(await cluster.ok('rollout status deploy/web --timeout=20s')).toContain('successfully rolled out');
  const polling = poll(await cluster.url('web'));
  await cluster.apply(deployment({ ...PATIENT, replicas: 3, env: { VERSION: '2' } }));
  await cluster.ok('rollout status deploy/web --timeout=20s');
  const answers = await polling.stop();
  expect([...new Set(answers)].sort()).toEqual(['1', '2']);
  expect(answers.at(-1)).toBe('2');
  const { metadata, status } = await read('web');
  expect(metadata.generation).toBe(2);
  expect(status).toMatchObject({ observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
  expect(status).not.toHaveProperty('unavailableReplicas');
  const insights = containerInsights(cluster.running, 'test');
  const ask = (metricName: string, dimensions: Record<string, string> = {}) =>
    insights({ namespace: 'ContainerInsights', metricName, dimensions: { ClusterName: 'test', ...dimensions } });
  const web = { Namespace: 'default', PodName: 'web' };
  expect(await ask('replicas_desired', web)).toBe(3);
  expect(await ask('status_replicas_available', web)).toBe(3);
  expect(await ask('status_replicas_unavailable', web)).toBe(0);
  expect(await ask('replicas_desired', { ...web, PodName: 'absent' })).toBeUndefined();
  expect(await ask('pod_number_of_container_restarts', web)).toBe(0);
  expect(await ask('service_number_of_running_pods', { Namespace: 'default', Service: 'web' })).toBeGreaterThanOrEqual(
    3,
  );
  expect(await ask('cluster_node_count')).toBe(1);
  expect(await ask('cluster_failed_node_count')).toBe(0);
  expect(await ask('node_status_condition_ready')).toBe(1);
  expect(await ask('pod_cpu_utilization', web)).toBeUndefined();
});

test('a release that never gets ready misses its deadline, the old one serves throughout, undo brings it back', async () => {
  const spec = { progressDeadlineSeconds: 2 };
  const good = deployment({ name: 'shop', replicas: 2, env: { VERSION: 'good' }, spec, ...PATIENT });
  await cluster.apply(good, service('shop'));
  await cluster.ok('rollout status deploy/shop --timeout=20s');
  const polling = poll(await cluster.url('shop'));
  await cluster.apply(
    deployment({ name: 'shop', replicas: 2, env: { VERSION: 'bad', UNREADY: '1' }, spec, ...PATIENT }),
  );
  const status = await cluster.kubectl('rollout status deploy/shop --timeout=20s');
  expect(status).toMatchObject({ code: 1 });
  expect(status.stderr).toContain('deployment "shop" exceeded its progress deadline');
  const failed = await read('shop');
  expect(failed.status).toMatchObject({ updatedReplicas: 1, availableReplicas: 2 });
  expect(failed.status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }),
  );
  await cluster.ok('rollout undo deploy/shop');
  expect(await cluster.ok('rollout status deploy/shop --timeout=20s')).toContain('successfully rolled out');
  expect(new Set(await polling.stop())).toEqual(new Set(['good']));
  const history = await cluster.ok('rollout history deploy/shop');
  expect(history.match(/^\d+/gm)).toEqual(['2', '3']);
});

test('a configuration map with a new name rolls the pods, an edit in place does not', async () => {
  const map = (name: string, value: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { VERSION: value },
  });
  const app = (name: string) =>
    deployment({ name: 'conf', container: { envFrom: [{ configMapRef: { name } }], env: [] } });
  await cluster.apply(map('conf-a', 'a'), app('conf-a'), service('conf'));
  await cluster.ok('rollout status deploy/conf --timeout=20s');
  await cluster.apply(map('conf-a', 'changed'));
  expect((await read('conf')).metadata.generation).toBe(1);
  expect(await fetchText(await cluster.url('conf'))).toBe('a');
  await cluster.apply(map('conf-b', 'b'), app('conf-b'));
  await cluster.ok('rollout status deploy/conf --timeout=20s');
  expect(await fetchText(await cluster.url('conf'))).toBe('b');
});

test('Recreate ends the old pods before it starts new ones', async () => {
  const app = (version: string) =>
    deployment({ name: 'single', env: { VERSION: version }, spec: { strategy: { type: 'Recreate' } } });
  await cluster.apply(app('1'));
  await cluster.ok('rollout status deploy/single --timeout=20s');
  await cluster.apply(app('2'));
  await cluster.ok('rollout status deploy/single --timeout=20s');
  const events = await cluster.get<{ items: { involvedObject: { name: string }; message: string }[] }>(
    '/api/v1/namespaces/default/events?fieldSelector=reason=ScalingReplicaSet,involvedObject.name=single',
  );
  expect(events.items).toHaveLength(3);
  const down = events.items.find((event) => event.message.startsWith('Scaled down'));
  expect(down?.message).toMatch(/from 1 to 0/);
});

test('a paused Deployment stays as it is until it is resumed', async () => {
  await cluster.apply(deployment({ name: 'calm', env: { VERSION: '1' } }));
  await cluster.ok('rollout status deploy/calm --timeout=20s');
  await cluster.ok('rollout pause deploy/calm');
  await cluster.ok('set env deploy/calm VERSION=2');
  await cluster.ok('wait deploy/calm --for=jsonpath={.status.observedGeneration}=3 --timeout=5s');
  expect((await read('calm')).status).not.toHaveProperty('updatedReplicas');
  await cluster.ok('rollout resume deploy/calm');
  await cluster.ok('rollout status deploy/calm --timeout=20s');
  expect((await read('calm')).status['updatedReplicas']).toBe(1);
});

test('restart rolls the same template anew, scaling does not', async () => {
  await cluster.apply(deployment({ name: 'again' }));
  await cluster.ok('rollout status deploy/again --timeout=20s');
  await cluster.ok('rollout restart deploy/again');
  await cluster.ok('rollout status deploy/again --timeout=20s');
  expect((await read('again')).metadata.annotations['deployment.kubernetes.io/revision']).toBe('2');
  await cluster.ok('scale deploy/again --replicas=3');
  await cluster.ok('rollout status deploy/again --timeout=20s');
  expect((await read('again')).status).toMatchObject({ replicas: 3, availableReplicas: 3 });
  expect((await read('again')).metadata.annotations['deployment.kubernetes.io/revision']).toBe('2');
});

test('minReadySeconds holds a ready pod back', async () => {
  await cluster.apply(deployment({ name: 'slow', spec: { minReadySeconds: 2 } }));
  await cluster.ok('wait deploy/slow --for=jsonpath={.status.readyReplicas}=1 --timeout=40s');
  expect((await read('slow')).status).not.toHaveProperty('availableReplicas');
  await cluster.ok('rollout status deploy/slow --timeout=20s');
  expect((await read('slow')).status['availableReplicas']).toBe(1);
});

test('a budget that is applied again changes nothing, though kubectl says configured as with any API server', async () => {
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'again' } } },
  };
  await cluster.apply(budget);
  await cluster.ok('wait pdb/web --for=jsonpath={.status.disruptionsAllowed}=2 --timeout=40s');
  const version = () => cluster.ok('get pdb web -o jsonpath={.metadata.resourceVersion},{.metadata.generation}');
  const before = await version();
  // Its selector's patch strategy is `replace`, so that kubectl's patch is never empty.
  expect(await cluster.apply(budget)).toContain('configured');
  expect(await version()).toBe(before);
  expect(await cluster.ok('apply --server-side --force-conflicts -f -', JSON.stringify(budget))).toContain(
    'serverside-applied',
  );
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
