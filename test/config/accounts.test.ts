import { configOf, errorsOf, fileWith } from './read';

const TOOLS = 'aws: { account: "111122223333", region: eu-west-1 }';
const VPC =
  '{ existing: { vpcId: vpc-01234567, availabilityZones: [eu-west-1a, eu-west-1b], privateSubnetIds: [subnet-01234567, subnet-89abcdef] } }';
const CLUSTER = '{ existing: { securityGroupId: sg-01234567, nodeRoles: [auto/nodes] } }';

/** An environments section of these lines, below the account of the pipelines. */
const environments = (...lines: string[]): string =>
  fileWith([TOOLS, 'environments:', ...lines.map((line) => `  ${line}`)].join('\n'));

describe('an environment in an account of its own', () => {
  it('has a cluster there that is as the one of the pipelines, and a VPC of its own', () => {
    const yaml = `${environments('dev: {}', 'production: { account: "222222222222" }')}
cluster: { name: blue, version: "1.36", existing: { securityGroupId: sg-01234567 } }
network: ${VPC}`;
    const [dev, production] = configOf(yaml).environments;
    expect(dev?.elsewhere).toBeUndefined();
    expect(production?.elsewhere).toEqual({
      account: '222222222222',
      cluster: { name: 'blue', version: '1.36' },
      network: {},
    });
  });

  it('says another cluster and network, once for all environments of the account', () => {
    const yaml = environments(
      'dev: { account: "333333333333" }',
      'staging: { account: "222222222222" }',
      `production: { account: "222222222222", cluster: ${CLUSTER}, network: ${VPC} }`,
    );
    const [dev, staging, production] = configOf(yaml).environments.map(({ elsewhere }) => elsewhere);
    expect(dev).toEqual({ account: '333333333333', cluster: { name: 'slipway', version: '1.35' }, network: {} });
    expect(staging).toEqual({
      account: '222222222222',
      cluster: {
        name: 'slipway',
        version: '1.35',
        existing: { securityGroupId: 'sg-01234567', nodeRoles: ['auto/nodes'] },
      },
      network: { existing: expect.objectContaining({ vpcId: 'vpc-01234567' }) },
    });
    expect(production).toEqual(staging);
  });

  it('takes the account of the pipelines from SLIPWAY_ACCOUNT too', () => {
    const yaml = fileWith('environments: { production: { account: "222222222222" } }');
    const config = configOf(yaml, { SLIPWAY_ACCOUNT: '111122223333', SLIPWAY_REGION: 'eu-west-1' });
    expect(config.environments[0]?.elsewhere?.account).toBe('222222222222');
    expect(errorsOf(yaml, { SLIPWAY_ACCOUNT: '222222222222', SLIPWAY_REGION: 'eu-west-1' })).toEqual([
      'slipway.yaml:3:40 environments.production.account: is aws.account, where every environment lives that names no account; leave `account` out',
    ]);
  });
});

/** Name of the case, the file, what is said about it (without the file's name). */
const cases: [string, string, string[]][] = [
  [
    'without an account of the pipelines',
    fileWith('environments: { production: { account: "222222222222" } }'),
    [
      '3:31 environments.production.account: needs aws.account and aws.region: where the pipelines are that deploy to this account',
    ],
  ],
  [
    'without a region',
    fileWith('aws: { account: "111122223333" }\nenvironments: { production: { account: "222222222222" } }'),
    ['4:31 environments.production.account: needs aws.region: where the pipelines are that deploy to this account'],
  ],
  [
    'in the account of the pipelines',
    environments('production: { account: "111122223333" }'),
    [
      '5:26 environments.production.account: is aws.account, where every environment lives that names no account; leave `account` out',
    ],
  ],
  [
    'whose account is a number',
    environments('production: { account: 222222222222 }'),
    ['5:26 environments.production.account: expected an account id of 12 digits, got 222222222222; put it in quotes'],
  ],
  [
    'with a cluster, but no account',
    environments('production: { cluster: { name: ours }, network: {} }'),
    [
      '5:17 environments.production.cluster: belongs to an environment with `account`; all others share `cluster` at the top of the file',
      '5:42 environments.production.network: belongs to an environment with `account`; all others share `network` at the top of the file',
    ],
  ],
  [
    'with a cluster that is there, in a VPC that nobody says',
    environments(`production: { account: "222222222222", cluster: ${CLUSTER} }`),
    [
      '5:63 environments.production.cluster.existing: needs environments.production.network.existing: the VPC of that cluster',
    ],
  ],
  [
    'with a cluster that is there, whose nodes nobody knows',
    environments(
      `production: { account: "222222222222", cluster: { existing: { securityGroupId: sg-01234567 } }, network: ${VPC} }`,
    ),
    ['5:53 environments.production.cluster.existing.nodeRoles: missing; expected a list of names of roles'],
  ],
  [
    'with another cluster than its neighbour in the account',
    environments(
      'staging: { account: "222222222222", cluster: { name: one } }',
      'production: { account: "222222222222", cluster: { name: two } }',
    ),
    [
      '6:51 environments.production.cluster: account 222222222222 has another cluster in environments.staging; environments that share an account share it: say it once',
    ],
  ],
  [
    'with zones and subnets that do not match',
    environments(
      `production: { account: "222222222222", network: ${VPC.replace('eu-west-1b]', 'eu-west-1b, eu-west-1c]')} }`,
    ),
    [
      '5:161 environments.production.network.existing.privateSubnetIds: expected one subnet for each of the 3 availability zones, got 2',
    ],
  ],
];

describe('errors of an environment in an account of its own', () => {
  it.each(cases)('%s', (_, yaml, expected) => {
    expect(errorsOf(yaml)).toEqual(expected.map((line) => `slipway.yaml:${line}`));
  });
});
