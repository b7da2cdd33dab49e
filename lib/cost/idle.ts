import { type DeployedResource, listOf, lookUp, numberOf, type OwnerOf, objectsOf, ofType, textOf } from '../inventory';
import { type CostLine, type Estate, line } from './estate';
import { logLines } from './logs';

const OBSERVABILITY_ADDON = 'amazon-cloudwatch-observability';
const FREE_CODECOMMIT_USERS = 5;
/** Lines that are about several resources at once, so that their types are no unpriced ones. */
const PRICED_TOGETHER = ['AWS::Logs::LogGroup', 'AWS::EC2::EIP', 'AWS::EKS::Addon'];

type PriceResource = (resource: DeployedResource, estate: Estate, owner: OwnerOf) => CostLine[];

/** What a resource of each type costs in a month in which nothing is delivered. */
const BY_TYPE: Readonly<Record<string, PriceResource>> = {
  'AWS::EKS::Cluster': (resource, estate, owner) => {
    const { prices, today } = estate;
    const ends = lookUp(prices.standardSupportEnds.versions, textOf(resource.properties.Version));
    const extended = ends !== undefined && ends < today.slice(0, ends.length);
    const price = extended ? 'eks-cluster-extended' : 'eks-cluster';
    const what = extended ? 'EKS control plane, extended support' : 'EKS control plane';
    const lines = [line(estate, price, what, prices.hoursPerMonth, { resource, owner })];
    return resource.properties.ComputeConfig?.Enabled === true ? [...lines, ...nodeLines(resource, estate)] : lines;
  },
  'AWS::EC2::NatGateway': (resource, estate, owner) => [
    line(estate, 'nat-gateway', 'NAT gateway', estate.prices.hoursPerMonth, { resource, owner }),
  ],
  'AWS::EC2::EIP': (resource, estate, owner) => [
    line(estate, 'public-ipv4', 'public IPv4 address', estate.prices.hoursPerMonth, { resource, owner }),
  ],
  'AWS::EC2::VPCEndpoint': (resource, estate, owner) =>
    resource.properties.VpcEndpointType === 'Interface'
      ? [
          line(
            estate,
            'vpc-endpoint',
            'interface endpoint',
            estate.prices.hoursPerMonth * Math.max(1, listOf(resource.properties.SubnetIds).length),
            { resource, owner },
          ),
        ]
      : [],
  'AWS::KMS::Key': (resource, estate, owner) => [line(estate, 'kms-key', 'KMS key', 1, { resource, owner })],
  'AWS::CloudWatch::Alarm': (resource, estate, owner) => {
    const { Period: period, Metrics: metrics } = resource.properties;
    const watched = objectsOf(metrics).filter(({ MetricStat: stat }) => stat !== undefined);
    const shortest = Math.min(
      ...[period, ...watched.map(({ MetricStat: stat }) => stat?.Period)].map((p) => numberOf(p, 60)),
    );
    const price = shortest < 60 ? 'alarm-high-resolution' : 'alarm';
    return [line(estate, price, 'alarm', Math.max(1, watched.length), { resource, owner })];
  },
  'AWS::CloudWatch::CompositeAlarm': (resource, estate, owner) => [
    line(estate, 'alarm-composite', 'composite alarm', 1, { resource, owner }),
  ],
  'AWS::CloudWatch::Dashboard': (resource, estate, owner) => [
    line(estate, 'dashboard', 'dashboard', 1, { resource, owner }),
  ],
  'AWS::SecretsManager::Secret': (resource, estate, owner) => [
    line(estate, 'secret', 'secret', 1, { resource, owner }),
  ],
  'AWS::EKS::Addon': (resource, estate, owner) =>
    resource.properties.AddonName === OBSERVABILITY_ADDON ? [observations(resource, estate, owner)] : [],
  'AWS::CodePipeline::Pipeline': (resource, estate, owner) =>
    resource.properties.PipelineType === 'V2'
      ? []
      : [line(estate, 'codepipeline-v1', 'pipeline (V1)', 1, { resource, owner })],
};

/** Every position of a month in which nothing is delivered, and the resource types that have no price. */
export function idleLines(
  estate: Estate,
  owner: OwnerOf,
): { readonly lines: CostLine[]; readonly unpriced: readonly string[] } {
  const { resources, prices, assumptions, environments } = estate;
  const lines = resources.flatMap((resource) => lookUp(BY_TYPE, resource.type)?.(resource, estate, owner) ?? []);
  for (const vpc of ofType(resources, 'AWS::EC2::VPC')) {
    if (ofType(resources, 'AWS::EC2::NatGateway').length === 0) continue;
    lines.push(line(estate, 'nat-data', 'data through NAT', assumptions['nat-gb'], { resource: vpc }, ['nat-gb']));
  }
  for (const { name: environment } of environments) {
    const hours = prices.hoursPerMonth * assumptions['load-balancers'];
    if (hours === 0) continue;
    const what = 'load balancer of the Service';
    const balancers = line(estate, 'network-load-balancer', what, hours, { environment }, ['load-balancers']);
    lines.push({ ...balancers, count: assumptions['load-balancers'] });
  }
  const users = assumptions['codecommit-users'] - FREE_CODECOMMIT_USERS;
  if (users > 0 && ofType(resources, 'AWS::CodeCommit::Repository').length > 0)
    lines.push(line(estate, 'codecommit-user', 'CodeCommit user', users, {}, ['codecommit-users']));
  lines.push(...logLines(estate, owner));
  const known = new Set([...Object.keys(BY_TYPE), ...PRICED_TOGETHER, ...prices.freeTypes.types]);
  const unpriced = resources.map(({ type }) => type).filter((type) => !known.has(type) && !type.startsWith('Custom::'));
  return { lines, unpriced: [...new Set(unpriced)] };
}

function nodeLines(cluster: DeployedResource, estate: Estate): CostLine[] {
  const { prices, assumptions } = estate;
  const hours = prices.hoursPerMonth * assumptions.nodes;
  if (hours === 0) return [];
  const nodes = line(estate, 'ec2-m5-large', 'EC2 instance of Auto Mode', hours, { resource: cluster }, ['nodes']);
  return [
    { ...nodes, count: assumptions.nodes },
    line(estate, 'eks-auto-mode', 'Auto Mode', nodes.usd, { resource: cluster }, ['nodes']),
  ];
}

function observations(resource: DeployedResource, estate: Estate, owner: OwnerOf): CostLine {
  const { prices, assumptions } = estate;
  const perMinute =
    assumptions.nodes * assumptions['observations-per-node'] + assumptions.pods * assumptions['observations-per-pod'];
  const millions = (perMinute * 60 * prices.hoursPerMonth) / 1e6;
  return line(estate, 'observations', 'Container Insights', millions, { resource, owner }, [
    'nodes',
    'pods',
    'observations-per-node',
    'observations-per-pod',
  ]);
}
