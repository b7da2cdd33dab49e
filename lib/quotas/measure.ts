import {
  type DeployedResource,
  type Inventory,
  type InventoryEnvironment,
  listOf,
  ofType,
  ownersIn,
  type Properties,
  textOf,
} from '../inventory';
import type { LimitId } from './limit-table';
import { pipelineUses } from './pipelines';
import { policyUses } from './policies';
import type { Growth, Use } from './use';

/** Resource types that count against a limit of the account or the Region. */
const COUNTED: Partial<Record<LimitId, readonly string[]>> = {
  pipelines: ['AWS::CodePipeline::Pipeline'],
  'build-projects': ['AWS::CodeBuild::Project'],
  roles: ['AWS::IAM::Role'],
  'managed-policies': ['AWS::IAM::ManagedPolicy'],
  alarms: ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'],
  'log-groups': ['AWS::Logs::LogGroup'],
  'kms-keys': ['AWS::KMS::Key'],
  vpcs: ['AWS::EC2::VPC'],
  'elastic-ips': ['AWS::EC2::EIP'],
  'code-repositories': ['AWS::CodeCommit::Repository'],
  'image-repositories': ['AWS::ECR::Repository'],
  buckets: ['AWS::S3::Bucket'],
  clusters: ['AWS::EKS::Cluster'],
};

export interface Estate {
  readonly inventory: Inventory;
  readonly environments: readonly InventoryEnvironment[];
}

/** What each limit is used for, in every place. */
export function measure(estate: Estate): ReadonlyMap<LimitId, readonly Use[]> {
  const { inventory } = estate;
  const { resources, stacks } = inventory;
  const growthOf = growths(estate);
  const uses = new Map<LimitId, readonly Use[]>();
  for (const [id, types] of Object.entries(COUNTED) as [LimitId, readonly string[]][]) {
    const counted = resources.filter(({ type }) => types.includes(type));
    const each = byAccount(counted, ({ stack }) => stack, stacks);
    uses.set(
      id,
      each.map(([where, own]) => ({ where, used: own.length, growth: growthOf(own) })),
    );
  }
  const shared = sharedStacks(inventory);
  uses.set(
    'stacks',
    byAccount(stacks, ({ name }) => name, stacks).map(([where, own]) => {
      const fixed = own.filter(({ name }) => shared.includes(name)).length;
      const growth = { fixed, service: own.length - fixed, environment: 0, acrossServices: true };
      return { where, used: own.length, growth };
    }),
  );
  for (const [id, key] of [
    ['stack-resources', 'resources'],
    ['template-bytes', 'templateBytes'],
    ['stack-parameters', 'parameters'],
    ['stack-outputs', 'outputs'],
    ['stack-mappings', 'mappings'],
  ] as const) {
    const grows = id === 'stack-resources' || id === 'template-bytes';
    const byStack = stacks.map((stack): Use => {
      const use = { where: stack.name, used: stack[key] };
      return grows && !shared.includes(stack.name)
        ? { ...use, growth: stackGrowth(estate, stack.name, stack[key]) }
        : use;
    });
    uses.set(id, byStack);
  }
  for (const [id, more] of [...pipelineUses(estate), ...policyUses(resources), ...eventUses(inventory, growthOf)])
    uses.set(id, more);
  for (const [id, more] of networkUses(inventory)) uses.set(id, more);
  return uses;
}

/** Limits are an account's: what is in each, under `account <id>`, or all under '' where there is but one. */
function byAccount<T>(
  items: readonly T[],
  stackOf: (item: T) => string,
  stacks: Inventory['stacks'],
): [where: string, items: T[]][] {
  const accounts = new Map(stacks.map(({ name, account = '' }) => [name, account]));
  const several = new Set(accounts.values()).size > 1;
  const found = new Map<string, T[]>();
  for (const item of items) {
    const where = several ? `account ${accounts.get(stackOf(item)) ?? ''}` : '';
    found.set(where, [...(found.get(where) ?? []), item]);
  }
  return [...found];
}

const sharedStacks = ({ resources }: Inventory): string[] => [
  ...new Set(ofType(resources, 'AWS::EKS::Cluster').map(({ stack }) => stack)),
];

type GrowthOf = (resources: readonly DeployedResource[]) => Growth;

/** By whom the resources are there for: the cluster's stack, the service, or one of its environments. */
function growths({ inventory, environments }: Estate): GrowthOf {
  const owner = ownersIn(inventory.resources, environments);
  const shared = sharedStacks(inventory);
  return (resources) => {
    const ofService = resources.filter(({ stack }) => !shared.includes(stack));
    const ofEnvironments = ofService.filter((resource) => owner(resource) !== undefined).length;
    return {
      fixed: resources.length - ofService.length,
      service: ofService.length - ofEnvironments,
      environment: environments.length === 0 ? 0 : ofEnvironments / environments.length,
      acrossServices: true,
    };
  };
}

