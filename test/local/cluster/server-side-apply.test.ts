import type { KubeObject, ManagedFields } from '../../../lib/local/cluster/types';
import { deployment, TestCluster } from './harness';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

const ssa = (object: object, args = '') => cluster.kubectl(`apply --server-side -f - ${args}`, JSON.stringify(object));
const managersOf = async (path: string): Promise<ManagedFields[]> =>
  (await cluster.get<KubeObject>(path)).metadata.managedFields ?? [];
const deploy = (name: string) => `/apis/apps/v1/namespaces/default/deployments/${name}`;
const configMap = (name: string, data: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

test('creates, and the same again changes nothing', async () => {
  const made = await ssa(deployment({ name: 'same', replicas: 0 }), '--field-manager=slipway');
  expect(made).toMatchObject({ code: 0, stdout: 'deployment.apps/same serverside-applied\n' });
  const first = await cluster.get<KubeObject>(deploy('same'));
  await cluster.ok('wait deploy/same --for=jsonpath={.status.observedGeneration}=1 --timeout=5s');
  const settled = await cluster.get<KubeObject>(deploy('same'));
  await ssa(deployment({ name: 'same', replicas: 0 }), '--field-manager=slipway');
  const again = await cluster.get<KubeObject>(deploy('same'));
  expect(again.metadata.resourceVersion).toBe(settled.metadata.resourceVersion);
  expect(first.metadata.managedFields?.[0]).toEqual({
    manager: 'slipway',
    operation: 'Apply',
    apiVersion: 'apps/v1',
    time: expect.any(String),
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"server"}': {
                '.': {},
                'f:image': {},
                'f:name': {},
                'f:ports': {
                  'k:{"containerPort":8080,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:name': {} },
                },
                'f:readinessProbe': { 'f:httpGet': { 'f:path': {}, 'f:port': {} }, 'f:periodSeconds': {} },
              },
            },
            'f:terminationGracePeriodSeconds': {},
          },
        },
      },
    },
  });
});

test('what an applier stops setting goes, what others set stays', async () => {
  const app = (container: object, pod: object = {}) => deployment({ name: 'less', replicas: 0, container, pod });
  const side = { name: 'side', image: 'app:1' };
  const full = app({
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
    resources: { limits: { cpu: '1' } },
  });
  const template = (full as KubeObject & { spec: { template: { spec: { containers: object[] } } } }).spec.template;
  template.spec.containers.push(side);
  await ssa(full, '--field-manager=slipway');
  await cluster.ok('set env deploy/less --containers=server C=3');
  await cluster.ok('annotate deploy/less note=mine');
  await ssa(app({ env: [{ name: 'B', value: '2' }] }), '--field-manager=slipway');
  const jsonpath =
    '{range .spec.template.spec.containers[*]}{.name}:{.env[*].name}:{.resources}{end}{.metadata.annotations.note}';
  expect(await cluster.ok(`get deploy less '-ojsonpath=${jsonpath}'`)).toBe('server:B C:{}mine');
});

test('a field of another manager is a conflict, in the words of the API, unless forced', async () => {
  await ssa(deployment({ name: 'shared', replicas: 0 }), '--field-manager=slipway');
  await cluster.ok('scale deploy/shared --replicas=1');
  await cluster.ok('set image deploy/shared server=app:2');
  const one = await ssa(deployment({ name: 'shared', replicas: 0, image: 'app:2' }), '--field-manager=slipway');
  expect(one.code).toBe(1);
  expect(one.stderr).toContain(
    'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas\n',
  );
  const two = await ssa(deployment({ name: 'shared', replicas: 0, image: 'app:3' }), '--field-manager=slipway');
  expect(two.stderr).toContain(
    [
      'Apply failed with 2 conflicts: conflicts with "kubectl" with subresource "scale" using apps/v1:',
      '- .spec.replicas',
      'conflicts with "kubectl-set" using apps/v1:',
      '- .spec.template.spec.containers[name="server"].image',
    ].join('\n'),
  );
  const forced = await ssa(
    deployment({ name: 'shared', replicas: 0, image: 'app:3' }),
    '--field-manager=slipway --force-conflicts',
  );
  expect(forced.code).toBe(0);
  const owners = (await managersOf(deploy('shared'))).map(({ manager }) => manager);
  expect(owners).not.toContain('kubectl-set');
  expect(await cluster.ok('get deploy shared -o jsonpath={.spec.replicas}')).toBe('0');
});

