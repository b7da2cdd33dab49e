import { type DeployedResource, lookUp, numberOf, objectsOf, ofType, ownersIn, textOf } from '../inventory';
import type { AssumptionName } from './assumptions';
import { type Estate, sum } from './estate';
import { type Estimate, estimate } from './estimate';

/** A change that makes the estate cheaper, with what it saves and what it takes away. */
export interface Advice {
  readonly id: string;
  readonly what: string;
  /** What one gives up for it. */
  readonly but: string;
  /** US dollars a month, idle. */
  readonly month: number;
  /** US dollars for 1,000 runs of every pipeline, none of whose stages is skipped. */
  readonly thousandRuns: number;
}

interface Change {
  readonly id: string;
  readonly what: (estate: Estate) => string;
  readonly but: string;
  /** The estate after it; undefined where there is nothing to change. */
  readonly apply: (estate: Estate) => Estate | undefined;
}

const RETENTION_DAYS = 30;
const SMALLER: Readonly<Record<string, string>> = {
  BUILD_GENERAL1_LARGE: 'BUILD_GENERAL1_MEDIUM',
  BUILD_GENERAL1_MEDIUM: 'BUILD_GENERAL1_SMALL',
};

const CHANGES: readonly Change[] = [
  {
    id: 'one-nat-gateway',
    what: ({ resources }) => `one NAT gateway in place of ${ofType(resources, 'AWS::EC2::NatGateway').length}`,
    but: 'both zones then depend on one, and pay for traffic between them',
    apply: (estate) => {
      const spare = ofType(estate.resources, 'AWS::EC2::NatGateway').slice(1);
      const addresses = ofType(estate.resources, 'AWS::EC2::EIP').slice(-spare.length);
      return spare.length === 0 ? undefined : without(estate, [...spare, ...addresses]);
    },
  },
  {
    id: 's3-endpoint',
    what: () => 'a gateway endpoint for S3 (free)',
    but: 'one more resource, and nothing else',
    apply: (estate) => {
      const hasNat = ofType(estate.resources, 'AWS::EC2::NatGateway').length > 0;
      const has = ofType(estate.resources, 'AWS::EC2::VPCEndpoint').some(({ properties: { ServiceName: name } }) =>
        textOf(name).endsWith('.s3'),
      );
      if (has || !hasNat) return undefined;
      const rest = 1 - estate.assumptions['nat-s3-share'];
      return scaled(scaled(estate, 'nat-gb', rest), 'nat-mb-per-build', rest);
    },
  },
  {
    id: 'interface-endpoints',
    what: ({ resources }) => `no interface endpoints (${interfaceEndpoints(resources).length})`,
    but: 'their traffic goes through NAT, or nowhere if there is none',
    apply: (estate) => gone(estate, interfaceEndpoints(estate.resources)),
  },
  {
    id: 'log-retention',
    what: () => `logs kept for ${RETENTION_DAYS} days`,
    but: 'what happened before is gone: retention.logs of slipway.yaml',
    apply: (estate) =>
      changed(estate, 'AWS::Logs::LogGroup', (properties) =>
        numberOf(properties.RetentionInDays, Infinity) <= RETENTION_DAYS
          ? undefined
          : { ...properties, RetentionInDays: RETENTION_DAYS },
      ),
  },
  {
    id: 'flow-logs-rejected',
    what: () => 'flow logs of rejected traffic only',
    but: 'who talked to whom is no longer known',
    apply: (estate) =>
      ofType(estate.resources, 'AWS::EC2::FlowLog').some(({ properties: { TrafficType: type } }) => type === 'ALL')
        ? scaled(estate, 'flow-log-gb', estate.assumptions['flow-log-rejected-share'])
        : undefined,
  },
  {
    id: 'audit-logs',
    what: () => 'no api and audit logs of the control plane',
    but: 'nobody can tell who changed what; the rule `cluster` refuses it',
    apply: (estate) =>
      ofType(estate.resources, 'AWS::EKS::Cluster').some(({ properties }) =>
        objectsOf(properties.Logging?.ClusterLogging?.EnabledTypes).some(({ Type: type }) => type === 'audit'),
      )
        ? scaled(estate, 'control-plane-log-gb', 1 - estate.assumptions['audit-log-share'])
        : undefined,
  },
  {
    id: 'smaller-builds',
    what: () => 'builds one compute type smaller',
    but: 'the sum holds if they take as long; one that takes twice as long saves nothing',
    apply: (estate) =>
      changed(estate, 'AWS::CodeBuild::Project', (properties) => {
        const smaller = lookUp(SMALLER, properties.Environment?.ComputeType);
        return smaller && { ...properties, Environment: { ...properties.Environment, ComputeType: smaller } };
      }),
  },
  {
    id: 'standard-support',
    what: () => 'a Kubernetes version in standard support',
    but: 'an upgrade: cluster.version of slipway.yaml',
    apply: (estate) =>
      changed(estate, 'AWS::EKS::Cluster', (properties) => {
        const ends = lookUp(estate.prices.standardSupportEnds.versions, properties.Version);
        return ends !== undefined && ends < estate.today ? { ...properties, Version: 'supported' } : undefined;
      }),
  },
  {
    id: 'shared-cluster',
    what: () => 'a cluster and VPC that exist already',
    but: 'another service on it shares its capacity and its upgrades: cluster.existing',
    apply: (estate) => {
      const stacks = ofType(estate.resources, 'AWS::EKS::Cluster').map(({ stack }) => stack);
      return gone(
        estate,
        estate.resources.filter(({ stack }) => stacks.includes(stack)),
      );
    },
  },
  {
    id: 'container-insights',
    what: () => 'no Container Insights',
    but: 'alarms have no data, and a bake without data fails',
    apply: (estate) =>
      gone(
        estate,
        ofType(estate.resources, 'AWS::EKS::Addon').filter(
          ({ properties }) => properties.AddonName === 'amazon-cloudwatch-observability',
        ),
      ),
  },
  {
    id: 'one-key',
    what: ({ resources }) => `one KMS key in place of ${encryptionKeys(resources).length}`,
    but: 'one policy for all that they protect',
    apply: (estate) => gone(estate, encryptionKeys(estate.resources).slice(1)),
  },
  {
    id: 'fewer-alarms',
    what: ({ environments }) => `alarms of ${environments.at(-1)?.name ?? 'the last environment'} only`,
    but: 'deploys elsewhere are judged by their pods alone',
    apply: (estate) => {
      const owner = ownersIn(estate.resources, estate.environments);
      const last = estate.environments.at(-1)?.name;
      const alarms = estate.resources.filter(({ type }) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(type));
      return gone(
        estate,
        alarms.filter((alarm) => owner(alarm) !== undefined && owner(alarm) !== last),
      );
    },
  },
  {
    id: 'no-dashboard',
    what: () => 'no dashboard',
    but: 'the first three of an account are free',
    apply: (estate) => gone(estate, ofType(estate.resources, 'AWS::CloudWatch::Dashboard')),
  },
  {
    id: 'no-load-balancers',
    what: () => 'Services without a load balancer of their own',
    but: 'reached inside the cluster only, or through one that they share',
    apply: (estate) => (estate.environments.length === 0 ? undefined : scaled(estate, 'load-balancers', 0)),
  },
];

