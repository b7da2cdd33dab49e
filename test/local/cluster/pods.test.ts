import { existsSync } from 'node:fs';
import { containerInsights } from '../../../lib/local/cluster/insights';
import { processStart } from '../../../lib/local/process-identity';
import { deployment, fetchText, podSpec, service, TestCluster } from './harness';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start({
    commands: { 'third/party': ['node', '-e', 'console.log("port", $PORT); setInterval(() => {}, 1000)'] },
  });
});
afterAll(() => cluster.stop());

const pod = (name: string, options: Parameters<typeof podSpec>[0] = {}, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: podSpec(options),
});

/** A pod that runs one shell command to its end. */
const shell = (name: string, script: string, container: object = {}, more: object = {}): object =>
  pod(name, {
    container: { command: ['/bin/sh', '-c', script], readinessProbe: undefined, ...container },
    pod: { restartPolicy: 'Never', ...more },
  });

const field = (kind: string, name: string, path: string): Promise<string> =>
  cluster.ok(`get ${kind} ${name} -o 'jsonpath=${path}'`);
const until = (what: string, path: string, value: string): Promise<string> =>
  cluster.ok(`wait ${what} --for=jsonpath=${path}=${value} --timeout=40s`);
const events = (name: string): Promise<string> =>
  cluster.ok(
    `get events --field-selector involvedObject.name=${name} -o jsonpath={range.items[*]}{.reason}:{.message}{"\\n"}{end}`,
  );
const STATUS = '{.status.containerStatuses[0]';

test('a crashing container is restarted with back-off, and its last words are kept', async () => {
  await cluster.apply(pod('crash', { env: { CRASH: '1' } }));
  await until('pod/crash', `${STATUS}.state.waiting.reason}`, 'CrashLoopBackOff');
  expect(Number(await field('pod', 'crash', `${STATUS}.restartCount}`))).toBeGreaterThan(0);
  expect(await field('pod', 'crash', `${STATUS}.lastState.terminated.exitCode}`)).toBe('3');
  expect(await cluster.ok('logs crash --previous')).toBe('crashing\n');
  expect(await events('crash')).toContain('BackOff:Back-off restarting failed container server');
  const insights = containerInsights(cluster.running, 'test');
  const dimensions = { ClusterName: 'test', Namespace: 'default', PodName: 'crash' };
  const restarts = await insights({
    namespace: 'ContainerInsights',
    metricName: 'pod_number_of_container_restarts',
    dimensions,
  });
  expect(restarts).toBeGreaterThan(0);
  await cluster.ok('delete pod crash');
});

test('an image that nobody has is ErrImagePull, then ImagePullBackOff', async () => {
  await cluster.apply(pod('missing', { image: 'registry.example/none@sha256:1' }));
  await until('pod/missing', `${STATUS}.state.waiting.reason}`, 'ImagePullBackOff');
  expect(await events('missing')).toContain('Failed:Error: ErrImagePull');
  expect(await field('pod', 'missing', `${STATUS}.state.waiting.message}`)).toContain(
    '"registry.example/none@sha256:1"',
  );
  const insights = containerInsights(cluster.running, 'test');
  const waiting = (dimensions: Record<string, string>) =>
    insights({
      namespace: 'ContainerInsights',
      metricName: 'pod_container_status_waiting_reason_image_pull_error',
      dimensions,
    });
  expect(await waiting({ ClusterName: 'test', Namespace: 'default', PodName: 'missing' })).toBeGreaterThanOrEqual(0);
  expect(await waiting({ ClusterName: 'another' })).toBeUndefined();
  await cluster.ok('delete pod missing');
});

test('a program that is not in the image is RunContainerError', async () => {
  await cluster.apply(pod('lost', { container: { command: ['no-such-program'] } }));
  await until('pod/lost', `${STATUS}.state.waiting.reason}`, 'RunContainerError');
  expect(await field('pod', 'lost', `${STATUS}.state.waiting.message}`)).toContain(
    '"no-such-program": executable file not found',
  );
  await cluster.ok('delete pod lost');
});

