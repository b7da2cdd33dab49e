import type { DeployedResource, Inventory, Properties } from '../../lib/inventory';
import { firstLimits, judgeQuotas, type Quota } from '../../lib/quotas/judge';
import { type LimitId, limitTable, withLimits } from '../../lib/quotas/limit-table';
import { quotaReport } from '../../lib/quotas/report';
import { sampleEnvironments as environments, sampleInventory } from '../cost/sample';

const sample = sampleInventory();

/** The sample with more resources in a stack of their own. */
const plus = (...resources: [type: string, properties: Properties, id?: string][]): Inventory => ({
  ...sample,
  resources: [
    ...sample.resources,
    ...resources.map(
      ([type, properties, id = 'other'], index): DeployedResource => ({
        stack: 'Other',
        logicalId: `Other${index}`,
        type,
        id,
        properties,
      }),
    ),
  ],
});
const judged = (inventory: Inventory, limits: Readonly<Record<string, string>> = {}) => {
  const table = withLimits(limits);
  if (!table.ok) throw new Error(table.errors.join());
  return judgeQuotas({ inventory, environments }, table.value);
};
const quota = (id: LimitId, inventory = sample, limits = {}): Quota => {
  const found = judged(inventory, limits).find((one) => one.id === id);
  if (found === undefined) throw new Error(`nothing uses ${id}`);
  return found;
};
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const action = (Name: string, ProjectName: string, RunOrder = 1) => ({
  Name,
  RunOrder,
  ActionTypeId: { Category: 'Build', Owner: 'AWS', Provider: 'CodeBuild', Version: '1' },
  Configuration: { ProjectName },
});

describe('several accounts', () => {
  const there: Inventory = {
    stacks: sample.stacks.map((stack) => ({
      ...stack,
      account: stack.name === 'SlipwayCluster' ? '222222222222' : '111122223333',
    })),
    resources: sample.resources,
  };

  it('have limits of their own: what counts is the fullest', () => {
    const vpcs = quota('vpcs', there);
    expect([vpcs.used, vpcs.where]).toEqual([1, 'account 222222222222']);
    const stacks = quota('stacks', there);
    expect([stacks.used, stacks.where]).toEqual([3, 'account 111122223333']);
    expect(quota('roles', there).used).toBeLessThan(quota('roles').used);
    expect(quota('event-rules', there).where).toBe('default of account 111122223333');
  });
});

describe('what the sample uses', () => {
  it.each<[LimitId, number, number]>([
    ['pipelines', 2, 1000],
    ['pipeline-stages', 6, 50], // Source, Build, Test, Staging, SignOff, Production
    ['stage-actions', 7, 50], // Image, Unit, Integration, Quality, Security; Attest; Release
    ['builds-small', 4, 1], // Unit, Integration, Quality, Security
    ['builds-medium', 1, 1], // Image
    ['vpcs', 1, 5],
    ['elastic-ips', 2, 5], // one for each NAT gateway
    ['clusters', 1, 100],
    ['composite-children', 7, 100],
    ['alarms', 3 * (7 + 1) + 4 + 1, 5000], // seven and a composite an environment, four and a composite of the cluster
    ['kms-keys', 5, 10000], // source, cluster, delivery, notifications; provenance
    ['code-repositories', 1, 5000],
    ['image-repositories', 2, 100000], // images and layer cache
    ['security-group-rules', 1, 60],
    ['stacks', 4, 2000],
  ])('%s: %i of %i', (id, used, limit) => {
    expect(quota(id)).toMatchObject({ used, limit, percent: (100 * used) / limit });
  });

  it('nothing is over; what cannot run at once waits', () => {
    const by = (status: string) =>
      judged(sample)
        .filter((one) => one.status === status)
        .map(({ id }) => id);
    expect(by('over')).toEqual([]);
    expect(by('waits')).toEqual(['builds-small']);
  });

  it('the resources and the bytes are those of the fullest stack', () => {
    const delivery = sample.stacks.find(({ name }) => name === 'VisitsDelivery');
    expect(quota('stack-resources')).toMatchObject({ where: 'VisitsDelivery', used: delivery?.resources });
    expect(quota('template-bytes').used).toBe(delivery?.templateBytes);
  });
});

