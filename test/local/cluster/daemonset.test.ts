import { podSpec, TestCluster } from './harness';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

const agent = (name: string, env: Record<string, string>, spec: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    ...spec,
    template: {
      metadata: { labels: { app: name } },
      spec: podSpec({ env, pod: { terminationGracePeriodSeconds: 1 } }),
    },
  },
});

interface Seen {
  metadata: { generation: number };
  status: Record<string, number>;
}
const read = (name: string) => cluster.get<Seen>(`/apis/apps/v1/namespaces/default/daemonsets/${name}`);
const status = (name: string) => cluster.ok(`rollout status ds/${name} --timeout=20s`);
const versions = async (name: string): Promise<string[]> =>
  (await cluster.ok(`get pods -l app=${name} -o 'jsonpath={range .items[*]}{.spec.containers[0].env[0].value} {end}'`))
    .trim()
    .split(' ');

test('one pod runs on the one node, rolls with its template, and goes back', async () => {
  await cluster.apply(agent('log', { VERSION: '1' }));
  expect(await status('log')).toContain('daemon set "log" successfully rolled out');
  await cluster.apply(agent('log', { VERSION: '2' }));
  await status('log');
  expect(await versions('log')).toEqual(['2']);
  expect(await read('log')).toMatchObject({
    status: {
      observedGeneration: 2,
      desiredNumberScheduled: 1,
      currentNumberScheduled: 1,
      numberMisscheduled: 0,
      numberReady: 1,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
    },
  });
  expect((await read('log')).status).not.toHaveProperty('numberUnavailable');
  expect((await cluster.ok('rollout history ds/log')).match(/^\d+/gm)).toEqual(['1', '2']);
  await cluster.ok('rollout undo ds/log');
  await status('log');
  expect(await versions('log')).toEqual(['1']);
  await cluster.ok('rollout restart ds/log');
  await status('log');
  expect(await cluster.ok('get ds log')).toMatch(/log\s+1\s+1\s+1\s+1\s+1\s+<none>/);
});

test('a broken update waits until its template is put back, without a hand on the pod', async () => {
  await cluster.apply(agent('bad', { VERSION: '1' }));
  await status('bad');
  await cluster.apply(agent('bad', { VERSION: '2', UNREADY: '1' }));
  await cluster.ok('wait ds/bad --for=jsonpath={.status.numberUnavailable}=1 --timeout=40s');
  expect(await cluster.kubectl('rollout status ds/bad --timeout=1s')).toMatchObject({ code: 1 });
  await cluster.apply(agent('bad', { VERSION: '1' }));
  await status('bad');
  expect(await versions('bad')).toEqual(['1']);
});

test('with a surge the old pod stays until the new one is available', async () => {
  const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
  await cluster.apply(agent('surge', { VERSION: '1' }, spec));
  await status('surge');
  await cluster.apply(agent('surge', { VERSION: '2', UNREADY: '1' }, spec));
  await cluster.ok('wait ds/surge --for=jsonpath={.status.updatedNumberScheduled}=1 --timeout=40s');
  expect((await versions('surge')).sort()).toEqual(['1', '2']);
  const old = (await cluster.ok('get pods -l app=surge -o name')).trim().replaceAll('\n', ' ');
  await cluster.apply(agent('surge', { VERSION: '3' }, spec));
  await status('surge');
  // The status is of the new pod; the old one has its grace period.
  await cluster.ok(`wait --for=delete ${old} --timeout=20s`);
  expect(await versions('surge')).toEqual(['3']);
});

test('OnDelete leaves the pod, a node selector that does not fit takes it away', async () => {
  const spec = { updateStrategy: { type: 'OnDelete' } };
  await cluster.apply(agent('hand', { VERSION: '1' }, spec));
  await cluster.ok('wait ds/hand --for=jsonpath={.status.numberReady}=1 --timeout=40s');
  await cluster.apply(agent('hand', { VERSION: '2' }, spec));
  await cluster.ok('wait ds/hand --for=jsonpath={.status.observedGeneration}=2 --timeout=40s');
  expect(await versions('hand')).toEqual(['1']);
  await cluster.ok('delete pod -l app=hand');
  await cluster.ok('wait ds/hand --for=jsonpath={.status.updatedNumberScheduled}=1 --timeout=40s');
  expect(await versions('hand')).toEqual(['2']);
  await cluster.ok(
    `patch ds hand -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"fast"}}}}}'`.replaceAll('\n', ''),
  );
  await cluster.ok('wait ds/hand --for=jsonpath={.status.desiredNumberScheduled}=0 --timeout=40s');
  await cluster.ok('wait pod -l app=hand --for=delete --timeout=40s');
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
