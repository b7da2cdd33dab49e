import { resourceOf } from '../../../lib/local/cluster/api/request';
import { KindTable } from '../../../lib/local/cluster/kind-table';
import { deployment, podSpec, service, TestCluster } from './harness';

let cluster: TestCluster;
let pod: string;
beforeAll(async () => {
  cluster = await TestCluster.start();
  await cluster.apply(deployment({ env: { VERSION: '7' }, replicas: 2 }), service('web', 'ClusterIP'));
  await cluster.ok('rollout status deploy/web --timeout=20s');
  pod = await cluster.ok('get pods -l app=web -o jsonpath={.items[0].metadata.name}');
});
afterAll(() => cluster.stop());

const raw = (path: string) => cluster.kubectl(`get --raw /api/v1/namespaces/default/${path}`);

test.each([
  ['a pod, by its first port', () => `pods/${pod}/proxy/`],
  ['a pod, by number', () => `pods/${pod}:8080/proxy/`],
  ['a pod, with a scheme', () => `pods/http:${pod}:8080/proxy/`],
  ['a pod, without a path', () => `pods/${pod}/proxy`],
  ['a service, by its only port', () => 'services/web/proxy/'],
  ['a service, by name', () => 'services/web:http/proxy/'],
  ['a service, by number', () => 'services/web:80/proxy/'],
])('%s', async (_, path) => {
  expect(await raw(path())).toMatchObject({ code: 0, stdout: '7' });
});

test('a path may hold the word proxy, and so may the name of the pod', async () => {
  const named = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'proxy-of-proxy' }, spec: podSpec() };
  await cluster.apply(named);
  await cluster.ok('wait pod/proxy-of-proxy --for=condition=Ready --timeout=40s');
  expect(await raw('pods/proxy-of-proxy/proxy/proxy/x')).toMatchObject({ code: 0, stdout: '0' });
});

test('paths and queries go on, and answers of errors come back', async () => {
  expect((await raw(`pods/${pod}/proxy/env`)).stdout).toContain('"VERSION":"7"');
  const missing = await raw(`pods/${pod}/proxy/proxy/x?a=b`);
  expect(missing).toMatchObject({ code: 0, stdout: '7' });
});

test.each([
  ['a pod that is not there', 'pods/none/proxy/', /pods "none" not found/],
  ['a port that the pod does not have', () => `pods/${pod}:81/proxy/`, /connection refused/],
  ['a port that the service does not have', 'services/web:81/proxy/', /no service port "81" found for service "web"/],
])('%s is an error', async (_, path, why) => {
  const ran = await raw(typeof path === 'string' ? path : path());
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(why);
});

test('a path that cannot be read names nothing', () => {
  expect(resourceOf('/api/v1/pods/%zz', new KindTable())).toBeUndefined();
  expect(resourceOf('/api/v1/pods/%7a', new KindTable())).toMatchObject({ name: 'z' });
});

test('a service without ready pods is unavailable', async () => {
  await cluster.apply(service('idle'));
  expect((await raw('services/idle/proxy/')).stderr).toContain('no endpoints available for service "idle"');
});

test('evictions keep the disruption budget', async () => {
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
  };
  await cluster.apply(budget);
  await cluster.ok('wait pdb/b --for=jsonpath={.status.currentHealthy}=2 --timeout=40s');
  const eviction = JSON.stringify({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: pod, namespace: 'default' },
  });
  const evict = () => cluster.kubectl(`create --raw /api/v1/namespaces/default/pods/${pod}/eviction -f -`, eviction);
  const refused = await evict();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("Cannot evict pod as it would violate the pod's disruption budget.");
  await cluster.ok('patch pdb b --type=merge -p \'{"spec":{"minAvailable":1}}\'');
  await cluster.ok('wait pdb/b --for=jsonpath={.status.disruptionsAllowed}=1 --timeout=40s');
  expect(await evict()).toMatchObject({ code: 0 });
  await cluster.ok(`wait pod/${pod} --for=delete --timeout=40s`);
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