describe('what is over', () => {
  const over = (inventory: Inventory, limits = {}) =>
    judged(inventory, limits)
      .filter(({ status }) => status === 'over')
      .map(({ id }) => id);
  const pipeline = (stages: Properties[]): [string, Properties, string] => [
    'AWS::CodePipeline::Pipeline',
    { Stages: stages },
    'long',
  ];
  const policy = (size: number) => ({ Statement: 'x'.repeat(size - '{"Statement":""}'.length) });

  it.each<[LimitId, Inventory]>([
    ['pipeline-stages', plus(pipeline(times(51, { Name: 'S', Actions: [] })))],
    ['stage-actions', plus(pipeline([{ Name: 'S', Actions: times(51, action('A', 'none')) }]))],
    [
      'pipeline-actions',
      plus(pipeline(times(30, { Name: 'S', Actions: times(34, action('A', 'none')) }))), // 1,020
    ],
    ['configuration-value', plus(pipeline([{ Name: 'S', Actions: [action('A', 'p'.repeat(1001))] }]))],
    [
      'condition-rules',
      plus(pipeline([{ Name: 'S', Actions: [], OnSuccess: { Conditions: [{ Rules: times(6, {}) }] } }])),
    ],
    ['role-inline-policies', plus(['AWS::IAM::Role', { Policies: times(2, { PolicyDocument: policy(5121) }) }])],
    [
      'role-inline-policies',
      plus(
        ['AWS::IAM::Role', { Policies: [{ PolicyDocument: policy(10_240) }] }, 'role'],
        ['AWS::IAM::Policy', { Roles: ['role'], PolicyDocument: policy(20) }],
      ),
    ],
    ['managed-policy', plus(['AWS::IAM::ManagedPolicy', { PolicyDocument: policy(6145) }])],
    ['role-trust', plus(['AWS::IAM::Role', { AssumeRolePolicyDocument: policy(2049) }])],
    ['role-attached-policies', plus(['AWS::IAM::Role', { ManagedPolicyArns: times(11, 'arn') }])],
    ['event-targets', plus(['AWS::Events::Rule', { Targets: times(6, {}) }])],
    ['event-pattern', plus(['AWS::Events::Rule', { EventPattern: { source: ['x'.repeat(2048)] } }])],
    ['event-rules', plus(...times<[string, Properties]>(300, ['AWS::Events::Rule', {}]))],
    [
      'composite-children',
      plus([
        'AWS::CloudWatch::CompositeAlarm',
        { AlarmRule: Array.from({ length: 101 }, (_, n) => `ALARM(a${n})`).join(' OR ') },
      ]),
    ],
    ['alarm-actions', plus(['AWS::CloudWatch::Alarm', { AlarmActions: times(6, 'arn') }])],
    ['elastic-ips', plus(...times<[string, Properties]>(4, ['AWS::EC2::EIP', {}]))],
    ['roles', plus(...times<[string, Properties]>(1000, ['AWS::IAM::Role', {}]))],
    ['key-policy', plus(['AWS::KMS::Key', { KeyPolicy: policy(32_769) }])],
    ['security-group-rules', plus(['AWS::EC2::SecurityGroup', { SecurityGroupIngress: times(61, {}) }])],
  ])('%s', (id, inventory) => {
    expect(over(inventory)).toEqual([id]);
  });

  it.each<[LimitId, Partial<Inventory['stacks'][number]>]>([
    ['stack-resources', { resources: 501 }],
    ['template-bytes', { templateBytes: 1_048_577 }],
    ['stack-parameters', { parameters: 201 }],
    ['stack-outputs', { outputs: 201 }],
    ['stack-mappings', { mappings: 201 }],
  ])('%s', (id, more) => {
    const large = { name: 'Large', resources: 0, parameters: 0, mappings: 0, outputs: 0, templateBytes: 0, ...more };
    expect(over({ ...sample, stacks: [...sample.stacks, large] })).toEqual([id]);
  });

  it('a policy of exactly the limit, and white space, are not', () => {
    expect(over(plus(['AWS::IAM::ManagedPolicy', { PolicyDocument: policy(6144) }]))).toEqual([]);
    expect(over(plus(['AWS::IAM::ManagedPolicy', { PolicyDocument: { Statement: ' '.repeat(9000) } }]))).toEqual([]);
  });

  it('seven small builds where one may run and five may wait; with a limit of two they wait', () => {
    const stage = { Name: 'S', Actions: times(7, action('A', 'small')) };
    const many = plus(pipeline([stage]), [
      'AWS::CodeBuild::Project',
      { Environment: { ComputeType: 'BUILD_GENERAL1_SMALL' } },
      'small',
    ]);
    expect(over(many)).toEqual(['builds-small']);
    expect(quota('builds-small', many, { 'builds-small': '2' }).status).toBe('waits');
    expect(quota('builds-small', many, { 'builds-small': '60' }).status).toBe('fits');
  });
});