test('two appliers share a field that they agree on; it stays until both let go', async () => {
  await ssa(configMap('both', { a: '1', b: '1' }), '--field-manager=one');
  await ssa(configMap('both', { a: '1' }), '--field-manager=two');
  await ssa(configMap('both', { b: '1' }), '--field-manager=one');
  expect(await cluster.ok('get cm both -o jsonpath={.data}')).toBe('{"a":"1","b":"1"}');
  const refused = await ssa(configMap('both', { a: '2', b: '1' }), '--field-manager=one');
  expect(refused.stderr).toContain('Apply failed with 1 conflict: conflict with "two": .data.a');
  await ssa(configMap('both', {}), '--field-manager=two');
  expect(await cluster.ok('get cm both -o jsonpath={.data}')).toBe('{"b":"1"}');
});

test('labels that are no longer applied go; the last one does not take the metadata along', async () => {
  await ssa(configMap('labelled', { a: '1' }, { labels: { x: 'y' } }), '--field-manager=one');
  await ssa(configMap('labelled', { a: '1' }), '--field-manager=one');
  const { metadata } = await cluster.get<KubeObject>('/api/v1/namespaces/default/configmaps/labelled');
  expect(metadata.labels).toBeUndefined();
  expect(metadata.name).toBe('labelled');
});

test('client-side apply hands over to server-side apply', async () => {
  await cluster.apply(deployment({ name: 'moved', replicas: 0, env: { A: '1' } }));
  expect((await managersOf(deploy('moved'))).map(({ manager, operation }) => `${manager} ${operation}`)).toContain(
    'kubectl-client-side-apply Update',
  );
  const moved = await ssa(deployment({ name: 'moved', replicas: 0, image: 'app:2' }));
  expect(moved).toMatchObject({ code: 0, stderr: '' });
  expect(await cluster.ok('get deploy moved -o jsonpath={.spec.template.spec.containers[0].env}')).toBe('');
  const owners = (await managersOf(deploy('moved'))).filter(({ subresource }) => !subresource);
  expect(owners.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual(
    expect.arrayContaining(['kubectl Apply']),
  );
  expect(owners.map(({ manager }) => manager)).not.toContain('kubectl-client-side-apply');
});

test('dry run and diff tell what would be, and store nothing', async () => {
  await ssa(configMap('dry', { a: '1' }));
  const dry = await ssa(configMap('dry', { a: '2' }), '--dry-run=server -o jsonpath={.data.a}');
  expect(dry).toMatchObject({ code: 0, stdout: '2' });
  const diff = await cluster.kubectl('diff --server-side -f -', JSON.stringify(configMap('dry', { a: '3' })));
  expect(diff.code).toBe(1);
  expect(diff.stdout).toMatch(/^-\s+a: "1"\n\+\s+a: "3"$/m);
  const same = await cluster.kubectl('diff --server-side -f -', JSON.stringify(configMap('dry', { a: '1' })));
  expect(same).toMatchObject({ code: 0, stdout: '' });
  const absent = await cluster.kubectl('diff --server-side -f -', JSON.stringify(configMap('none', { a: '1' })));
  expect(absent.code).toBe(1);
  expect(await cluster.ok('get cm dry -o jsonpath={.data.a}')).toBe('1');
  expect((await cluster.kubectl('get cm none')).code).toBe(1);
});

test('what does not fit the schema is refused', async () => {
  const app = deployment({ name: 'bad', replicas: 0 }) as { spec: Record<string, unknown> };
  const typo = await ssa({ ...app, spec: { ...app.spec, replicsa: 1 } });
  expect(typo.code).toBe(1);
  expect(typo.stderr).toContain(
    'failed to create typed patch object (default/bad; apps/v1, Kind=Deployment): .spec.replicsa: field not declared in schema',
  );
  const text = await ssa({ ...app, spec: { ...app.spec, replicas: 'two' } });
  expect(text.stderr).toContain('.spec.replicas: expected numeric (int or float), got string');
  const recreate = { ...app, spec: { ...app.spec, strategy: { type: 'Recreate' } } };
  await ssa(app);
  expect((await ssa(recreate)).stderr).toContain(
    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
  );
  const twice = await ssa(deployment({ name: 'bad', replicas: 0, container: { env: [{ name: 'A' }, { name: 'A' }] } }));
  expect(twice.stderr).toContain(
    '.spec.template.spec.containers[name="server"].env: duplicate entries for key [name="A"]',
  );
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
