import { readFileSync, writeFileSync } from 'node:fs';
import { deployment, TestCluster } from './harness';

const users = [
  { token: 'token-of-ann', name: 'ann', groups: ['deployers'] },
  { token: 'token-of-bob', name: 'bob', groups: [] },
];
let cluster: TestCluster;
/** A kubeconfig without credentials: a token given to kubectl would not win over the administrator's. */
let bare: string;
beforeAll(async () => {
  cluster = await TestCluster.start({ users });
  bare = `${cluster.folder}/bare`;
  writeFileSync(bare, readFileSync(cluster.running.kubeconfig, 'utf8').replace(/token: .*/, 'token: none'));
  await cluster.ok('create namespace dev');
});
afterAll(() => cluster.stop());

const as = (token: string, args: string, input?: string) =>
  cluster.kubectl(
    `--kubeconfig='${bare}' --token=${token} ${args}`.replace(/--kubeconfig='([^']*)'/, "'--kubeconfig=$1'"),
    input,
  );
const rbac = (kind: string, name: string, rest: object, namespace?: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
  ...rest,
});
const binding = (kind: string, name: string, role: string, subjects: object[], namespace?: string) =>
  rbac(
    kind,
    name,
    {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role.split('/')[0], name: role.split('/')[1] },
      subjects,
    },
    namespace,
  );
const group = (name: string) => ({ kind: 'Group', name, apiGroup: 'rbac.authorization.k8s.io' });

test('a user of the settings is known, and may nothing by itself', async () => {
  expect((await as('token-of-bob', 'auth whoami')).stdout).toMatch(/Username\s+bob\nGroups\s+\[system:authenticated\]/);
  const refused = await as('token-of-bob', 'get pods -n dev');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "dev"',
  );
  expect((await as('token-of-nobody', 'get pods')).stderr).toMatch(/must be logged in|Unauthorized/);
});

test('a Role counts where it is bound: its verbs, its resources, its names, its namespace', async () => {
  const rules = [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'create', 'patch'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  ];
  await cluster.apply(
    rbac('Role', 'deployer', { rules }, 'dev'),
    binding('RoleBinding', 'deployer', 'Role/deployer', [group('deployers')], 'dev'),
  );
  const may = async (what: string) => (await as('token-of-ann', `auth can-i ${what}`)).stdout.trim();
  expect(await may('create deployments.apps -n dev')).toBe('yes');
  expect(await may('create deployments.apps -n default')).toBe('no');
  expect(await may('delete deployments.apps -n dev')).toBe('no');
  expect(await may('get pods -n dev')).toBe('no');
  expect(await may('get pods --subresource=log -n dev')).toBe('yes');
  expect(await may('get configmaps/one -n dev')).toBe('yes');
  expect(await may('get configmaps/two -n dev')).toBe('no');
  expect(await may('get configmaps -n dev')).toBe('no');
  const app = JSON.stringify(deployment({ replicas: 0 }));
  expect((await as('token-of-ann', 'apply -n dev --server-side -f -', app)).code).toBe(0);
  expect((await as('token-of-bob', 'apply -n dev --server-side -f -', app)).stderr).toContain('cannot patch resource');
  const listed = await as('token-of-ann', 'auth can-i --list -n dev');
  expect(listed.stdout).toMatch(/deployments.apps\s+\[\]\s+\[\]\s+\[get list create patch\]/);
  expect(listed.stdout).toMatch(/configmaps\s+\[\]\s+\[one\]\s+\[get\]/);
});

test('creating by server-side apply needs the right to create', async () => {
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['patch'] }];
  await cluster.apply(
    rbac('Role', 'patcher', { rules }, 'dev'),
    binding('RoleBinding', 'patcher', 'Role/patcher', [{ kind: 'User', name: 'bob' }], 'dev'),
  );
  const map = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' } });
  const refused = await as('token-of-bob', 'apply -n dev --server-side -f -', map);
  expect(refused.stderr).toContain('User "bob" cannot create resource "configmaps"');
});

test('a ClusterRole counts everywhere, or in the namespace of its RoleBinding; view, edit and admin are there', async () => {
  const rules = [{ apiGroups: ['*'], resources: ['nodes'], verbs: ['get', 'list'] }];
  await cluster.apply(
    rbac('ClusterRole', 'nodes', { rules }),
    binding('ClusterRoleBinding', 'nodes', 'ClusterRole/nodes', [{ kind: 'User', name: 'bob' }]),
    binding('RoleBinding', 'viewer', 'ClusterRole/view', [{ kind: 'User', name: 'bob' }], 'dev'),
  );
  expect((await as('token-of-bob', 'get nodes')).stdout).toContain('slipway-local');
  expect((await as('token-of-bob', 'get pods -n dev')).code).toBe(0);
  expect((await as('token-of-bob', 'get secrets -n dev')).code).toBe(1);
  expect((await as('token-of-bob', 'get pods -n default')).code).toBe(1);
  await cluster.ok('delete clusterrolebinding nodes');
  expect((await as('token-of-bob', 'get nodes')).code).toBe(1);
});

test('a service account has a token when one is made for it', async () => {
  await cluster.ok('create serviceaccount robot -n dev');
  await cluster.ok('create rolebinding robot -n dev --clusterrole=edit --serviceaccount=dev:robot');
  const token = (await cluster.ok('create token robot -n dev')).trim();
  expect((await as(token, 'auth whoami -o jsonpath={.status.userInfo.username}')).stdout).toBe(
    'system:serviceaccount:dev:robot',
  );
  expect((await as(token, 'auth can-i create deployments -n dev')).stdout).toBe('yes\n');
  expect((await as(token, 'auth can-i create roles -n dev')).stdout).toBe('no\n');
  expect((await as(token, 'auth can-i create leases -n dev')).stdout).toBe('yes\n');
});

test('the administrator may ask and act as another; others may not', async () => {
  expect((await cluster.kubectl('auth can-i create deployments -n dev --as=ann')).stdout).toBe('no\n');
  expect((await cluster.kubectl('auth can-i create deployments -n dev --as=ann --as-group=deployers')).stdout).toBe(
    'yes\n',
  );
  const refused = await as('token-of-bob', 'get pods -n dev --as=ann');
  expect(refused.stderr).toContain('users "ann" is forbidden: User "bob" cannot impersonate resource "users"');
});

test('groups of an access entry count', async () => {
  const { Authenticator } = await import('../../../lib/local/cluster/auth/authenticator');
  const authenticator = new Authenticator(
    'x',
    [async () => ({ name: 'arn:x', groups: ['system:authenticated'] })],
    (name) => (name === 'arn:x' ? ['deployers'] : []),
  );
  expect(await authenticator.user('Bearer y')).toEqual({
    name: 'arn:x',
    groups: ['deployers', 'system:authenticated'],
  });
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
