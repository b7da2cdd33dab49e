import type { Action, BuildAction, Pipeline, Stage } from '../../lib/model/pipeline';

const job = (
  name: string,
  jobName: BuildAction['job'],
  category: BuildAction['category'],
  changes: Partial<BuildAction>,
): BuildAction => ({
  kind: 'build',
  name,
  job: jobName,
  category,
  runOrder: 1,
  input: 'SourceArtifact',
  outputs: [],
  exports: [],
  variables: {},
  environment: {},
  timeoutMinutes: 20,
  ...changes,
});

/** Of the pipelines. */
const variables: Pipeline['variables'] = [
  {
    name: 'IgnoreAlarms',
    default: 'no',
    description: 'yes: deploy although an alarm fires, e.g. because this release is the fix',
    values: ['no', 'yes'],
  },
];
const ignoreAlarms = { IGNORE_ALARMS: '#{variables.IgnoreAlarms}' };

const source = (branch: string): Stage => ({
  name: 'Source',
  actions: [
    {
      kind: 'source',
      name: 'Source',
      runOrder: 1,
      source: { provider: 'codecommit', repository: 'shop' },
      branch,
      output: 'SourceArtifact',
      namespace: 'Source',
    },
  ],
});

const build: Stage = {
  name: 'Build',
  actions: [
    job('Build', 'build', 'Build', {
      outputs: ['Package'],
      namespace: 'Build',
      exports: ['VERSION', 'TESTED'],
      environment: {
        SERVICE: 'shop',
        REPOSITORY: 'shop',
        PACKAGE_DIR: '.',
        PACKAGE_INDEX: 'https://pypi.org/simple',
        DOCKERFILE: 'Dockerfile',
      },
      timeoutMinutes: 15,
    }),
  ],
};

const test = (kind: Pipeline['kind']): Stage => ({
  name: 'Test',
  beforeEntry: {
    result: 'SKIP',
    rules: [
      { name: 'NotYetTested', provider: 'VariableCheck', variable: '#{Build.TESTED}', operator: 'EQ', value: 'no' },
    ],
  },
  actions: [
    job('Image', 'image', 'Build', {
      outputs: ['Sbom'],
      namespace: 'Image',
      exports: ['IMAGE_DIGEST'],
      variables: { VERSION: '#{Build.VERSION}', COMMIT: '#{Source.CommitId}' },
      environment: {
        SERVICE: 'shop',
        REPOSITORY: 'shop',
        PACKAGE_DIR: '.',
        DOCKERFILE: 'Dockerfile',
        CONTEXT: '.',
      },
      timeoutMinutes: 30,
    }),
    job('Unit', 'unit', 'Test', { environment: { SERVICE: 'shop', PACKAGE_DIR: '.', COVERAGE_MINIMUM: '90' } }),
    job('Integration', 'integration', 'Test', { environment: { SERVICE: 'shop', PACKAGE_DIR: '.' } }),
    job('Quality', 'quality', 'Test', {
      environment: {
        SERVICE: 'shop',
        PACKAGE_DIR: '.',
        CHECKS: 'flake8 pylint mypy black isort',
        PYLINT_MINIMUM: '9',
      },
    }),
    job('Security', 'security', 'Test', {
      environment: { SERVICE: 'shop', PACKAGE_DIR: '.', CHECKS: 'bandit pip-audit secrets', SEVERITY: 'medium' },
    }),
    job('Attest', 'attest', 'Build', {
      runOrder: 2,
      input: 'Sbom',
      variables: {
        VERSION: '#{Build.VERSION}',
        IMAGE_DIGEST: '#{Image.IMAGE_DIGEST}',
        EXECUTION: '#{codepipeline.PipelineExecutionId}',
      },
      environment: {
        SERVICE: 'shop',
        REPOSITORY: 'shop',
        PIPELINE: `shop-${kind}`,
        IMAGE_ACTION: 'Test/Image',
        VERSION_ACTION: 'Build/Build',
        PASSED: 'Test/Unit Test/Integration Test/Quality Test/Security',
      },
      timeoutMinutes: 10,
    }),
    job('Release', 'release', 'Build', {
      runOrder: 3,
      variables: { VERSION: '#{Build.VERSION}', IMAGE_DIGEST: '#{Image.IMAGE_DIGEST}' },
      environment: { SERVICE: 'shop', REPOSITORY: 'shop' },
      timeoutMinutes: 10,
    }),
  ],
});