test('a configuration that is not there is CreateContainerConfigError until it is', async () => {
  await cluster.apply(pod('waits', { container: { envFrom: [{ configMapRef: { name: 'late' } }] } }));
  await until('pod/waits', `${STATUS}.state.waiting.reason}`, 'CreateContainerConfigError');
  expect(await field('pod', 'waits', `${STATUS}.state.waiting.message}`)).toBe('configmap "late" not found');
  await cluster.ok('create configmap late --from-literal=VERSION=9');
  await cluster.ok('wait --for=condition=Ready pod/waits --timeout=40s');
  await cluster.ok('delete pod waits');
});

test('environment: image, services, configuration, secrets, downward API, expansion; nothing of the user', async () => {
  process.env['USERS_OWN'] = 'secret';
  await cluster.apply(
    service('web', 'ClusterIP'),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf' }, data: { LEVEL: 'debug' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, stringData: { token: 't0p' } },
  );
  const env = [
    { name: 'NODE_PORT', value: '$(WEB_SERVICE_HOST):$(WEB_SERVICE_PORT) $$(X) $(UNKNOWN)' },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'key', key: 'token' } } },
    { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'MARK', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['example.dev/mark']" } } },
    { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
    { name: 'PORT', value: '8080' },
  ];
  const resources = { limits: { memory: '64Mi' } };
  await cluster.apply(
    pod(
      'env',
      { container: { env, envFrom: [{ configMapRef: { name: 'conf' } }], resources } },
      { annotations: { 'example.dev/mark': 'm' } },
    ),
  );
  await cluster.ok('wait --for=condition=Ready pod/env --timeout=40s');
  const ports = JSON.parse(await field('pod', 'env', '{.metadata.annotations.slipway\\.dev/ports}')) as Record<
    string,
    number
  >;
  const seen = JSON.parse(await fetchText(`http://127.0.0.1:${ports['8080']}`, '/env')) as Record<string, string>;
  const nodePort = await field('service', 'web', '{.spec.ports[0].nodePort}');
  expect(seen).toMatchObject({
    FROM_IMAGE: 'yes',
    LEVEL: 'debug',
    TOKEN: 't0p',
    ME: 'env',
    MARK: 'm',
    MEMORY: '64',
    HOST: '127.0.0.1',
    PORT: String(ports['8080']),
    PORT_HTTP: String(ports['8080']),
    NODE_PORT: `127.0.0.1:${nodePort} $(X) $(UNKNOWN)`,
    WEB_PORT_80_TCP_PORT: nodePort,
  });
  expect(seen).not.toHaveProperty('USERS_OWN');
  await cluster.ok('delete pod/env service/web');
});

test('volumes are folders that mount paths lead to, and go with the pod', async () => {
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'files' },
    data: { 'a.txt': 'from a', 'b.txt': 'from b' },
  });
  const mounts = [
    { name: 'files', mountPath: '/etc/files' },
    { name: 'shared', mountPath: '/shared' },
    { name: 'about', mountPath: '/about' },
  ];
  const init = [
    { name: 'first', image: 'app:1', command: ['/bin/sh', '-c', 'echo from init > "/shared/x"'], volumeMounts: mounts },
  ];
  await cluster.apply(
    shell(
      'volumes',
      'cat "/etc/files/b.txt"; ls "/etc/files"; cat "/shared/x"; cat "$ABOUT"; pwd',
      {
        volumeMounts: mounts,
        env: [{ name: 'ABOUT', value: '/about/name' }],
      },
      {
        initContainers: init,
        volumes: [
          { name: 'files', configMap: { name: 'files', items: [{ key: 'b.txt', path: 'b.txt' }] } },
          { name: 'shared', emptyDir: {} },
          { name: 'about', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        ],
      },
    ),
  );
  await until('pod/volumes', '{.status.phase}', 'Succeeded');
  expect(await cluster.ok('logs volumes -c server')).toBe(`from bb.txt\nfrom init\nvolumes${cluster.folder}\n`);
  const folder = `${cluster.folder}/cluster/pods/${await field('pod', 'volumes', '{.metadata.uid}')}`;
  expect(existsSync(folder)).toBe(true);
  await cluster.ok('delete pod volumes');
  expect(existsSync(folder)).toBe(false);
});

