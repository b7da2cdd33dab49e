import type { Config } from '../../lib/config/schema';
import type { DeliveryInput } from '../../lib/model/delivery-input';
import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import type { BuildAction, Pipeline, Stage } from '../../lib/model/pipeline';
import { configOf } from '../config/read';
import { development, production } from './expected-pipelines';
import { environment, input, outline, pipelineOf } from './input';

describe('the pipelines of a service', () => {
  it('are these two, whole', () => {
    expect(deliveryPipelines(input())).toEqual([development, production]);
  });

  it('follow from the smallest slipway.yaml', () => {
    const config: Config = configOf('service:\n  name: shop\n');
    const satisfied: DeliveryInput = config;
    expect(deliveryPipelines(satisfied)).toEqual([development, production]);
  });

  it('are the same each time, and leave their input alone', () => {
    const frozen = input();
    const before = structuredClone(frozen);
    expect(deliveryPipelines(frozen)).toEqual(deliveryPipelines(frozen));
    expect(frozen).toEqual(before);
  });
});

const stage = (pipeline: Pipeline, name: string): Stage => {
  const found = pipeline.stages.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found;
};

const buildAction = (pipeline: Pipeline, stageName: string, name: string): BuildAction => {
  const found = stage(pipeline, stageName).actions.find((action) => action.name === name);
  if (found?.kind !== 'build') throw new Error(`no build ${stageName}/${name}`);
  return found;
};

describe('environments', () => {
  const [dev, staging, live] = input().environments as [never, never, never];

  it('make a pipeline only if it has any', () => {
    expect(deliveryPipelines(input({ environments: [dev] })).map(({ kind }) => kind)).toEqual(['development']);
    expect(deliveryPipelines(input({ environments: [staging, live] })).map(({ kind }) => kind)).toEqual(['production']);
    expect(deliveryPipelines(input({ environments: [] }))).toEqual([]);
  });

  it('without approvals have no stage for them', () => {
    const open = input({ environments: [environment('staging'), environment('production')] });
    expect(outline(pipelineOf('production', open))).toEqual([
      'Source: 1 Source',
      'Build: 1 Build',
      'Test: 1 Image Unit Integration Quality Security, 2 Attest, 3 Release',
      'Staging: 1 Deploy, 2 Verify, 4 Accept',
      'Production: 1 Deploy, 2 Verify, 4 Accept',
    ]);
  });

  it('follow each other as they are listed, each behind approvals of its own', () => {
    const approvals = [
      { name: 'QA', timeoutMinutes: 60 },
      { name: 'Security', message: 'Pen test done?', timeoutMinutes: 5 },
    ];
    const many = input({
      environments: [
        environment('dev', { pipeline: 'development' }),
        environment('qa-eu', { pipeline: 'development', approvals }),
        environment('staging', { url: 'https://staging.example.com' }),
        environment('pre-prod', { approvals, bakeMinutes: 10 }),
        environment('production', { approvals: [{ name: 'Board', timeoutMinutes: 86_400 }] }),
      ],
    });
    expect(outline(pipelineOf('development', many)).slice(3)).toEqual([
      'Dev: 1 Deploy, 2 Verify, 4 Accept',
      'QaEuSignOff: 1 QA Security',
      'QaEu: 1 Deploy, 2 Verify, 4 Accept',
    ]);
    const pipeline = pipelineOf('production', many);
    expect(outline(pipeline).slice(3)).toEqual([
      'Staging: 1 Deploy, 2 Verify, 4 Accept',
      'PreProdSignOff: 1 QA Security',
      'PreProd: 1 Deploy, 2 Verify, 3 Bake, 4 Accept',
      'SignOff: 1 Board',
      'Production: 1 Deploy, 2 Verify, 4 Accept',
    ]);
    expect(stage(pipeline, 'PreProdSignOff').actions).toEqual([
      {
        kind: 'approval',
        name: 'QA',
        runOrder: 1,
        message: 'Deploy shop #{Build.VERSION} to pre-prod?',
        link: 'https://staging.example.com',
        timeoutMinutes: 60,
      },
      {
        kind: 'approval',
        name: 'Security',
        runOrder: 1,
        message: 'Pen test done?',
        link: 'https://staging.example.com',
        timeoutMinutes: 5,
      },
    ]);
    expect(stage(pipeline, 'SignOff').actions[0]).not.toHaveProperty('link');
  });

  it('roll back, and no other stage does', () => {
    const rolled = pipelineOf('production').stages.filter(({ onFailure }) => onFailure?.result === 'ROLLBACK');
    expect(rolled.map(({ name }) => name)).toEqual(['Staging', 'Production']);
    for (const { name, onFailure } of rolled)
      expect(onFailure?.rules).toEqual([
        {
          name: 'RestoreLastGood',
          provider: 'CodeBuild',
          project: 'Deploy',
          input: 'SourceArtifact',
          variables: { VERSION: '#{Build.VERSION}', MODE: 'restore' },
          target: { environment: name.toLowerCase(), namespace: `shop-${name.toLowerCase()}` },
        },
      ]);
  });

  it('have their address, suite, manifests, namespace and time from the input', () => {
    const own = environment('qa', {
      url: 'https://qa.example.com',
      suite: 'smoke',
      manifests: 'deploy/qa',
      helm: { values: ['a.yaml', 'b.yaml'] },
      strategy: { kind: 'canary', steps: [{ seconds: 60 }, { seconds: 120 }] },
      settleSeconds: 0,
      namespace: 'shared-qa',
      rolloutTimeoutSeconds: 90,
    });
    const pipeline = pipelineOf('production', input({ environments: [own], cluster: { name: 'blue' } }));
    expect(buildAction(pipeline, 'Qa', 'Deploy')).toMatchObject({
      environment: {
        CLUSTER: 'blue',
        NAMESPACE: 'shared-qa',
        MANIFESTS: 'deploy/qa',
        HELM_VALUES: 'a.yaml b.yaml',
        ROLLOUT_TIMEOUT: '90s',
        SETTLE: '0s',
        STRATEGY: '{"kind":"canary","steps":[{"seconds":60},{"seconds":120}]}',
      },
      target: { environment: 'qa', namespace: 'shared-qa' },
      timeoutMinutes: 22,
    });
    expect(buildAction(pipeline, 'Qa', 'Verify').environment).toMatchObject({
      URL: 'https://qa.example.com',
      SUITE: 'smoke',
      NAMESPACE: 'shared-qa',
    });
  });
});

