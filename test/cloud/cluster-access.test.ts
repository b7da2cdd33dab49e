import { writeFileSync } from 'node:fs';
import { readAssembly } from '../../lib/local/assembly';
import { accessOf } from '../../lib/local/cluster/auth/entry-access';
import type { AccessEntry } from '../../lib/local/template/cluster';
import { readWorld } from '../../lib/local/world';
import { surroundings } from '../local/aws/fixture';
import { presignIdentity } from '../local/aws/signed-request';
import { type Ran, TestCluster } from '../local/cluster/harness';
import { configOf, slipwayApp } from './fixtures';

const BINDINGS = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

const assembly = readAssembly(slipwayApp(configOf()).app.synth().directory);
if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
const world = readWorld(assembly.value, BINDINGS);
if (!world.ok) throw new Error(JSON.stringify(world.errors));
const [templated] = world.value.clusters;
if (!templated) throw new Error('the templates make no cluster');
const roles = world.value.permissions.roles;

/** ARN of the role of a build. */
const roleOf = (id: string): string => {
  const role = roles.find(({ logicalId }) => logicalId.startsWith(`${id}Role`));
  if (!role) throw new Error(`no role of ${id}`);
  return role.arn;
};
const ROLES = {
  'deploy to dev': roleOf('DevelopmentDevDeploy'),
  'deploy to production': roleOf('ProductionProductionDeploy'),
  'verify dev': roleOf('DevelopmentDevVerify'),
  'preview of pull requests': roleOf('PreviewBuild'),
  'unit tests': roleOf('DevelopmentTestUnit'),
  'image build': roleOf('DevelopmentTestImage'),
};
type Who = keyof typeof ROLES;