test('a volume that cannot be is an event that says so', async () => {
  await cluster.apply(shell('hostpath', 'true', {}, { volumes: [{ name: 'h', hostPath: { path: '/etc' } }] }));
  await cluster.ok('wait --for=create event --field-selector reason=FailedMount --timeout=10s').catch(() => '');
  await until('pod/hostpath', '{.status.phase}', 'Pending');
  expect(await events('hostpath')).toContain('the embedded cluster has no hostPath volumes');
  await cluster.ok('delete pod hostpath');
});

test('a failing liveness probe restarts the container, a failing readiness probe only takes it out', async () => {
  const failing = { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 };
  // It counts from when the server is up: one that is told to end before it knows how to would exit with 143.
  const startupProbe = { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1, failureThreshold: 60 };
  await cluster.apply(
    deployment({ name: 'sick', container: { startupProbe, livenessProbe: failing } }),
    pod('tired', { container: { readinessProbe: failing } }),
  );
  await cluster.ok(
    'wait pod -l app=sick --for=jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}=0 --timeout=40s',
  );
  const name = await cluster.ok('get pod -l app=sick -o jsonpath={.items[0].metadata.name}');
  const said = await events(name);
  expect(said).toContain('Killing:Container server failed liveness probe, will be restarted');
  expect(said).toContain('Unhealthy:Liveness probe failed: command exited with 1');
  expect(await field('pod', 'tired', `${STATUS}.ready} ${STATUS}.restartCount}`)).toBe('false 0');
  await cluster.ok('delete deploy/sick pod/tired');
});

test('a startup probe holds the others back, and ends what never starts', async () => {
  const startupProbe = { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1, failureThreshold: 2 };
  await cluster.apply(
    pod('never', {
      env: { UNREADY: '1' },
      container: { startupProbe, livenessProbe: { exec: { command: ['false'] } } },
    }),
  );
  await until('pod/never', `${STATUS}.restartCount}`, '1');
  const said = await events('never');
  expect(said).toContain('Killing:Container server failed startup probe, will be restarted');
  expect(said).not.toContain('Liveness');
  await cluster.ok('delete pod never --grace-period=1');
});

test('deletion gives the process its grace, and then no more', async () => {
  await cluster.apply(
    pod('polite'),
    shell('stubborn', 'trap "" TERM; while :; do sleep 0.1; done', {}, { terminationGracePeriodSeconds: 1 }),
  );
  await cluster.ok('wait --for=condition=Ready pod/polite pod/stubborn --timeout=40s');
  const [pid] = /\d+/.exec(await field('pod', 'stubborn', `${STATUS}.containerID}`)) ?? [];
  const following = await cluster.follow('logs polite -f');
  await cluster.ok('delete pod polite stubborn');
  expect(await following.rest).toBe('serving 0\nstopping\n');
  expect(processStart(Number(pid))).toBeUndefined();
});

test('preStop runs before the process is told to end', async () => {
  const lifecycle = { preStop: { exec: { command: ['/bin/sh', '-c', 'echo before > "/shared/order"'] } } };
  const script = 'trap "cat \\"/shared/order\\"; exit 0" TERM; echo up; while :; do sleep 0.05; done';
  const volumes = [{ name: 'shared', emptyDir: {} }];
  await cluster.apply(
    shell('ordered', script, { lifecycle, volumeMounts: [{ name: 'shared', mountPath: '/shared' }] }, { volumes }),
  );
  await cluster.ok('wait --for=condition=Ready pod/ordered --timeout=40s');
  const following = await cluster.follow('logs ordered -f');
  await cluster.ok('delete pod ordered');
  expect(await following.rest).toBe('up\nbefore\n');
});

test('a mapped image runs its command on the port it was given', async () => {
  await cluster.apply(
    pod('mapped', { image: 'third/party:7@sha256:abc', container: { readinessProbe: undefined, args: ['--ignored'] } }),
  );
  await cluster.ok('wait --for=condition=Ready pod/mapped --timeout=40s');
  expect(await field('pod', 'mapped', `${STATUS}.imageID}`)).toBe('third/party@sha256:abc');
  expect(await field('pod', 'mapped', '{.metadata.annotations.slipway\\.dev/ports}')).toMatch(/^{"8080":\d+}$/);
  await cluster.ok('delete pod mapped');
});

