import { deployment, podSpec, service, TestCluster } from './harness';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start();
  await cluster.apply(deployment({ name: 'base', replicas: 2 }), service('base'));
  await cluster.ok('rollout status deploy/base --timeout=20s');
});
afterAll(() => cluster.stop());

const app = (change: object = {}): string => JSON.stringify(deployment({ name: 'app', replicas: 0, ...change }));
const broken = (path: string[], value: unknown): string => {
  const object = JSON.parse(app()) as Record<string, unknown>;
  let at = object;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ''] = value;
  return JSON.stringify(object);
};
const container = ['spec', 'template', 'spec', 'containers', '0'];

/** What one types, what goes in, the exit code, and what comes out (both streams). */
const TABLE: readonly [command: string, input: string | undefined, code: number, output: RegExp][] = [
  ['apply -f -', app(), 0, /^deployment.apps\/app created$/m],
  ['apply -f -', app(), 0, /^deployment.apps\/app unchanged$/m],
  ['diff -f -', app(), 0, /^$/],
  ['diff -f -', app({ image: 'app:2' }), 1, /^-\s+- image: app:1|^\+\s+image: app:2|app:2/m],
  ['apply --dry-run=server -f -', app({ image: 'app:2' }), 0, /configured \(server dry run\)/],
  [
    'get deploy app -o jsonpath={.spec.template.spec.containers[0].image}{.metadata.generation}',
    undefined,
    0,
    /^app:11$/,
  ],
  ['apply -f -', app({ image: 'app:2' }), 0, /configured/],
  [
    'get deploy app -o jsonpath={.spec.template.spec.containers[0].image}{.metadata.generation}',
    undefined,
    0,
    /^app:22$/,
  ],
  ['get deploy base', undefined, 0, /NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\s+base\s+2\/2\s+2\s+2\s+\d+s/],
  ['get pods -l app=base', undefined, 0, /(base-\w{10}-\w{5}\s+1\/1\s+Running\s+0\s+\d+s\s+){2}/],
  ['get pods -A --field-selector status.phase=Failed', undefined, 0, /No resources found/],
  ['get all,endpointslices -o name', undefined, 0, /^service\/base$[\s\S]*^endpointslice.discovery.k8s.io\/base-/m],
  ['get deploy base -o yaml', undefined, 0, /observedGeneration: 1/],
  ['get deploy absent', undefined, 1, /Error from server \(NotFound\): deployments.apps "absent" not found/],
  ['get nodes -o wide', undefined, 0, /slipway-local\s+Ready/],
  ['describe deploy base', undefined, 0, /2 desired \| 2 updated \| 2 total \| 2 available[\s\S]*ScalingReplicaSet/],
  [
    'describe service base',
    undefined,
    0,
    /LoadBalancer Ingress:\s+127.0.0.1[\s\S]*Endpoints:\s+127.0.0.1:\d+,127.0.0.1:\d+/,
  ],
  ['describe pods -l app=base', undefined, 0, /Ready\s+True[\s\S]*Started container server/],
  ['logs deploy/base --tail=1', undefined, 0, /serving 0/],
  ['explain deployment.spec.strategy.rollingUpdate', undefined, 0, /maxSurge\s+<IntOrString|maxSurge/],
  ['version', undefined, 0, /Server Version: v1\.35/],
  ['auth can-i create deployments', undefined, 0, /^yes$/m],
  // What is wrong is refused, and says where.
  ['apply -f -', broken(['spec', 'replicsa'], 1), 1, /strict decoding error: unknown field "spec.replicsa"/],
  ['apply -f -', broken([...container, 'imgae'], 'x'), 1, /unknown field "spec.template.spec.containers\[0\].imgae"/],
  [
    'apply -f -',
    broken(['spec', 'replicas'], 'two'),
    1,
    /cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32/,
  ],
  [
    'apply -f -',
    broken(['spec', 'selector', 'matchLabels', 'app'], 'other'),
    1,
    /spec.selector: Invalid value: .*field is immutable/,
  ],
  ['create -f -', app({ name: 'bad', image: '' }), 1, /spec.template.spec.containers\[0\].image: Required value/],
  ['create -f -', app({ name: 'Bad' }), 1, /metadata.name: Invalid value: "Bad": a lowercase RFC 1123 subdomain/],
  [
    'create -f -',
    app({ name: 'bad', container: { volumeMounts: [{ name: 'v', mountPath: '/v' }] } }),
    1,
    /volumeMounts\[0\].name: Not found: "v"/,
  ],
  [
    'create -f -',
    app({ name: 'bad', container: { readinessProbe: {} } }),
    1,
    /readinessProbe: Required value: must specify a handler type/,
  ],
  [
    'create -f -',
    app({ name: 'bad', container: { livenessProbe: { grpc: { port: 1 } } } }),
    1,
    /livenessProbe.grpc: Unsupported value/,
  ],
  [
    'create -f -',
    app({ name: 'bad', pod: { initContainers: [{ name: 'i', image: 'app:1', restartPolicy: 'OnFailure' }] } }),
    1,
    /initContainers\[0\].restartPolicy: Unsupported value: "OnFailure"/,
  ],
  [
    'create -f -',
    JSON.stringify({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'bad' },
      spec: {
        completionMode: 'Indexed',
        podFailurePolicy: { rules: [{ action: 'Ignore' }] },
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'app:1' }] } },
      },
    }),
    1,
    /spec.podFailurePolicy: Unsupported value[\s\S]*spec.completionMode: Unsupported value: "Indexed": the embedded cluster runs plain jobs/,
  ],
  ['create -f -', app(), 1, /Error from server \(AlreadyExists\)/],
  ['apply -n absent -f -', JSON.stringify(deployment()), 1, /namespaces "absent" not found/],
  [
    'apply -f -',
    JSON.stringify({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 's' },
      spec: {
        schedule: 'daily',
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'app:1' }] } } },
        },
      },
    }),
    1,
    /spec.schedule: Invalid value: "daily": expected exactly 5 fields, found 1/,
  ],
  [
    'apply -f -',
    JSON.stringify({ apiVersion: 'example.dev/v1', kind: 'Thing', metadata: { name: 's' } }),
    1,
    /no matches for kind "Thing"/,
  ],
  ['exec deploy/base -- true', undefined, 1, /the embedded cluster has no exec/],
  ['annotate deploy app note=first', undefined, 0, /annotated/],
  ['label deploy app tier=web', undefined, 0, /labeled/],
  ['patch deploy app --type=json -p \'[{"op":"remove","path":"/metadata/labels/tier"}]\'', undefined, 0, /patched/],
  [
    'patch deploy app --type=json -p \'[{"op":"remove","path":"/nowhere/at/all"}]\'',
    undefined,
    1,
    /the server rejected our request/,
  ],
  ['patch deploy app --type=merge -p \'{"spec":{"paused":true}}\'', undefined, 0, /patched/],
  ['set image deploy/app server=app:3', undefined, 0, /image updated/],
  [
    'get deploy app -o jsonpath={.metadata.annotations.note}{.metadata.labels}{.spec.paused}',
    undefined,
    0,
    /^firsttrue$/,
  ],
  ['create namespace dev', undefined, 0, /namespace\/dev created/],
  ['get namespace dev --show-labels', undefined, 0, /Active .*kubernetes.io\/metadata.name=dev/],
  ['create configmap conf --from-literal=a=b -n dev', undefined, 0, /created/],
  ['create secret generic key --from-literal=a=b -n dev', undefined, 0, /created/],
  [
    'get configmap/conf secret/key -n dev -o jsonpath={.items[*].data.a}{.items[1].type}',
    undefined,
    0,
    /^b Yg==Opaque$/,
  ],
  ['create deployment x --image=app:1 --replicas=0', undefined, 0, /created/],
  ['delete namespace dev', undefined, 0, /namespace "dev" deleted/],
  ['get configmap conf -n dev', undefined, 1, /NotFound/],
  ['delete deploy app --cascade=foreground', undefined, 0, /deleted/],
  ['get rs -l app=app', undefined, 0, /No resources found/],
  ['delete deploy base --cascade=orphan', undefined, 0, /deleted/],
  ['get rs,pods -l app=base -o name', undefined, 0, /^replicaset.apps\/base-\w+$[\s\S]*^pod\/base-/m],
  ['delete rs -l app=base', undefined, 0, /deleted/],
  ['wait pods -l app=base --for=delete --timeout=40s', undefined, 0, /^/],
  ['get pods -l app=base', undefined, 0, /No resources found/],
];

