import { existsSync } from 'node:fs';
import { podSpec, TestCluster } from './harness';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

interface Options {
  readonly name: string;
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly pod?: object;
  readonly container?: object;
}

const set = ({ name, replicas = 2, spec = {}, ...pod }: Options): object => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name },
  spec: {
    replicas,
    serviceName: name,
    selector: { matchLabels: { app: name } },
    ...spec,
    template: { metadata: { labels: { app: name } }, spec: podSpec(pod) },
  },
});

interface Status {
  metadata: { generation: number };
  status: Record<string, number | string>;
}
const read = (name: string) => cluster.get<Status>(`/apis/apps/v1/namespaces/default/statefulsets/${name}`);
const field = (what: string, path: string): Promise<string> => cluster.ok(`get ${what} -o 'jsonpath=${path}'`);
const status = (name: string): Promise<string> => cluster.ok(`rollout status sts/${name} --timeout=20s`);
const order = async (name: string): Promise<string[]> => {
  const { items } = await cluster.get<{ items: { message: string; metadata: { resourceVersion: string } }[] }>(
    `/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind=StatefulSet,involvedObject.name=${name}`,
  );
  return items
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map((event) => event.message.replace(` in StatefulSet ${name} successful`, ''));
};
const PATIENT = { terminationGracePeriodSeconds: 1 };
/** A pod that is deleted must be seen on its way out: `kubectl delete` waits for ever when another of its name is there already. */
const SLOW = { lifecycle: { preStop: { sleep: { seconds: 1 } } } };

test('pods come one after the other, with names, labels and revisions of their own', async () => {
  await cluster.apply(set({ name: 'db', replicas: 3 }));
  await status('db');
  expect(await order('db')).toEqual(['create Pod db-0', 'create Pod db-1', 'create Pod db-2']);
  const { status: seen } = await read('db');
  expect(seen).toMatchObject({
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    availableReplicas: 3,
  });
  expect(seen['currentRevision']).toBe(seen['updateRevision']);
  const labels = JSON.parse(await field('pod/db-2', '{.metadata.labels}')) as Record<string, string>;
  expect(labels).toMatchObject({
    'statefulset.kubernetes.io/pod-name': 'db-2',
    'apps.kubernetes.io/pod-index': '2',
    'controller-revision-hash': String(seen['currentRevision']),
  });
  expect(await field('pod/db-2', '{.spec.hostname}.{.spec.subdomain}')).toBe('db-2.db');
  expect(await cluster.ok('get sts db')).toMatch(/^NAME\s+READY\s+AGE\ndb\s+3\/3/);
});

test('an update goes from the highest pod to the lowest, each waited for; undo and history know the templates', async () => {
  const app = (version: string) => set({ name: 'roll', env: { VERSION: version }, pod: PATIENT });
  await cluster.apply(app('1'));
  await status('roll');
  await cluster.apply(app('2'));
  expect(await status('roll')).toContain('roll out complete: 2 new pods have been updated');
  const deleted = (await order('roll')).filter((line) => line.startsWith('delete'));
  expect(deleted).toEqual(['delete Pod roll-1', 'delete Pod roll-0']);
  expect((await cluster.ok('rollout history sts/roll')).match(/^\d+/gm)).toEqual(['1', '2']);
  expect(await cluster.ok('rollout history sts/roll --revision=1')).toContain('VERSION:\t1');
  await cluster.ok('rollout undo sts/roll');
  await status('roll');
  expect(await field('pod/roll-0', '{.spec.containers[0].env[0].value}')).toBe('1');
  expect((await cluster.ok('rollout history sts/roll')).match(/^\d+/gm)).toEqual(['2', '3']);
  await cluster.ok('rollout restart sts/roll');
  await status('roll');
  expect((await cluster.ok('rollout history sts/roll')).match(/^\d+/gm)).toEqual(['2', '3', '4']);
});

test('a partition keeps the pods below it at their revision, also when they are made anew', async () => {
  const app = (version: string, partition: number) =>
    set({
      name: 'part',
      env: { VERSION: version },
      container: SLOW,
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } },
    });
  await cluster.apply(app('1', 0));
  await status('part');
  await cluster.apply(app('2', 1));
  expect(await status('part')).toContain('partitioned roll out complete: 1 new pods have been updated');
  await cluster.ok('delete pod part-0');
  await cluster.ok('wait pod/part-0 --for=create --timeout=40s');
  const version = (pod: string) => field(pod, '{.spec.containers[0].env[0].value}');
  expect([await version('pod/part-0'), await version('pod/part-1')]).toEqual(['1', '2']);
  const { status: seen } = await read('part');
  expect(seen['currentRevision']).not.toBe(seen['updateRevision']);
});

