import type { Json } from '../../lib/cloud/rules/rule';
import { ACCOUNT, REGION } from './account';
import type { Left, Owners } from './retained';

export interface Variant {
  readonly what: string;
  readonly yaml: string;
  /** Its stacks. */
  readonly stacks: readonly string[];
  /** Whether the service of slipway.yaml is there already, with its cluster and VPC. */
  readonly beside?: boolean;
  /** CodeCommit repositories of somebody else. */
  readonly repositories?: readonly string[];
  /** What destroying it leaves. */
  readonly keeps: Owners;
  /** What of the account, and of the other one, is because of this variant. */
  readonly expects: (seen: Json, other: Json) => void;
  /** What it keeps in the other account. */
  readonly keepsThere?: Left;
}

/** Ids that only a deployed first service has; they are put into the templates in place of these. */
const VPC = 'vpc-00000000000000001';
const SUBNETS = ['subnet-00000000000000001', 'subnet-00000000000000002'];
const GROUP = 'sg-00000000000000001';
export const OUTPUTS: Readonly<Record<string, readonly [stack: string, output: string]>> = {
  [VPC]: ['SlipwayCluster', 'RefNetworkVpc[0-9A-F]{8}$|RefNetworkVpc[0-9A-F]{8}[0-9A-F]{8}$'],
  [SUBNETS[0] as string]: ['SlipwayCluster', 'privateSubnet1'],
  [SUBNETS[1] as string]: ['SlipwayCluster', 'privateSubnet2'],
  [GROUP]: ['SlipwayCluster', 'ClusterSecurityGroupId'],
};

/** The account of environments that live in one of their own. */
export const OTHER = '210987654321';

const service = (name: string) => `service: { name: ${name}, path: examples/visits }\n`;
const network = `network:
  existing:
    vpcId: ${VPC}
    availabilityZones: [${REGION}a, ${REGION}b]
    privateSubnetIds: [${SUBNETS.join(', ')}]
`;
const existingCluster = `cluster: { name: slipway, existing: { securityGroupId: ${GROUP} } }\n${network}`;
const connection = (repository: string) => `source:
  provider: connection
  repository: ${repository}
  connectionArn: arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/00000000-0000-4000-8000-000000000000
`;
const names = (seen: Json, what: string, of: RegExp): string[] =>
  Object.keys(seen[what]).filter((name) => of.test(name));