describe('what a growing team meets first', () => {
  const roles = { fixed: 40, service: 10, environment: 5 }; // 40 + S × (10 + 5 × E)
  /** A cluster with 40 roles, a service with 10 and 5 for each of its environments, and nothing else. */
  const grown: Inventory = {
    stacks: [],
    resources: [
      ['Cluster', 'AWS::EKS::Cluster', {}, 1],
      ['Cluster', 'AWS::IAM::Role', {}, roles.fixed],
      ['Service', 'AWS::IAM::Role', {}, roles.service],
      ...environments.map(({ namespace }) => [
        'Service',
        'AWS::IAM::Role',
        { Tag: { Namespaces: [namespace] } },
        roles.environment,
      ]),
    ].flatMap(([stack, type, properties, count]) =>
      times(count as number, { stack, logicalId: 'One', type, id: 'one', properties } as DeployedResource),
    ),
  };

  it('by hand: 1,000 roles are enough for 38 services of three environments, and for 190 environments', () => {
    // 40 + 38 × 25 = 990, 40 + 39 × 25 = 1,015; 40 + 10 + 190 × 5 = 1,000
    expect(quota('roles', grown)).toMatchObject({ used: 40 + 25, servicesUntil: 39, environmentsUntil: 191 });
  });

  it('a limit that is raised is met later', () => {
    expect(quota('roles', grown, { roles: '5000' }).servicesUntil).toBe(Math.floor(4960 / 25) + 1);
  });

  it('the cluster, its VPC and addresses are shared: more services use no more of them', () => {
    expect(quota('elastic-ips').servicesUntil).toBeUndefined();
    expect(quota('clusters').servicesUntil).toBeUndefined();
    expect(quota('security-group-rules').servicesUntil).toBe(61);
  });

  it('small builds: four at once and five times one may wait, so a second service at once is refused', () => {
    expect(quota('builds-small').servicesUntil).toBe(2);
    expect(quota('builds-small', sample, { 'builds-small': '60' }).servicesUntil).toBe(Math.floor(360 / 4) + 1);
  });

  it('stages: each of production’s two brings itself and half an approval', () => {
    // 3 + 1.5 × E of at most 50
    expect(quota('pipeline-stages').environmentsUntil).toBe(Math.floor((50 - 3) / 1.5) + 1);
  });

  it('the first is the one with the smallest number', () => {
    const all = judged(sample, { 'builds-small': '1000', 'builds-medium': '1000' });
    const { services, environments: more } = firstLimits(all);
    expect(services?.servicesUntil).toBe(Math.min(...all.flatMap(({ servicesUntil }) => servicesUntil ?? [])));
    expect(more?.environmentsUntil).toBe(Math.min(...all.flatMap(({ environmentsUntil }) => environmentsUntil ?? [])));
    expect(firstLimits([])).toEqual({});
  });
});

describe('the table of limits', () => {
  it('has a date, and every limit a source', () => {
    expect(limitTable.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    const without = Object.values(limitTable.limits).filter(({ source }) => limitTable.sources[source] === undefined);
    expect(without).toEqual([]);
  });

  it('what was not looked at is marked', () => {
    const unseen = Object.values(limitTable.limits).filter(({ source }) => source === 'memory');
    expect(unseen.every(({ uncertain }) => uncertain)).toBe(true);
  });

  it('every limit is measured', () => {
    const full = plus(
      ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }],
      ['AWS::CodeBuild::Project', { Environment: { ComputeType: 'BUILD_GENERAL1_LARGE' } }, 'large'],
      ['AWS::IAM::Role', { Policies: [{ PolicyDocument: {} }] }],
      [
        'AWS::CodePipeline::Pipeline',
        { Triggers: [{}], Stages: [{ Name: 'S', Actions: [action('A', 'large')] }] },
        'other',
      ],
    );
    const stacks = full.stacks.map((stack) => ({ ...stack, mappings: 1 }));
    expect(
      judged({ ...full, stacks })
        .map(({ id }) => id)
        .sort(),
    ).toEqual(Object.keys(limitTable.limits).sort());
  });

  it('takes the limits of an account that were raised, and no others', () => {
    expect(withLimits({ roles: '5000' })).toMatchObject({ ok: true, value: { limits: { roles: { limit: 5000 } } } });
    expect(withLimits({ rolls: '1', roles: '0', 'pipeline-stages': '99' })).toMatchObject({
      ok: false,
      errors: [/no limit "rolls"/, /roles: .*"0"/, /does not raise this limit of 50/].map((p) =>
        expect.stringMatching(p),
      ),
    });
  });
});

describe('the report', () => {
  it('fits into 80 columns and says what comes first', () => {
    const text = quotaReport(judged(sample), limitTable);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/builds-small \? +4 +1 +400 % {2}waits/);
    expect(text).toContain('  2 services delivered at once: builds-small (AWS raises it)');
    expect(text).toMatch(/ {2}\d+ services on this cluster: /);
    expect(text).toMatch(/ {2}\d+ environments of a service: /);
  });

  it('shows what is over', () => {
    const text = quotaReport(judged(plus(...times<[string, Properties]>(4, ['AWS::EC2::EIP', {}]))), limitTable);
    expect(text).toMatch(/elastic-ips +6 +5 +120 % {2}OVER/);
  });
});