/** The cluster with what its stack applies, the templates' access entries or others, and kubectl with the token of a role. */
async function opened(entries: readonly AccessEntry[]) {
  const aws = await surroundings(world.ok ? { permissions: world.value.permissions } : {});
  const cluster = await TestCluster.start({
    name: 'delivery',
    stsUrl: aws.endpoint.url,
    access: entries.flatMap(accessOf),
  });
  await cluster.apply(...(templated?.manifests ?? []));
  const kubeconfig = `${cluster.folder}/of-a-role`;
  const server = (await cluster.ok('config view --raw')).replace(/token: .*/, 'token: none');
  writeFileSync(kubeconfig, server);
  return {
    async as(who: Who, args: string, input?: string): Promise<Ran> {
      const credentials = aws.endpoint.credentialsFor(ROLES[who], 'AWSCodeBuild-1');
      const url = await presignIdentity({ ...aws, client: () => ({ ...aws.client(), credentials }) }, 'delivery');
      const token = `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
      return cluster.kubectl(`'--kubeconfig=${kubeconfig}' --token=${token} ${args}`, input);
    },
    async close() {
      await cluster.stop();
      await aws.close();
    },
  };
}

/** What each role may: what, as arguments of `kubectl auth can-i`. */
const CAN: readonly (readonly [who: Who, what: string, can: boolean])[] = [
  ['deploy to dev', 'create deployments.apps -n visits-dev', true],
  ['deploy to dev', 'patch services -n visits-dev', true],
  ['deploy to dev', 'get pods --subresource=log -n visits-dev', true],
  // Of its group alone: EKS's edit policy has none of these.
  ['deploy to dev', 'create leases.coordination.k8s.io -n visits-dev', true],
  ['deploy to dev', 'list roles.rbac.authorization.k8s.io -n visits-dev', true],
  ['deploy to dev', 'create leases.coordination.k8s.io -n visits-production', false],
  ['deploy to dev', 'get pods -n visits-production', false],
  ['deploy to dev', 'get secrets -n visits-production', false],
  ['deploy to dev', 'get configmaps -n visits-staging', false],
  ['deploy to dev', 'patch deployments.apps -n visits-production', false],
  ['deploy to dev', 'delete deployments.apps -n visits-production', false],
  ['deploy to dev', 'get pods -n kube-system', false],
  ['deploy to dev', 'get pods -A', false],
  ['deploy to dev', 'list namespaces', false],
  ['deploy to dev', 'create namespaces', false],
  ['deploy to dev', 'patch namespaces/visits-dev', false],
  ['deploy to dev', 'get nodes', false],
  ['deploy to dev', 'create clusterrolebindings.rbac.authorization.k8s.io', false],
  ['deploy to dev', 'create rolebindings.rbac.authorization.k8s.io -n visits-dev', false],
  ['deploy to dev', 'patch roles.rbac.authorization.k8s.io -n visits-dev', false],
  ['deploy to production', 'patch deployments.apps -n visits-production', true],
  ['deploy to production', 'patch deployments.apps -n visits-dev', false],
  ['deploy to production', 'get secrets -n visits-dev', false],
  ['verify dev', 'get pods -n visits-dev', true],
  ['verify dev', 'patch deployments.apps -n visits-dev', false],
  ['verify dev', 'create pods --subresource=exec -n visits-dev', false],
  ['verify dev', 'get secrets -n visits-dev', false],
  ['verify dev', 'get pods -n visits-production', false],
  ['preview of pull requests', 'get deployments.apps -n visits-dev', true],
  ['preview of pull requests', 'patch deployments.apps -n visits-dev', false],
  ['preview of pull requests', 'get secrets -n visits-dev', false],
  ['preview of pull requests', 'get pods -n visits-production', false],
];

/** The lines of `CAN` that are otherwise. */
async function otherwise(cluster: Awaited<ReturnType<typeof opened>>, table = CAN): Promise<string[]> {
  const answers = await Promise.all(
    table.map(async ([who, what, can]) => {
      const { stdout, stderr } = await cluster.as(who, `auth can-i ${what}`);
      const word = stdout.trim().split('\n').at(-1);
      return word === (can ? 'yes' : 'no') ? [] : [`${who}: ${what}: ${word || stderr.trim()}`];
    }),
  );
  return answers.flat();
}

describe("in the cluster of the templates, with kubectl and the token of a build's role", () => {
  let cluster: Awaited<ReturnType<typeof opened>>;
  beforeAll(async () => {
    cluster = await opened(templated.accessEntries);
  });
  afterAll(() => cluster.close());

  it('each role may what it is there for, in the namespace of its environment, and nothing else', async () => {
    expect(await otherwise(cluster)).toEqual([]);
  });

  it("a deploy to dev that tries is refused: production's objects, namespaces, the cluster's own", async () => {
    const map = (namespace: string) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'planted', namespace }, data: {} });
    expect(await cluster.as('deploy to dev', 'apply -f -', map('visits-dev'))).toMatchObject({ code: 0 });
    for (const [args, input] of [
      ['apply -f -', map('visits-production')],
      ['get secrets -n visits-production'],
      ['delete deployment app -n visits-production'],
      ['get nodes'],
      ['delete namespace visits-production'],
    ] as const) {
      const { code, stderr } = await cluster.as('deploy to dev', args, input);
      expect([args, code, /orbidden/.test(stderr)]).toEqual([args, 1, true]);
    }
    const { code, stderr } = await cluster.as('verify dev', 'delete configmap planted -n visits-dev');
    expect([code, stderr]).toEqual([1, expect.stringContaining('is forbidden')]);
  });

  it('who has no entry is nobody, whatever his role may on AWS', async () => {
    for (const who of ['unit tests', 'image build'] as const) {
      const { code } = await cluster.as(who, 'get pods -n visits-dev');
      expect([who, code]).toEqual([who, 1]);
    }
  });
});

describe('an access entry that gives more, or a group that is another, is told', () => {
  const deploy = ROLES['deploy to dev'];
  const changed = (change: (entry: AccessEntry) => AccessEntry): readonly AccessEntry[] =>
    templated.accessEntries.map((entry) => (entry.principalArn === deploy ? change(entry) : entry));

  it.each<readonly [string, (entry: AccessEntry) => AccessEntry, string]>([
    [
      'the whole cluster',
      ({ policies, ...entry }) => ({ ...entry, policies: policies.map(({ name }) => ({ name })) }),
      'deploy to dev: patch deployments.apps -n visits-production: yes',
    ],
    [
      'both namespaces',
      ({ policies, ...entry }) => ({
        ...entry,
        policies: policies.map(({ name }) => ({ name, namespaces: ['visits-dev', 'visits-production'] })),
      }),
      'deploy to dev: get secrets -n visits-production: yes',
    ],
    [
      'every namespace of the service',
      ({ policies, ...entry }) => ({
        ...entry,
        policies: policies.map(({ name }) => ({ name, namespaces: ['visits-*'] })),
      }),
      'deploy to dev: get configmaps -n visits-staging: yes',
    ],
    [
      'administration',
      (entry) => ({ ...entry, policies: [{ name: 'AmazonEKSClusterAdminPolicy' }] }),
      'deploy to dev: create namespaces: yes',
    ],
    [
      "production's group",
      (entry) => ({ ...entry, groups: ['slipway:deployers:visits-production'] }),
      'deploy to dev: create leases.coordination.k8s.io -n visits-production: yes',
    ],
    [
      'no group',
      (entry) => ({ ...entry, groups: [] }),
      'deploy to dev: create leases.coordination.k8s.io -n visits-dev: no',
    ],
  ])('%s', async (_, change, told) => {
    const mutant = await opened(changed(change));
    try {
      const [who, what] = told.split(': ');
      const row = CAN.filter((each) => each[0] === who && each[1] === what);
      expect(await otherwise(mutant, row)).toEqual([told]);
    } finally {
      await mutant.close();
    }
  });
});