describe('checks that are off', () => {
  const base = input().checks;

  it('are not named in CHECKS, and their action stays', () => {
    const checks = {
      ...base,
      quality: { ...base.quality, pylint: false as const, black: false },
      security: { bandit: false as const, 'pip-audit': false, secrets: false },
    };
    const pipeline = pipelineOf('development', input({ checks }));
    expect(buildAction(pipeline, 'Test', 'Quality').environment['CHECKS']).toBe('flake8 mypy isort');
    expect(buildAction(pipeline, 'Test', 'Security').environment['CHECKS']).toBe('');
  });

  it('have their settings in the project', () => {
    const checks = {
      ...base,
      unit: { coverage: 72.5 },
      quality: { ...base.quality, pylint: { minimum: 8.5 } },
      security: { ...base.security, bandit: { severity: 'high' as const } },
    };
    const pipeline = pipelineOf('development', input({ checks }));
    expect(buildAction(pipeline, 'Test', 'Unit').environment['COVERAGE_MINIMUM']).toBe('72.5');
    expect(buildAction(pipeline, 'Test', 'Quality').environment['PYLINT_MINIMUM']).toBe('8.5');
    expect(buildAction(pipeline, 'Test', 'Security').environment['SEVERITY']).toBe('high');
  });

  it('leave no action where the action is the check', () => {
    const pipeline = pipelineOf('development', input({ checks: { ...base, integration: false } }));
    expect(outline(pipeline)[2]).toBe('Test: 1 Image Unit Quality Security, 2 Attest, 3 Release');
  });
});

describe('the source', () => {
  it('may be behind a connection, without what only CodeCommit has', () => {
    const connectionArn = 'arn:aws:codeconnections:eu-west-1:111122223333:connection/1';
    const pipeline = pipelineOf(
      'production',
      input({ source: { provider: 'connection', repository: 'acme/shop', connectionArn } }),
    );
    expect(pipeline.stages[0]?.actions[0]).toMatchObject({
      source: { provider: 'connection', repository: 'acme/shop', connectionArn },
      branch: 'main',
    });
  });

  it('keeps only what the pipeline needs of the configuration', () => {
    const { stages } = pipelineOf('development', configOf('service: { name: shop }\nsource: { existing: true }'));
    expect(stages[0]?.actions[0]).toHaveProperty('source', { provider: 'codecommit', repository: 'shop' });
  });

  it('takes the branch that starts the pipeline', () => {
    const pipeline = pipelineOf('development', input({ branches: { development: 'next', production: 'main' } }));
    expect(pipeline.trigger).toEqual({ branch: 'next' });
    expect(pipeline.stages[0]?.actions[0]).toHaveProperty('branch', 'next');
  });
});

describe('where things are', () => {
  it('is told to the jobs that need it', () => {
    const pipeline = pipelineOf(
      'development',
      input({
        build: { package: 'server', dockerfile: 'docker/app', context: 'server', index: 'https://pypi.org/simple' },
      }),
    );
    expect(buildAction(pipeline, 'Build', 'Build').environment['PACKAGE_DIR']).toBe('server');
    expect(buildAction(pipeline, 'Test', 'Image').environment).toMatchObject({
      PACKAGE_DIR: 'server',
      DOCKERFILE: 'docker/app',
      CONTEXT: 'server',
    });
    for (const name of ['Unit', 'Integration', 'Quality', 'Security']) {
      expect(buildAction(pipeline, 'Test', name).environment['PACKAGE_DIR']).toBe('server');
    }
  });
});