export const VARIANTS: readonly Variant[] = [
  {
    what: 'the smallest file: all defaults',
    yaml: service('tiny'),
    stacks: ['TinySource', 'SlipwayCluster', 'TinyMonitoring', 'TinyDelivery'],
    keeps: { service: 'tiny', source: true, cluster: 'slipway' },
    expects: ({ subscriptions, repositories }) => {
      expect(subscriptions).toEqual([]);
      expect(repositories.tiny.defaultBranch).toBe('develop');
    },
  },
  {
    what: 'a source behind a connection',
    yaml: service('orders') + connection('Acme/orders'),
    stacks: ['SlipwayCluster', 'OrdersMonitoring', 'OrdersDelivery'],
    keeps: { service: 'orders', cluster: 'slipway' },
    expects: ({ pipelines, repositories }) => {
      const { triggers, stages } = pipelines['orders-production'];
      expect(triggers[0]).toMatchObject({
        providerType: 'CodeStarSourceConnection',
        gitConfiguration: { push: [{ branches: { includes: ['main'] } }] },
      });
      expect(stages[0].actions[0].actionTypeId.provider).toBe('CodeStarSourceConnection');
      expect(repositories).toEqual({});
    },
  },
  {
    what: 'a repository that is there',
    yaml: `${service('billing')}source: { existing: true }\n`,
    repositories: ['billing'],
    stacks: ['SlipwayCluster', 'BillingMonitoring', 'BillingDelivery'],
    keeps: { service: 'billing', cluster: 'slipway' },
    expects: ({ pipelines }) =>
      expect(pipelines['billing-production'].stages[0].actions[0].configuration.RepositoryName).toBe('billing'),
  },
  {
    what: 'one environment of one pipeline, on the next Kubernetes version, in other zones; e-mail; checks off; no preview',
    yaml: `${service('lean')}environments:
  production: { approvals: [], bake: false }
checks: { integration: false }
cluster: { name: lean, version: "1.36" }
network: { availabilityZones: [${REGION}b, ${REGION}c] }
notifications: { emails: [team@example.com, lead@example.com] }
`,
    stacks: ['LeanSource', 'LeanCluster', 'LeanMonitoring', 'LeanDelivery'],
    keeps: { service: 'lean', source: true, cluster: 'lean' },
    expects: ({ pipelines, clusters, subnets, subscriptions, projects }) => {
      expect(Object.keys(pipelines)).toEqual(['lean-production']);
      expect(clusters.lean.cluster.version).toBe('1.36');
      const zones = Object.values<Json>(subnets).map(({ AvailabilityZone }) => AvailabilityZone);
      expect([...new Set(zones)].sort()).toEqual([`${REGION}b`, `${REGION}c`]);
      expect(subscriptions.map(([, , endpoint]: string[]) => endpoint).sort()).toEqual([
        'lead@example.com',
        'team@example.com',
      ]);
      expect(Object.keys(projects).filter((name) => /integration/.test(name))).toEqual([]);
    },
  },
  {
    what: 'two services: the second on the cluster and in the VPC of the first',
    yaml: service('basket') + existingCluster,
    beside: true,
    stacks: ['BasketSource', 'BasketMonitoring', 'BasketDelivery'],
    keeps: { service: 'basket', source: true },
    expects: (seen) => {
      expect(Object.keys(seen.clusters)).toEqual(['slipway']);
      expect(seen.vpcs).toHaveLength(1);
      expect(names(seen, 'pipelines', /./).map((name) => name.split('-')[0])).toEqual(
        expect.arrayContaining(['basket', 'visits']),
      );
      const namespaces = Object.values<Json>(seen.clusters.slipway.entries).flatMap(({ policies }) =>
        policies.flatMap(({ accessScope }: Json) => accessScope.namespaces ?? []),
      );
      expect(new Set(namespaces.map((name: string) => name.split('-')[0]))).toEqual(new Set(['basket', 'visits']));
    },
  },
  {
    what: 'a cluster of its own in a VPC that is there',
    yaml: `${service('stock')}cluster: { name: second }\n${network}`,
    beside: true,
    stacks: ['StockSource', 'SecondCluster', 'StockMonitoring', 'StockDelivery'],
    keeps: { service: 'stock', source: true, cluster: 'second' },
    expects: (seen) => {
      expect(Object.keys(seen.clusters).sort()).toEqual(['second', 'slipway']);
      expect(seen.vpcs).toHaveLength(1);
      const subnets = seen.clusters.second.cluster.resourcesVpcConfig.subnetIds;
      expect(new Set(subnets)).toEqual(new Set(seen.clusters.slipway.cluster.resourcesVpcConfig.subnetIds));
    },
  },
  {
    what: 'cluster, VPC and source all there: nothing but pipelines and alarms; images that ECR signs',
    yaml: `${service('mail') + connection('Acme/mail') + existingCluster}images: { signing: ecr }\n`,
    beside: true,
    stacks: ['MailMonitoring', 'MailDelivery'],
    keeps: { service: 'mail' },
    expects: (seen) => {
      expect(Object.keys(seen.clusters)).toEqual(['slipway']);
      expect(Object.keys(seen.repositories)).toEqual(['visits']);
      expect(names(seen, 'pipelines', /^mail-/)).toEqual(['mail-development', 'mail-production']);
      expect(seen.signing).toEqual([
        {
          signingProfileArn: expect.stringMatching(/:\/signing-profiles\/MailDelivery_/),
          repositoryFilters: [{ filter: 'mail', filterType: 'WILDCARD_MATCH' }],
        },
      ]);
    },
  },
  {
    what: 'two accounts: production in one of its own',
    yaml: `${service('pair')}aws: { account: "${ACCOUNT}", region: ${REGION} }
environments:
  dev:
  production: { account: "${OTHER}" }
`,
    stacks: [
      'PairSource',
      'SlipwayCluster',
      `SlipwayCluster-${OTHER}`,
      `PairMonitoring-${OTHER}`,
      `PairEnvironments-${OTHER}`,
      'PairMonitoring',
      'PairDelivery',
    ],
    keeps: {
      service: 'pair',
      source: true,
      cluster: 'slipway',
      artifacts: `pair-${ACCOUNT}-${REGION}`,
      attestations: `pair-${ACCOUNT}-${REGION}-at`,
    },
    keepsThere: {
      buckets: ['pairenvironments-2109876543-releasesbucket', 'pairenvironments-210987654321-accesslogs'],
      keys: ['Releases and logs of pair', 'Secrets and logs of the cluster slipway'],
    },
    expects: (here, there) => {
      expect(Object.keys(here.clusters)).toEqual(['slipway']);
      expect(Object.keys(there.clusters)).toEqual(['slipway']);
      expect(there.pipelines).toEqual({});
      const actions: Json[] = here.pipelines['pair-production'].stages.flatMap(({ actions: all }: Json) => all);
      const remote = actions.filter(({ roleArn }) => roleArn?.includes(OTHER));
      const projects = remote.flatMap(({ configuration }) => configuration.ProjectName ?? []);
      expect([...new Set(projects)].sort()).toEqual(Object.keys(there.projects).sort());
    },
  },
];