test('commands: exit code and output', async () => {
  const wrong: string[] = [];
  for (const [command, input, code, output] of TABLE) {
    const ran = await cluster.kubectl(command, input);
    const said = ran.stdout + ran.stderr;
    if (ran.code !== code || !output.test(said))
      wrong.push(`kubectl ${command}\nexit ${ran.code}, not ${code}, or not ${output}:\n${said}`);
  }
  expect(wrong.join('\n\n')).toBe('');
});

test('kustomize: apply -k', async () => {
  const { mkdirSync, writeFileSync } = await import('node:fs');
  const folder = `${cluster.folder}/kustom`;
  mkdirSync(folder);
  writeFileSync(`${folder}/app.json`, JSON.stringify(deployment({ name: 'k', image: 'app' })));
  writeFileSync(
    `${folder}/kustomization.yaml`,
    'resources: [app.json]\nimages: [{name: app, newTag: "7"}]\nconfigMapGenerator: [{name: c, literals: [A=b]}]\n',
  );
  const applied = await cluster.ok(`apply -k '${folder}'`);
  expect(applied).toMatch(/configmap\/c-\w{10} created\ndeployment.apps\/k created/);
  expect(await cluster.ok('rollout status deploy/k --timeout=40s')).toContain('successfully rolled out');
  await cluster.ok('delete deploy k');
});