test('a broken update of an ordered set stays stuck although the template is put back, until the pod is deleted', async () => {
  const app = (env: Record<string, string>) => set({ name: 'stuck', env, container: SLOW });
  await cluster.apply(app({ VERSION: '1' }));
  await status('stuck');
  await cluster.apply(app({ VERSION: '2', UNREADY: '1' }));
  await cluster.ok('wait sts/stuck --for=jsonpath={.status.updatedReplicas}=1 --timeout=40s');
  expect(await cluster.kubectl('rollout status sts/stuck --timeout=1s')).toMatchObject({ code: 1 });
  expect((await read('stuck')).status).toMatchObject({ readyReplicas: 1, replicas: 2 });
  await cluster.apply(app({ VERSION: '1' }));
  await cluster.ok('wait sts/stuck --for=jsonpath={.status.observedGeneration}=3 --timeout=40s');
  expect(await cluster.kubectl('rollout status sts/stuck --timeout=1s')).toMatchObject({ code: 1 });
  expect(await field('pod/stuck-1', '{.spec.containers[0].env[0].value}')).toBe('2');
  await cluster.ok('delete pod stuck-1');
  await status('stuck');
  expect(await field('pod/stuck-1', '{.spec.containers[0].env[0].value}')).toBe('1');
});

test('a broken update of a parallel set is undone by putting the template back', async () => {
  const app = (env: Record<string, string>) =>
    set({ name: 'par', env, pod: PATIENT, spec: { podManagementPolicy: 'Parallel' } });
  await cluster.apply(app({ VERSION: '1' }));
  await status('par');
  await cluster.apply(app({ VERSION: '2', UNREADY: '1' }));
  await cluster.ok('wait sts/par --for=jsonpath={.status.readyReplicas}=1 --timeout=40s');
  await cluster.apply(app({ VERSION: '1' }));
  await status('par');
  expect((await read('par')).status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2 });
});

test('OnDelete changes a pod when somebody deletes it', async () => {
  const app = (version: string) =>
    set({
      name: 'hand',
      replicas: 1,
      env: { VERSION: version },
      container: SLOW,
      spec: { updateStrategy: { type: 'OnDelete' } },
    });
  await cluster.apply(app('1'));
  await cluster.ok('wait sts/hand --for=jsonpath={.status.readyReplicas}=1 --timeout=40s');
  await cluster.apply(app('2'));
  await cluster.ok('wait sts/hand --for=jsonpath={.status.observedGeneration}=2 --timeout=40s');
  expect(await field('pod/hand-0', '{.spec.containers[0].env[0].value}')).toBe('1');
  const refused = await cluster.kubectl('rollout status sts/hand');
  expect(refused.stderr).toContain('rollout status is only available for RollingUpdate strategy type');
  await cluster.ok('delete pod hand-0');
  await cluster.ok('wait sts/hand --for=jsonpath={.status.updatedReplicas}=1 --timeout=40s');
  expect(await field('pod/hand-0', '{.spec.containers[0].env[0].value}')).toBe('2');
});

test('claims are bound to folders that outlive pods and scaling, and go when they are deleted', async () => {
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const app = (replicas: number) =>
    set({
      name: 'keep',
      replicas,
      spec: { volumeClaimTemplates: [claim] },
      container: {
        ...SLOW,
        command: ['/bin/sh', '-c', 'echo $HOSTNAME >> "/data/lives"; cat "/data/lives"; exec sleep 60'],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        readinessProbe: undefined,
      },
    });
  await cluster.apply(app(2));
  await status('keep');
  expect(await cluster.ok('get pvc')).toMatch(/data-keep-1\s+Bound\s+pvc-\S+\s+1Gi\s+RWO/);
  await cluster.ok('delete pod keep-1');
  await status('keep');
  expect(await cluster.ok('logs keep-1')).toBe('keep-1\nkeep-1\n');
  await cluster.ok('scale sts/keep --replicas=1');
  await cluster.ok('wait pod/keep-1 --for=delete --timeout=40s');
  expect(await cluster.ok('get pvc -o name')).toContain('data-keep-1');
  const folder = `${cluster.folder}/cluster/claims/${await field('pvc/data-keep-1', '{.metadata.uid}')}`;
  expect(existsSync(folder)).toBe(true);
  await cluster.ok('delete pvc data-keep-1');
  expect(existsSync(folder)).toBe(false);
  await cluster.ok('delete pvc data-keep-0 --wait=false');
  expect(await cluster.ok('get pvc -o name')).toContain('data-keep-0');
  await cluster.ok('delete sts keep');
  await cluster.ok('wait pvc/data-keep-0 --for=delete --timeout=40s');
});

test('fields that cannot change are refused in the words of the API', async () => {
  await cluster.apply(set({ name: 'fixed', replicas: 0 }));
  const changed = await cluster.kubectl(
    'apply -f -',
    JSON.stringify(set({ name: 'fixed', replicas: 0, spec: { podManagementPolicy: 'Parallel' } })),
  );
  expect(changed).toMatchObject({ code: 1 });
  expect(changed.stderr).toContain(
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template'",
  );
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
