import { errorsOf } from './read';

/** A file that is right but for what the case adds; its first added line is line 3. */
const file = (added: string) => `service:\n  name: shop\n${added}`;
const arn = 'arn:aws:codeconnections:eu-west-1:111122223333:connection/0aa1b2c3-1111-2222-3333-444455556666';

const serviceName = 'a name of 2 to 32 lower-case letters, digits and single dashes that starts with a letter';
const duration = 'a duration such as 5m, 1h30m or 2d';
const path = 'a relative path with / between names, not starting with - and without ..';

/** Name of the case, what is added to the file, what is said about it (without the file's name). */
const cases: [string, string, string[]][] = [
  // Keys
  ['a typo', 'checks: { unit: { coverge: 80 } }', ['3:19 checks.unit.coverge: unknown key; did you mean `coverage`?']],
  ['a swap of letters', 'brnaches: {}', ['3:1 brnaches: unknown key; did you mean `branches`?']],
  ['wrong case', 'Checks: {}', ['3:1 Checks: unknown key; did you mean `checks`?']],
  [
    'a key of another section',
    'checks: { coverage: 80 }',
    ['3:11 checks.coverage: unknown key; did you mean `coverage` under checks.unit?'],
  ],
  [
    'a typo of a key of two other sections',
    'environments: { dev: { mesage: x } }',
    ['3:24 environments.dev.mesage: unknown key; did you mean `message` under environments.*.approvals[]?'],
  ],
  [
    'a key like no other',
    'branches: { quux: 1 }',
    ['3:13 branches.quux: unknown key; the keys here are development, production'],
  ],
  [
    'keys that JavaScript knows',
    'branches: { __proto__: 1, constructor: 2, toString: 3 }',
    ['__proto__', 'constructor', 'toString'].map(
      (key, index) =>
        `3:${[13, 27, 43][index]} branches.${key}: unknown key; the keys here are development, production`,
    ),
  ],
  ['a key twice', 'build: { context: a, context: b }', ['3:22: the key "context" is there twice; keep one']],
  // Types
  ['a text for a section', 'build: yes please', ['3:8 build: expected a mapping of keys to values, got "yes please"']],
  ['a list for a section', 'checks: []', ['3:9 checks: expected a mapping of keys to values, got an empty list']],
  [
    'a text for a list',
    'notifications: { emails: a@b.c }',
    ['3:26 notifications.emails: expected a list of e-mail addresses, got "a@b.c"'],
  ],
  [
    'nothing for a value',
    'branches: { production: }',
    ['3:13 branches.production: expected the name of a branch, got nothing'],
  ],
  ['an old YAML boolean', 'checks: { integration: no }', ['3:24 checks.integration: expected true or false, got "no"']],
  [
    'a number that needs quotes',
    'cluster: { version: 1.35 }',
    ['3:21 cluster.version: expected 1.35 or 1.36, got 1.35; put it in quotes'],
  ],
  [
    'a number that quotes do not help',
    'cluster: { version: 1.2 }',
    ['3:21 cluster.version: expected 1.35 or 1.36, got 1.2'],
  ],
  [
    'an account that needs quotes',
    'aws: { account: 111122223333 }',
    ['3:17 aws.account: expected an account id of 12 digits, got 111122223333; put it in quotes'],
  ],
  // Values
  ['a path upwards', 'build: { context: ../x }', [`3:19 build.context: expected ${path}, got "../x"`]],
  [
    'an absolute path',
    'build: { dockerfile: /Dockerfile }',
    [`3:22 build.dockerfile: expected ${path}, got "/Dockerfile"`],
  ],
  ['a path like an option', 'build: { package: -x }', [`3:19 build.package: expected ${path}, got "-x"`]],
  ['a hidden path upwards', 'build: { package: a/../../b }', [`3:19 build.package: expected ${path}, got "a/../../b"`]],
  [
    'coverage above 100',
    'checks: { unit: { coverage: 101 } }',
    ['3:29 checks.unit.coverage: expected a percentage from 0 to 100, got 101'],
  ],
  [
    'coverage below 0',
    'checks: { unit: { coverage: -1 } }',
    ['3:29 checks.unit.coverage: expected a percentage from 0 to 100, got -1'],
  ],
  [
    'coverage that is no number',
    'checks: { unit: { coverage: .nan } }',
    ['3:29 checks.unit.coverage: expected a percentage from 0 to 100, got NaN'],
  ],
  ['unit tests off', 'checks: { unit: false }', ['3:17 checks.unit: expected a mapping of keys to values, got false']],
  [
    'a check with a word',
    'checks: { security: { bandit: maybe } }',
    ['3:31 checks.security.bandit: expected true, false or its settings, got "maybe"'],
  ],
  [
    'a check with a wrong setting',
    'checks: { security: { bandit: { severity: hgih } } }',
    ['3:43 checks.security.bandit.severity: expected low, medium or high, got "hgih"'],
  ],
  [
    'a score above 10',
    'checks: { quality: { pylint: { minimum: 11 } } }',
    ['3:41 checks.quality.pylint.minimum: expected a pylint score from 0 to 10, got 11'],
  ],
  [
    'retention that CloudWatch refuses',
    'retention: { logs: 10 }',
    [
      '3:20 retention.logs: expected a number of days that CloudWatch accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 10',
    ],
  ],
  [
    'no images kept',
    'retention: { images: 0.5 }',
    ['3:22 retention.images: expected a whole number from 1 to 1000, got 0.5'],
  ],
  [
    'a tag of AWS',
    'tags: { "AWS:x": y }',
    [
      '3:9 tags["AWS:x"]: expected a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @ that does not start with aws:',
    ],
  ],
  [
    'a tag that needs quotes',
    'tags: { cost: 12 }',
    [
      '3:15 tags.cost: expected a tag value of at most 256 letters, digits, spaces and _ . : / = + - @, got 12; put it in quotes',
    ],
  ],
  [
    'an address without @',
    'notifications: { emails: [ops] }',
    ['3:27 notifications.emails[0]: expected an e-mail address, got "ops"'],
  ],
  [
    'a branch that git refuses',
    'branches: { production: "a..b" }',
    ['3:25 branches.production: expected the name of a branch, got "a..b"'],
  ],
  [
    'an image with a tag',
    'local: { images: { "redis:7": { command: [redis-server] } } }',
    ['3:20 local.images["redis:7"]: expected an image repository without tag or digest'],
  ],
  [
    'an image without a program',
    'local: { images: { redis: { command: [] } } }',
    ['3:38 local.images.redis.command: expected a list that starts with a program, got an empty list'],
  ],
  // Environments
  [
    'no environment',
    'environments: {}',
    ['3:15 environments: expected at least one environment, got an empty mapping'],
  ],
  [
    'a list of environments',
    'environments: [dev]',
    ['3:15 environments: expected a mapping of environment names to their settings, got a list'],
  ],
  [
    'an environment in capitals',
    'environments: { Dev: }',
    [
      '3:17 environments.Dev: expected an environment name of 1 to 20 lower-case letters, digits and single dashes that starts with a letter',
    ],
  ],
  [
    'a bake that is no duration',
    'environments: { dev: { bake: soon } }',
    [`3:30 environments.dev.bake: expected ${duration}, got "soon"`],
  ],
  [
    'a bake without a unit',
    'environments: { dev: { bake: 5 } }',
    [`3:30 environments.dev.bake: expected ${duration}, or false, got 5`],
  ],
  [
    'a bake out of range',
    'environments: { dev: { bake: 13h } }',
    ['3:30 environments.dev.bake: expected whole minutes from 1m to 12h, got "13h"'],
  ],
  [
    'a bake in seconds',
    'environments: { dev: { bake: 90s } }',
    ['3:30 environments.dev.bake: expected whole minutes from 1m to 12h, got "90s"'],
  ],
  [
    'an approval that AWS refuses: too short',
    'environments: { dev: { approvals: [{ name: QA, timeout: 4m }] } }',
    ['3:57 environments.dev.approvals[0].timeout: expected whole minutes from 5m to 60d, got "4m"'],
  ],
  [
    'an approval that AWS refuses: too long',
    'environments: { dev: { approvals: [{ name: QA, timeout: 61d }] } }',
    ['3:57 environments.dev.approvals[0].timeout: expected whole minutes from 5m to 60d, got "61d"'],
  ],
  [
    'an approval without a name',
    'environments: { dev: { approvals: [{ timeout: 5m }] } }',
    ['3:36 environments.dev.approvals[0].name: missing; expected a name of 1 to 100 letters, digits and . @ - _'],
  ],
  [
    'an approval twice',
    'environments: { dev: { approvals: [{ name: QA }, { name: QA }] } }',
    ['3:58 environments.dev.approvals[1].name: the approval QA is there twice'],
  ],
  [
    'a message with a variable',
    'environments: { dev: { approvals: [{ name: QA, message: "#{Build.VERSION}?" }] } }',
    [
      '3:57 environments.dev.approvals[0].message: expected a text of 1 to 1000 characters without #{, got "#{Build.VERSION}?"',
    ],
  ],
  [
    'a url of another kind',
    'environments: { dev: { url: "ftp://x" } }',
    [
      '3:29 environments.dev.url: expected an address that starts with http:// or https://, without user, # or spaces, got "ftp://x"',
    ],
  ],
  [
    'a url with a password',
    'environments: { dev: { url: "https://u:p@x" } }',
    [
      '3:29 environments.dev.url: expected an address that starts with http:// or https://, without user, # or spaces, got "https://u:p@x"',
    ],
  ],
  [
    'a url with no such port',
    'environments: { dev: { url: "http://x:99999" } }',
    [
      '3:29 environments.dev.url: expected an address that starts with http:// or https://, without user, # or spaces, got "http://x:99999"',
    ],
  ],
  [
    'a url with a variable of the pipeline',
    'environments: { dev: { url: "https://x/#{Build.VERSION}" } }',
    [
      '3:29 environments.dev.url: expected an address that starts with http:// or https://, without user, # or spaces, got "https://x/#{Build.VERSION}"',
    ],
  ],
  [
    'a namespace that Kubernetes refuses',
    'environments: { dev: { namespace: a_b } }',
    [
      '3:35 environments.dev.namespace: expected a Kubernetes namespace: 1 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends (RFC 1123), got "a_b"',
    ],
  ],
  [
    'a namespace of the cluster',
    'environments: { dev: { namespace: kube-system } }',
    ['3:35 environments.dev.namespace: the namespace kube-system is not for services; name another'],
  ],
  [
    'a namespace twice',
    'environments: { dev: { namespace: x }, qa: { namespace: x } }',
    ['3:57 environments.qa.namespace: the namespace x is that of dev; give each its own'],
  ],
  [
    "another's default namespace",
    'environments: { dev: , qa: { namespace: shop-dev } }',
    ['3:41 environments.qa.namespace: the namespace shop-dev is that of dev; give each its own'],
  ],
  [
    'a name of a fixed stage',
    'environments: { test: }',
    [
      '3:17 environments.test: its stage would be named Test, which every pipeline has already; name the environment otherwise',
    ],
  ],
  [
    'two names of one stage',
    'environments: { a-b1: , a-b-1: }',
    ['3:25 environments.a-b-1: its stage would be named AB1, which a-b1 has already; name the environment otherwise'],
  ],
  [
    'a name of an approval stage',
    'environments: { sign-off: , production: }',
    [
      '3:29 environments.production: its stage would be named SignOff, which sign-off has already; name the environment otherwise',
    ],
  ],
  [
    'too many environments',
    `environments: { ${Array.from({ length: 21 }, (_, index) => `e${index}: `).join(', ')} }`,
    ['3:15 environments: expected at most 20 environments, got a mapping'],
  ],
  // Source
  [
    'a connection without anything',
    'source: { provider: connection }',
    [
      '3:1 source.connectionArn: missing; `provider: connection` needs the ARN of the connection',
      '3:1 source.repository: missing; `provider: connection` needs owner/name',
    ],
  ],
  [
    'a connection with half a name',
    `source: { provider: connection, repository: shop, connectionArn: "${arn}" }`,
    ['3:45 source.repository: expected owner/name, got "shop"'],
  ],
  [
    'a connection that makes a repository',
    `source: { provider: connection, repository: a/b, existing: true, connectionArn: "${arn}" }`,
    ['3:50 source.existing: belongs to `provider: codecommit`; a connection never makes a repository'],
  ],
  [
    'a connection of nobody',
    `source: { connectionArn: "${arn}" }`,
    ['3:11 source.connectionArn: needs `provider: connection`'],
  ],
  [
    'an ARN of something else',
    'source: { provider: connection, repository: a/b, connectionArn: "arn:aws:s3:::x" }',
    [
      '3:65 source.connectionArn: expected the ARN of a connection, arn:aws:codeconnections:…:connection/…, got "arn:aws:s3:::x"',
    ],
  ],
  [
    'a CodeCommit name with a slash',
    'source: { repository: a/b }',
    [
      '3:23 source.repository: expected the name of a CodeCommit repository: letters, digits and . _ -, without .git at the end, got "a/b"',
    ],
  ],
  [
    'a CodeCommit name with .git',
    'source: { repository: shop.git }',
    [
      '3:23 source.repository: expected the name of a CodeCommit repository: letters, digits and . _ -, without .git at the end, got "shop.git"',
    ],
  ],
  [
    'one branch for both',
    'branches: { development: main }',
    ['3:11 branches: expected two branches, got main for both; a push would start both pipelines'],
  ],
  // Cluster and network
  [
    'an existing cluster without its VPC',
    'cluster: { existing: { securityGroupId: sg-01234567 } }',
    ['3:22 cluster.existing: needs network.existing: the VPC of that cluster'],
  ],
  [
    'a version that EKS is about to drop',
    'cluster: { version: "1.34" }',
    ['3:21 cluster.version: expected 1.35 or 1.36, got "1.34"'],
  ],
  [
    'zones and subnets that do not match',
    'network: { existing: { vpcId: vpc-01234567, availabilityZones: [eu-west-1a, eu-west-1b, eu-west-1c], privateSubnetIds: [subnet-01234567, subnet-89abcdef] } }',
    ['3:120 network.existing.privateSubnetIds: expected one subnet for each of the 3 availability zones, got 2'],
  ],
  [
    'one zone',
    'network: { existing: { vpcId: vpc-01234567, availabilityZones: [eu-west-1a], privateSubnetIds: [subnet-01234567] } }',
    [
      '3:64 network.existing.availabilityZones: expected at least two availability zones, got a list',
      '3:96 network.existing.privateSubnetIds: expected at least two subnets, got a list',
    ],
  ],
  [
    'a VPC id of another resource',
    'network: { existing: { vpcId: subnet-01234567 } }',
    [
      '3:12 network.existing.availabilityZones: missing; expected a list of availability zones',
      '3:12 network.existing.privateSubnetIds: missing; expected a list of subnet ids',
      '3:31 network.existing.vpcId: expected a VPC id, vpc-…, got "subnet-01234567"',
    ],
  ],
  // YAML
  ['a second document', '---\na: b', ['3:1: expected one YAML document, got a second one after ---']],
  ['a tab', 'build:\n\tcontext: .', ['4:1: a tab indents this line; YAML wants spaces']],
  ['an alias of nothing', 'build: *b', ['3:8: the anchor &b is not there (or comes later)']],
  [
    'a tag of another language',
    'build: !!python/object {}',
    ['3:8: not valid YAML: Unresolved tag: tag:yaml.org,2002:python/object'],
  ],
];

