import { errorsOf, fileWith } from './read';

const path = 'a relative path with / between names, not starting with - and without ..';

const SIGNER = '`images.signing: ecr` makes a signing profile, and AWS Signer takes tag';
const KEYS = `${SIGNER} keys of 1 to 127 letters (A to Z), digits and _ . : / = + - only; rename it, or leave the signing out`;
const VALUES = `${SIGNER} values of 1 to 255 characters only; change it, or leave the signing out`;

/** Name of the case, what is added to the file, what is said about it (without the file's name). */
const cases: [string, string, string[]][] = [
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
  [
    'a way to sign that is none',
    'images: { signing: cosign }',
    ['3:20 images.signing: expected none or ecr, got "cosign"'],
  ],
  ['a way to sign that is a yes', 'images: { signing: true }', ['3:20 images.signing: expected none or ecr, got true']],
  [
    'tags that Signer refuses',
    `images: { signing: ecr }\ntags: { team: "", cost center: a, ${'k'.repeat(128)}: a, long: ${'a'.repeat(256)}, slipway:ok_1: "a b" }`,
    [
      `4:15 tags.team: ${VALUES}`,
      `4:19 tags["cost center"]: ${KEYS}`,
      `4:35 tags.${'k'.repeat(128)}: ${KEYS}`,
      `4:174 tags.long: ${VALUES}`,
    ],
  ],
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
];

describe('errors of keys and values', () => {
  it.each(cases)('%s', (_, added, expected) => {
    expect(errorsOf(fileWith(added))).toEqual(expected.map((line) => `slipway.yaml:${line}`));
  });
});