/** What would make the estate cheaper, the greatest saving of a month first. Each is counted alone: two may overlap. */
export function advise(estate: Estate): Advice[] {
  const now = estimate(estate);
  return CHANGES.flatMap((change): Advice[] => {
    const after = change.apply(estate);
    if (after === undefined) return [];
    const then = estimate(after);
    const month = cents(sum(now.idle) - sum(then.idle));
    const thousandRuns = cents(1000 * (allRuns(now) - allRuns(then)));
    if (month <= 0 && thousandRuns <= 0) return [];
    return [{ id: change.id, what: change.what(estate), but: change.but, month, thousandRuns }];
  }).sort((a, b) => b.month - a.month || b.thousandRuns - a.thousandRuns);
}

const cents = (usd: number): number => Math.round(usd * 100) / 100;
const allRuns = ({ runs }: Estimate): number =>
  runs
    .filter(({ kind, skipped }) => kind === 'pipeline' && skipped.length === 0)
    .reduce((total, { lines }) => total + sum(lines), 0);

const interfaceEndpoints = (resources: readonly DeployedResource[]): DeployedResource[] =>
  ofType(resources, 'AWS::EC2::VPCEndpoint').filter(({ properties }) => properties.VpcEndpointType === 'Interface');

const without = (estate: Estate, removed: readonly DeployedResource[]): Estate => ({
  ...estate,
  resources: estate.resources.filter((resource) => !removed.includes(resource)),
});

const gone = (estate: Estate, removed: readonly DeployedResource[]): Estate | undefined =>
  removed.length === 0 ? undefined : without(estate, removed);

const scaled = (estate: Estate, name: AssumptionName, factor: number): Estate => ({
  ...estate,
  assumptions: { ...estate.assumptions, [name]: estate.assumptions[name] * factor },
});

/** With other properties where `change` gives some; undefined where it gives none. */
function changed(
  estate: Estate,
  type: string,
  change: (properties: DeployedResource['properties']) => DeployedResource['properties'],
): Estate | undefined {
  let some = false;
  const resources = estate.resources.map((resource) => {
    const properties = resource.type === type ? change(resource.properties) : undefined;
    if (properties === undefined) return resource;
    some = true;
    return { ...resource, properties };
  });
  return some ? { ...estate, resources } : undefined;
}

/** Keys that sign cannot be one with those that encrypt. */
function encryptionKeys(resources: readonly DeployedResource[]): readonly DeployedResource[] {
  return ofType(resources, 'AWS::KMS::Key').filter(({ properties }) => properties.KeyUsage !== 'SIGN_VERIFY');
}
