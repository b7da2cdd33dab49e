import { call } from '../../../../lib/local/cluster/client';
import { FaultClient } from '../../../../lib/local/cluster/faults/client';
import { FAULTS_PATH } from '../../../../lib/local/cluster/faults/schema';
import { deployment, fetchText, service, TestCluster } from '../harness';

let cluster: TestCluster;
let faults: FaultClient;

beforeAll(async () => {
  cluster = await TestCluster.start();
  faults = new FaultClient(cluster.running, 'test');
});
afterEach(() => faults.clear());
afterAll(() => cluster.stop());

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } });

describe('faults of the API', () => {
  test('429 with Retry-After is retried by kubectl itself, and succeeds', async () => {
    await faults.put({ kind: 'throttle', retryAfter: 0, count: 2, match: { path: '/configmaps' } });
    expect(await cluster.kubectl('get configmaps')).toMatchObject({ code: 0 });
    expect(await faults.strikes()).toEqual([2]);
  });

  test('429 without Retry-After fails at once', async () => {
    await faults.put({ kind: 'throttle', count: 1, match: { path: '/configmaps' } });
    const ran = await cluster.kubectl('get configmaps');
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('TooManyRequests') });
    expect(await cluster.kubectl('get configmaps')).toMatchObject({ code: 0 });
  });

  test('500 without Retry-After fails at once, and only where the selector fits', async () => {
    await faults.put({ kind: 'error', match: { methods: ['GET'], path: '/secrets', userAgent: '^kubectl' } });
    expect((await cluster.kubectl('get secrets')).stderr).toContain('(InternalError)');
    expect(await cluster.kubectl('get configmaps')).toMatchObject({ code: 0 });
    await cluster.get('/api/v1/secrets');
  });

  test('401 reads as for an expired token, also for paths that are open to all', async () => {
    await faults.put({ kind: 'unauthorized' });
    expect((await cluster.kubectl('get pods')).stderr).toContain('You must be logged in to the server');
    expect(await cluster.kubectl('get --raw /version')).toMatchObject({ code: 1 });
    await faults.clear();
    expect(await cluster.kubectl('get pods')).toMatchObject({ code: 0 });
  });

  test('a connection cut before the request is looked at leaves nothing, one cut after it leaves the object', async () => {
    await faults.put({ kind: 'drop', when: 'before', count: 1, match: { methods: ['POST'] } });
    expect((await cluster.kubectl('create configmap before')).stderr).toContain('EOF');
    expect((await cluster.kubectl('get configmap before')).stderr).toContain('NotFound');
    await faults.put({ kind: 'drop', when: 'after', count: 1, match: { methods: ['POST'] } });
    expect((await cluster.kubectl('create configmap after')).stderr).toContain('EOF');
    expect(await cluster.kubectl('get configmap after')).toMatchObject({ code: 0 });
  });

  test('`kubectl wait` survives watches that are cut', async () => {
    await cluster.apply(deployment({ name: 'cut', env: { UNREADY: '1' } }));
    await faults.put({ kind: 'cut-watch', after: 50, count: 2, match: { path: 'metadata.name%3Dcut' } });
    const waited = cluster.kubectl('wait deployment/cut --for=jsonpath={.spec.paused}=true --timeout=20s');
    while ((await faults.strikes())[0] !== 2) await cluster.ok('get deployment cut');
    await cluster.ok('rollout pause deployment/cut');
    expect(await waited).toMatchObject({ code: 0 });
  });

  test('the API goes and comes back on the same port; pods and Services do not notice', async () => {
    await cluster.apply(deployment({ name: 'stays', env: { VERSION: '7' } }), service('stays'));
    await cluster.ok('rollout status deployment/stays --timeout=20s');
    const url = await cluster.url('stays');
    await faults.apiDown(0.5);
    expect((await cluster.kubectl('get --raw /version --request-timeout=5s')).code).toBe(1);
    expect(await fetchText(url)).toBe('7');
    while ((await cluster.kubectl('get --raw /version')).code !== 0) expect(await fetchText(url)).toBe('7');
    await cluster.ok('scale deployment/stays --replicas=2');
    await cluster.ok('wait deployment/stays --for=jsonpath={.status.readyReplicas}=2 --timeout=20s');
  });

  test('an admission webhook refuses pods that controllers make, by their labels', async () => {
    const labels = { app: 'denied' };
    await faults.put({ kind: 'deny', resources: ['pods'], namespaces: ['default'], labels, message: 'not today' });
    await cluster.apply(deployment({ name: 'denied' }), deployment({ name: 'welcome' }));
    await cluster.ok('rollout status deployment/welcome --timeout=20s');
    const condition = '{.status.conditions[?(@.type=="ReplicaFailure")].message}';
    await cluster.ok('wait deployment/denied --for=condition=ReplicaFailure --timeout=20s');
    expect(await cluster.ok(`get deployment denied -o 'jsonpath=${condition}'`)).toMatch(
      /admission webhook "faults.slipway.dev" denied the request: not today/,
    );
  });

  test('an admission webhook that is not asked for dry runs refuses what a dry run let pass', async () => {
    await faults.put({ kind: 'deny', resources: ['configmaps'], message: 'not today', dryRun: false });
    const given = JSON.stringify(configMap('refused'));
    expect(await cluster.kubectl('apply --dry-run=server -f -', given)).toMatchObject({ code: 0 });
    const ran = await cluster.kubectl('apply -f -', given);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('denied the request: not today') });
  });
});

describe('where faults are put', () => {
  test('what is no fault is refused with the key that is wrong, and nothing is put', async () => {
    await expect(faults.put({ kind: 'latency', milliseconds: -1, match: { path: '(' } })).rejects.toThrow(
      /faults.0.match.path: is no regular expression/,
    );
    await expect(faults.strikes()).rejects.toThrow(/404/);
  });

  test('sets of different names act side by side', async () => {
    const other = new FaultClient(cluster.running, 'other');
    await other.put({ kind: 'error', match: { path: '/secrets' } });
    await faults.put({ kind: 'error', match: { path: '/configmaps' } });
    expect(await cluster.kubectl('get secrets')).toMatchObject({ code: 1 });
    await other.clear();
    expect(await cluster.kubectl('get secrets')).toMatchObject({ code: 0 });
    expect(await cluster.kubectl('get configmaps')).toMatchObject({ code: 1 });
  });

  test('nobody but the administrator', async () => {
    const answer = await call({ ...cluster.running, token: 'wrong' }, 'PUT', `${FAULTS_PATH}/test`, {});
    expect(answer.status).toBe(401);
  });
});
