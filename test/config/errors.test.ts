import { errorsOf, fileWith } from './read';

const serviceName = 'a name of 2 to 32 lower-case letters, digits and single dashes that starts with a letter';

describe('configuration errors', () => {
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
    const yaml = fileWith('environments:\n  dev: &e { suite: all }\n  qa: { <<: *e }');
    expect(errorsOf(yaml)).toEqual([
      'slipway.yaml:4:20 environments.dev.suite: expected smoke or e2e, got "all"',
      'slipway.yaml:4:20 environments.qa.suite: expected smoke or e2e, got "all"',
    ]);
  });

  it('of an override name the variable', () => {
    expect(errorsOf(fileWith(''), { SLIPWAY_ACCOUNT: '12', SLIPWAY_REGION: 'Ireland' }).sort()).toEqual([
      'SLIPWAY_ACCOUNT: expected an account id of 12 digits, got "12"',
      'SLIPWAY_REGION: expected a region such as eu-west-1, got "Ireland"',
    ]);
  });

  it('never show much of a value', () => {
    expect(errorsOf(fileWith(`build: { compute: ${'x'.repeat(500)} }`))).toEqual([
      `slipway.yaml:3:19 build.compute: expected small, medium or large, got "${'x'.repeat(57)}…"`,
    ]);
  });
});