test('jobs run to completion, or fail after their retries', async () => {
  const job = (name: string, script: string) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      backoffLimit: 0,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'c', image: 'app:1', command: ['/bin/sh', '-c', script] }],
        },
      },
    },
  });
  await cluster.apply(job('good', 'echo done'), job('bad', 'exit 4'));
  await cluster.ok('wait --for=condition=complete job/good --timeout=40s');
  await cluster.ok('wait --for=condition=failed job/bad --timeout=40s');
  expect(await cluster.ok('logs job/good')).toBe('done\n');
  expect(await field('job', 'bad', '{.status.conditions[0].reason}')).toBe('BackoffLimitExceeded');
});

test('a CronJob is kept, says that nothing here runs it, and is the template of a job by hand', async () => {
  await cluster.apply({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: {
        spec: {
          template: {
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'c', image: 'app:1', command: ['/bin/sh', '-c', 'echo ran'] }],
            },
          },
        },
      },
    },
  });
  expect(await cluster.ok('get cronjob nightly')).toMatch(/nightly\s+0 3 \* \* \*\s+<none>\s+False\s+0/);
  const job = await cluster.ok('create job by-hand --from=cronjob/nightly --dry-run=client -o json');
  await cluster.ok('apply -f -', job);
  await cluster.ok('wait --for=condition=complete job/by-hand --timeout=40s');
  expect(await cluster.ok('logs job/by-hand')).toBe('ran\n');
  expect(await events('nightly')).toContain('NotScheduled:The embedded cluster keeps no schedules');
});

test('a sidecar starts before the others, counts for readiness, is started again, and ends with them', async () => {
  const sidecar = (script: string, more: object = {}) => ({
    name: 'beside',
    image: 'app:1',
    restartPolicy: 'Always',
    command: ['/bin/sh', '-c', script],
    ...more,
  });
  const mounts = [{ name: 'shared', mountPath: '/shared' }];
  const volumes = [{ name: 'shared', emptyDir: {} }];
  const startupProbe = { exec: { command: ['/bin/sh', '-c', 'test -e "/shared/up"'] }, periodSeconds: 1 };
  await cluster.apply(
    shell(
      'together',
      'cat "/shared/up"; echo done',
      { volumeMounts: mounts },
      {
        volumes,
        initContainers: [
          sidecar('trap "exit 0" TERM; echo beside > "/shared/up"; while :; do sleep 0.05; done', {
            startupProbe,
            volumeMounts: mounts,
          }),
        ],
      },
    ),
    pod('again', { pod: { terminationGracePeriodSeconds: 1, initContainers: [sidecar('sleep 0.1; exit 1')] } }),
  );
  await until('pod/together', '{.status.phase}', 'Succeeded');
  expect(await cluster.ok('logs together -c server')).toBe('beside\ndone\n');
  await until('pod/together', '{.status.initContainerStatuses[0].state.terminated.exitCode}', '0');
  await cluster.ok(
    'wait pod/again --for=jsonpath={.status.initContainerStatuses[0].lastState.terminated.exitCode}=1 --timeout=40s',
  );
  expect(await field('pod', 'again', '{.status.conditions[?(@.type=="Initialized")].status}')).toBe('True');
  expect(await cluster.ok('get pod again')).toMatch(/[12]\/2/);
  await cluster.ok('delete pod together again');
});

test('pods come back with their objects after a restart, on the same service port', async () => {
  await cluster.apply(deployment({ name: 'stay', env: { VERSION: '5' } }), service('stay'));
  await cluster.ok('rollout status deploy/stay --timeout=40s');
  const before = await cluster.url('stay');
  await cluster.apply(shell('once', 'sleep 60'));
  await until('pod/once', '{.status.phase}', 'Running');
  const revision = Number(await field('deploy', 'stay', '{.metadata.resourceVersion}'));
  await cluster.restart();
  await cluster.ok('rollout status deploy/stay --timeout=40s');
  expect(await field('pod', 'once', '{.status.phase} {.status.reason}')).toBe('Failed NodeLost');
  expect(await cluster.url('stay')).toBe(before);
  expect(await fetchText(before)).toBe('5');
  expect(Number(await field('deploy', 'stay', '{.metadata.resourceVersion}'))).toBeGreaterThan(revision);
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