/** A stack of a service grows with its environments, by as much as the resources of one of them are of it. */
function stackGrowth({ inventory, environments }: Estate, stack: string, used: number): Growth {
  const owner = ownersIn(inventory.resources, environments);
  const all = inventory.resources.filter((resource) => resource.stack === stack);
  const weight = (each: readonly DeployedResource[]) =>
    used === all.length
      ? each.length
      : each.reduce((sum, { properties }) => sum + JSON.stringify(properties).length, 0);
  const share = weight(all) === 0 ? 0 : weight(all.filter((resource) => owner(resource) !== undefined)) / weight(all);
  const environment = environments.length === 0 ? 0 : (used * share) / environments.length;
  return { fixed: 0, service: used - environment * environments.length, environment, acrossServices: false };
}

function eventUses({ resources, stacks }: Inventory, growthOf: GrowthOf): [LimitId, readonly Use[]][] {
  const rules = ofType(resources, 'AWS::Events::Rule');
  const buses = new Map<string, DeployedResource[]>();
  for (const [account, own] of byAccount(rules, ({ stack }) => stack, stacks)) {
    for (const rule of own) {
      const bus = `${textOf(rule.properties.EventBusName ?? 'default')}${account === '' ? '' : ` of ${account}`}`;
      buses.set(bus, [...(buses.get(bus) ?? []), rule]);
    }
  }
  return [
    ['event-rules', [...buses].map(([where, each]) => ({ where, used: each.length, growth: growthOf(each) }))],
    ['event-targets', rules.map((rule) => ({ where: nameOf(rule), used: listOf(rule.properties.Targets).length }))],
    ['event-pattern', rules.map((rule) => ({ where: nameOf(rule), used: compact(rule.properties.EventPattern) }))],
    ...alarmUses(resources),
  ];
}

function alarmUses(resources: readonly DeployedResource[]): [LimitId, readonly Use[]][] {
  const composites = ofType(resources, 'AWS::CloudWatch::CompositeAlarm');
  const states = ['AlarmActions', 'OKActions', 'InsufficientDataActions'];
  const children = (rule: Properties) =>
    new Set([...String(rule).matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\(([^)]*)\)/g)].map(([, name]) => name)).size;
  return [
    ['composite-children', composites.map((one) => ({ where: nameOf(one), used: children(one.properties.AlarmRule) }))],
    [
      'composite-rule',
      composites.map((one) => ({ where: nameOf(one), used: textOf(one.properties.AlarmRule).length })),
    ],
    [
      'alarm-actions',
      [...ofType(resources, 'AWS::CloudWatch::Alarm'), ...composites].map((one) => ({
        where: nameOf(one),
        used: Math.max(...states.map((state) => listOf(one.properties[state]).length)),
      })),
    ],
  ];
}

/** Inbound rules by group; a group of another stack's making, such as the cluster's, gets one more from each service. */
function networkUses({ resources, stacks }: Inventory): [LimitId, readonly Use[]][] {
  const groups = ofType(resources, 'AWS::EC2::SecurityGroup');
  const own = groups.map((group) => ({
    where: nameOf(group),
    used: listOf(group.properties.SecurityGroupIngress).length,
  }));
  const apart = new Map<string, number>();
  for (const { properties } of ofType(resources, 'AWS::EC2::SecurityGroupIngress')) {
    const group = textOf(properties.GroupId);
    apart.set(group, (apart.get(group) ?? 0) + 1);
  }
  const others = [...apart].map(([group, used]): Use => {
    const isOwn = groups.some(({ id }) => id === group);
    const growth = { fixed: 0, service: used, environment: 0, acrossServices: true };
    return { where: isOwn ? group : "the cluster's group", used, ...(!isOwn && { growth }) };
  });
  const endpoints = ofType(resources, 'AWS::EC2::VPCEndpoint').filter(
    ({ properties }) => properties.VpcEndpointType === 'Interface',
  );
  return [
    ['security-group-rules', [...own, ...others]],
    [
      'interface-endpoints',
      byAccount(endpoints, ({ stack }) => stack, stacks).map(([where, own]) => ({ where, used: own.length })),
    ],
  ];
}

const nameOf = ({ stack, logicalId }: DeployedResource): string => `${stack}/${logicalId}`;
const compact = (value: Properties): number => (value === undefined ? 0 : JSON.stringify(value).length);