const deploy = (name: string, environmentName: string, suite: string, more: Action[] = []): Stage => {
  const target = { environment: environmentName, namespace: `shop-${environmentName}` };
  const place = {
    SERVICE: 'shop',
    CLUSTER: 'slipway',
    NAMESPACE: `shop-${environmentName}`,
    ENVIRONMENT: environmentName,
  };
  const deployer = (actionName: string, mode: string, changes: Partial<BuildAction>): BuildAction =>
    job(actionName, 'deploy', 'Build', {
      variables: {
        VERSION: '#{Build.VERSION}',
        MODE: mode,
        ...(mode === 'deploy' && { COMMIT: '#{Source.CommitId}', ...ignoreAlarms }),
      },
      environment: {
        ...place,
        MANIFESTS: `k8s/overlays/${environmentName}`,
        HELM_VALUES: '',
        REPOSITORY: 'shop',
        ROLLOUT_TIMEOUT: '300s',
        SETTLE: '5s',
        STRATEGY: '{"kind":"rolling"}',
        URL: '',
        ALARMS: `shop-${environmentName} shop_platform`,
      },
      target,
      timeoutMinutes: 31,
      ...changes,
    });
  return {
    name,
    onFailure: {
      result: 'ROLLBACK',
      rules: [
        {
          name: 'RestoreLastGood',
          provider: 'CodeBuild',
          project: 'Deploy',
          input: 'SourceArtifact',
          variables: { VERSION: '#{Build.VERSION}', MODE: 'restore' },
          target,
        },
      ],
    },
    actions: [
      deployer('Deploy', 'deploy', {}),
      job('Verify', 'verify', 'Test', {
        runOrder: 2,
        namespace: `${name}Verify`,
        exports: ['BASE_URL'],
        variables: { VERSION: '#{Build.VERSION}' },
        environment: { ...place, PACKAGE_DIR: '.', URL: '', SUITE: suite },
        target,
      }),
      ...more,
      deployer('Accept', 'accept', { runOrder: 4, project: 'Deploy' }),
    ],
  };
};

/** The pipelines of `input()`, written out. */
export const development: Pipeline = {
  name: 'shop-development',
  service: 'shop',
  kind: 'development',
  executionMode: 'QUEUED',
  trigger: { branch: 'develop' },
  variables,
  stages: [source('develop'), build, test('development'), deploy('Dev', 'dev', 'e2e')],
};

export const production: Pipeline = {
  name: 'shop-production',
  service: 'shop',
  kind: 'production',
  executionMode: 'QUEUED',
  trigger: { branch: 'main' },
  variables,
  stages: [
    source('main'),
    build,
    test('production'),
    deploy('Staging', 'staging', 'e2e'),
    {
      name: 'SignOff',
      actions: [
        {
          kind: 'approval',
          name: 'ClientSignOff',
          runOrder: 1,
          message: 'Deploy shop #{Build.VERSION} to production?',
          timeoutMinutes: 10_080,
        },
      ],
    },
    deploy('Production', 'production', 'smoke', [
      {
        kind: 'bake',
        name: 'Bake',
        runOrder: 3,
        alarm: 'shop-production',
        platformAlarm: 'shop_platform',
        minutes: 5,
        url: '#{ProductionVerify.BASE_URL}',
        version: '#{Build.VERSION}',
        inconclusive: 'fail',
        ignoreAlarms: '#{variables.IgnoreAlarms}',
        target: { environment: 'production', namespace: 'shop-production' },
      },
    ]),
  ],
};
