import { configOf } from './read';

const smallest = 'service:\n  name: shop\n';

describe('defaults', () => {
  it('make a whole configuration of a name', () => {
    expect(configOf(smallest)).toEqual({
      service: { name: 'shop', path: '.' },
      source: {
        provider: 'codecommit',
        repository: 'shop',
        existing: false,
        pullRequests: { approvals: 2, approvers: [] },
      },
      branches: { development: 'develop', production: 'main' },
      build: {
        package: '.',
        dockerfile: 'Dockerfile',
        context: '.',
        index: 'https://pypi.org/simple',
        compute: 'medium',
      },
      images: { signing: 'none' },
      checks: {
        unit: { coverage: 90 },
        integration: true,
        quality: { flake8: true, pylint: { minimum: 9 }, mypy: true, black: true, isort: true },
        security: { bandit: { severity: 'medium' }, 'pip-audit': true, secrets: true },
      },
      environments: [
        {
          name: 'dev',
          pipeline: 'development',
          namespace: 'shop-dev',
          manifests: 'k8s/overlays/dev',
          helm: { values: [] },
          strategy: { kind: 'rolling' },
          approvals: [],
          suite: 'e2e',
          bakeInconclusive: 'fail',
          rolloutTimeoutSeconds: 300,
          settleSeconds: 5,
        },
        {
          name: 'staging',
          pipeline: 'production',
          namespace: 'shop-staging',
          manifests: 'k8s/overlays/staging',
          helm: { values: [] },
          strategy: { kind: 'rolling' },
          approvals: [],
          suite: 'e2e',
          bakeInconclusive: 'fail',
          rolloutTimeoutSeconds: 300,
          settleSeconds: 5,
        },
        {
          name: 'production',
          pipeline: 'production',
          namespace: 'shop-production',
          manifests: 'k8s/overlays/production',
          helm: { values: [] },
          strategy: { kind: 'rolling' },
          approvals: [{ name: 'ClientSignOff', timeoutMinutes: 7 * 24 * 60 }],
          suite: 'smoke',
          bakeMinutes: 5,
          bakeInconclusive: 'fail',
          rolloutTimeoutSeconds: 300,
          settleSeconds: 5,
        },
      ],
      cluster: { name: 'slipway', version: '1.35' },
      network: {},
      aws: {},
      notifications: { emails: [] },
      retention: { logs: 90, images: 500 },
      tags: {},
      local: { images: {}, executor: 'host', executorImages: {}, auditOutage: 'fail' },
    });
  });

  it('are the same for a section that is left out, empty or a mapping of nothing', () => {
    const sections = ['source', 'branches', 'build', 'checks', 'cluster', 'network', 'aws', 'notifications', 'local'];
    const expected = configOf(smallest);
    for (const section of sections) {
      expect(configOf(`${smallest}${section}:\n`)).toEqual(expected);
      expect(configOf(`${smallest}${section}: {}\n`)).toEqual(expected);
    }
    expect(configOf(`${smallest}environments: { dev: , staging: {}, production: null }\n`)).toEqual(expected);
    expect(configOf(`${smallest}checks: { quality: { pylint: true }, security: { bandit: } }`)).toEqual(expected);
  });

  it('keep the environments in the order of the file', () => {
    const { environments } = configOf(`${smallest}environments: { zeta: , alpha: , dev: , mid-1: }`);
    expect(environments.map(({ name }) => name)).toEqual(['zeta', 'alpha', 'dev', 'mid-1']);
  });

  it('give way to what the file says', () => {
    const { environments, checks } = configOf(`${smallest}
checks:
  unit: { coverage: 72.5 }
  quality: { pylint: false, black: false }
  security: { bandit: { severity: high } }
environments:
  dev: { pipeline: production, bake: 1h30m, rolloutTimeout: 90s, approvals: [{ name: QA, message: Tested?, timeout: 1d12h }] }
  production: { approvals: [], bake: false, suite: e2e, url: "https://shop.example.com/x", namespace: live, manifests: deploy/live }
`);
    expect(checks.unit.coverage).toBe(72.5);
    expect(checks.quality).toMatchObject({ pylint: false, black: false, mypy: true });
    expect(checks.security.bandit).toEqual({ severity: 'high' });
    expect(environments).toEqual([
      {
        name: 'dev',
        pipeline: 'production',
        namespace: 'shop-dev',
        manifests: 'k8s/overlays/dev',
        helm: { values: [] },
        strategy: { kind: 'rolling' },
        approvals: [{ name: 'QA', message: 'Tested?', timeoutMinutes: 36 * 60 }],
        suite: 'e2e',
        bakeMinutes: 90,
        bakeInconclusive: 'fail',
        rolloutTimeoutSeconds: 90,
        settleSeconds: 5,
      },
      {
        name: 'production',
        pipeline: 'production',
        namespace: 'live',
        manifests: 'deploy/live',
        helm: { values: [] },
        strategy: { kind: 'rolling' },
        url: 'https://shop.example.com/x',
        approvals: [],
        suite: 'e2e',
        bakeInconclusive: 'fail',
        rolloutTimeoutSeconds: 300,
        settleSeconds: 5,
      },
    ]);
  });

  it('let anchors and merge keys share settings', () => {
    const { environments } = configOf(`${smallest}
environments:
  dev: &common { rolloutTimeout: 2m, suite: smoke }
  staging: { <<: *common, suite: e2e }
`);
    expect(environments.map(({ rolloutTimeoutSeconds, suite }) => [rolloutTimeoutSeconds, suite])).toEqual([
      [120, 'smoke'],
      [120, 'e2e'],
    ]);
  });
});

describe('the environment', () => {
  it('overrides account and region', () => {
    const file = `${smallest}aws: { account: "111122223333", region: eu-west-1 }`;
    const variables = { SLIPWAY_ACCOUNT: '012345678901', SLIPWAY_REGION: 'eu-central-1' };
    expect(configOf(file, variables).aws).toEqual({ account: '012345678901', region: 'eu-central-1' });
    expect(configOf(smallest, variables).aws).toEqual({ account: '012345678901', region: 'eu-central-1' });
    expect(configOf(file, { SLIPWAY_ACCOUNT: '' }).aws).toEqual({ account: '111122223333', region: 'eu-west-1' });
  });
});