describe('configuration errors', () => {
  it.each(cases)('%s', (_, added, expected) => {
    expect(errorsOf(file(added))).toEqual(expected.map((line) => `slipway.yaml:${line}`));
  });

  it.each([
    ['nothing at all', '{}', '1:1 service: missing; expected a mapping with at least `name`'],
    ['a list', '- service', '1:1: expected a mapping of keys to values, got a list'],
    ['a text', 'service', '1:1: expected a mapping of keys to values, got "service"'],
    ['a service without a name', 'service: { path: svc }', `1:1 service.name: missing; expected ${serviceName}`],
    ['a service that is a name', 'service: shop', '1:10 service: expected a mapping with at least `name`, got "shop"'],
    ['a name in capitals', 'service: { name: Shop }', `1:18 service.name: expected ${serviceName}, got "Shop"`],
    [
      'a name of 33 letters',
      `service: { name: ${'a'.repeat(33)} }`,
      `1:18 service.name: expected ${serviceName}, got "${'a'.repeat(33)}"`,
    ],
    ['a name with a dash at the end', 'service: { name: a- }', `1:18 service.name: expected ${serviceName}, got "a-"`],
    ['a name of one letter', 'service: { name: a }', `1:18 service.name: expected ${serviceName}, got "a"`],
    ['a name that is a number', 'service: { name: 7 }', `1:18 service.name: expected ${serviceName}, got 7`],
  ])('%s in the place of a service', (_, yaml, expected) => {
    expect(errorsOf(yaml)).toEqual([`slipway.yaml:${expected}`]);
  });

  it('are told all at once, in the order of the file', () => {
    const lines = errorsOf(`
service:
  name: Shop
  path: nowhere
checks:
  unit:
    coverge: 80
environments:
  dev:
    bake: soon
  dev:
    suite: all
  test:
branches:
  production: develop
`);
    expect(lines).toEqual([
      `slipway.yaml:3:9 service.name: expected ${serviceName}, got "Shop"`,
      'slipway.yaml:7:5 checks.unit.coverge: unknown key; did you mean `coverage`?',
      'slipway.yaml:11:3: the key "dev" is there twice; keep one',
      'slipway.yaml:12:12 environments.dev.suite: expected smoke or e2e, got "all"',
      'slipway.yaml:13:3 environments.test: its stage would be named Test, which every pipeline has already; name the environment otherwise',
      'slipway.yaml:15:3 branches: expected two branches, got develop for both; a push would start both pipelines',
    ]);
  });

  it('of a merged value point at where it is written', () => {
    const yaml = file('environments:\n  dev: &e { suite: all }\n  qa: { <<: *e }');
    expect(errorsOf(yaml)).toEqual([
      'slipway.yaml:4:20 environments.dev.suite: expected smoke or e2e, got "all"',
      'slipway.yaml:4:20 environments.qa.suite: expected smoke or e2e, got "all"',
    ]);
  });

  it('of an override name the variable', () => {
    expect(errorsOf(file(''), { SLIPWAY_ACCOUNT: '12', SLIPWAY_REGION: 'Ireland' }).sort()).toEqual([
      'SLIPWAY_ACCOUNT: expected an account id of 12 digits, got "12"',
      'SLIPWAY_REGION: expected a region such as eu-west-1, got "Ireland"',
    ]);
  });

  it('never show much of a value', () => {
    expect(errorsOf(file(`build: { compute: ${'x'.repeat(500)} }`))).toEqual([
      `slipway.yaml:3:19 build.compute: expected small, medium or large, got "${'x'.repeat(57)}…"`,
    ]);
  });
});

describe('hostile YAML', () => {
  it('with aliases of aliases is refused at once', () => {
    const levels = Array.from({ length: 9 }, (_, level) =>
      level === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]' : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`,
    );
    expect(errorsOf(levels.join('\n'))).toEqual([
      'slipway.yaml:1:1: aliases of aliases grow this file more than 100-fold; write the values out',
    ]);
  });

  it('that contains itself is refused', () => {
    expect(errorsOf(file('local: &l [*l]'))).toEqual([
      'slipway.yaml:3:11 local: expected a mapping of keys to values, got a list',
    ]);
  });

  it('that is nested without end is refused', () => {
    expect(errorsOf('['.repeat(30_000))).toEqual(['slipway.yaml:1:1: the YAML is nested too deeply']);
  });
});