test('a watch tells what changes, as rows of a table', async () => {
  await cluster.ok('create configmap watched --from-literal=a=1');
  const watching = await cluster.follow('get configmap watched -w --request-timeout=3s');
  await cluster.ok('patch configmap watched -p \'{"data":{"b":"2"}}\'');
  await cluster.ok('delete configmap watched');
  const rows = (await watching.rest).split('\n').map((row) => row.split(/\s+/).slice(0, 2).join(' '));
  expect(rows).toEqual(['NAME DATA', 'watched 1', 'watched 2', 'watched 2', '']);
});

test('a namespace that enforces restricted refuses pods, visibly on the Deployment', async () => {
  const labels = {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  };
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels } });
  const refused = await cluster.kubectl(
    'apply -n strict -f -',
    JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: podSpec() }),
  );
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'pods "p" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "server" must set securityContext.allowPrivilegeEscalation=false)',
  );
  const applied = await cluster.kubectl('apply -n strict -f -', JSON.stringify(deployment({ name: 'lax' })));
  expect(applied).toMatchObject({ code: 0 });
  expect(applied.stderr).toContain('Warning: would violate PodSecurity "restricted:latest"');
  await cluster.ok('wait -n strict deploy/lax --for=condition=ReplicaFailure --timeout=40s');
  expect(await cluster.ok('get events -n strict')).toContain('FailedCreate');
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const pod = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } };
  await cluster.ok(
    'apply -n strict -f -',
    JSON.stringify(deployment({ name: 'lax', container: { securityContext }, pod })),
  );
  await cluster.ok('rollout status -n strict deploy/lax --timeout=40s');
});

test('a quota that is used up refuses the next pod', async () => {
  await cluster.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'small' } },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'small' },
      spec: { hard: { pods: 1 } },
    },
    deployment({ name: 'two', namespace: 'small', replicas: 2 }),
  );
  await cluster.ok('wait -n small deploy/two --for=condition=ReplicaFailure --timeout=40s');
  expect(
    await cluster.ok('get deploy two -n small -o jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}'),
  ).toMatch(/exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1/);
});

test('an autoscaler keeps its target within its bounds, and a disruption budget counts', async () => {
  const scaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' },
      minReplicas: 2,
      maxReplicas: 3,
    },
  };
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'scaled' } } },
  };
  await cluster.apply(deployment({ name: 'scaled' }), scaler, budget);
  await cluster.ok('wait deploy/scaled --for=jsonpath={.status.readyReplicas}=2 --timeout=40s');
  expect(await cluster.ok('get pdb b -o jsonpath={.status.disruptionsAllowed}')).toBe('1');
  await cluster.ok('scale deploy/scaled --replicas=5');
  await cluster.ok('wait deploy/scaled --for=jsonpath={.spec.replicas}=3 --timeout=40s');
  expect(await cluster.ok('describe hpa h')).toContain(
    'New size: 3; reason: Current number of replicas above Spec.MaxReplicas',
  );
});

test('a wrong token is refused', async () => {
  const wrong = await cluster.kubectl('get pods --token=wrong');
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toMatch(/must be logged in|Unauthorized|credentials/);
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
