import type { ChecksInput, DeliveryInput } from './delivery-input';
import { COMMIT, EXECUTION, IMAGE_DIGEST, job, SBOM_ARTIFACT, SOURCE_ARTIFACT, TESTED, VERSION } from './job';
import { IMAGE_ACTION, imageRepositoryName, pipelineName, VERSION_ACTION } from './names';
import type { BuildAction, PipelineKind, Stage } from './pipeline';

export const sourceStage = (input: DeliveryInput, kind: PipelineKind): Stage => ({
  name: 'Source',
  actions: [
    {
      kind: 'source',
      name: 'Source',
      runOrder: 1,
      source: source(input),
      branch: input.branches[kind],
      output: SOURCE_ARTIFACT,
      namespace: 'Source',
    },
  ],
});

const source = ({ source }: DeliveryInput): DeliveryInput['source'] =>
  source.provider === 'codecommit'
    ? { provider: 'codecommit', repository: source.repository }
    : { provider: 'connection', connectionArn: source.connectionArn, repository: source.repository };

/** Makes the package and the version, and asks whether this version has been released already (TESTED). */
export const buildStage = (input: DeliveryInput): Stage => ({
  name: 'Build',
  actions: [
    {
      ...job('build'),
      name: 'Build',
      category: 'Build',
      outputs: ['Package'],
      namespace: 'Build',
      exports: ['VERSION', 'TESTED'],
      environment: {
        SERVICE: input.service.name,
        REPOSITORY: imageRepositoryName(input.service.name),
        PACKAGE_DIR: input.build.package,
        PACKAGE_INDEX: input.build.index,
        DOCKERFILE: input.build.dockerfile,
      },
      timeoutMinutes: 15,
    },
  ],
});

/**
 * Image and checks side by side; then what is signed about the image; then the release: the version's tag on the digest that passed.
 * A version tag in ECR therefore means that all of it passed and is attested, and a commit whose version is there is not built and
 * tested again.
 */
export const testStage = (input: DeliveryInput, kind: PipelineKind): Stage => ({
  name: 'Test',
  beforeEntry: {
    result: 'SKIP',
    rules: [{ name: 'NotYetTested', provider: 'VariableCheck', variable: TESTED, operator: 'EQ', value: 'no' }],
  },
  actions: [image(input), ...checks(input), attest(input, kind), release(input)],
});

const image = (input: DeliveryInput): BuildAction => ({
  ...job('image'),
  name: 'Image',
  category: 'Build',
  outputs: [SBOM_ARTIFACT],
  namespace: 'Image',
  exports: ['IMAGE_DIGEST'],
  variables: { VERSION, COMMIT },
  environment: {
    SERVICE: input.service.name,
    REPOSITORY: imageRepositoryName(input.service.name),
    PACKAGE_DIR: input.build.package,
    DOCKERFILE: input.build.dockerfile,
    CONTEXT: input.build.context,
  },
  timeoutMinutes: 30,
});

const checks = (input: DeliveryInput): BuildAction[] => {
  const base = { SERVICE: input.service.name, PACKAGE_DIR: input.build.package };
  const { unit, integration, quality, security } = input.checks;
  const action = (
    name: string,
    jobName: 'unit' | 'integration' | 'quality' | 'security',
    environment: Record<string, string>,
  ): BuildAction => ({
    ...job(jobName),
    name,
    environment: { ...base, ...environment },
    timeoutMinutes: 20,
  });
  return [
    action('Unit', 'unit', { COVERAGE_MINIMUM: String(unit.coverage) }),
    ...(integration ? [action('Integration', 'integration', {})] : []),
    action('Quality', 'quality', {
      CHECKS: enabled(quality),
      PYLINT_MINIMUM: String(quality.pylint === false ? 0 : quality.pylint.minimum),
    }),
    action('Security', 'security', {
      CHECKS: enabled(security),
      SEVERITY: security.bandit === false ? 'low' : security.bandit.severity,
    }),
  ];
};

/** Names of the checks that are on, with spaces between; the job shows the others as NOT RUN. */
const enabled = (group: ChecksInput['quality'] | ChecksInput['security']): string =>
  Object.entries(group)
    .filter(([, setting]) => setting !== false)
    .map(([name]) => name)
    .join(' ');

/** Signs how the image came about. It gets no source: what it does depends on nothing that a commit can hold. */
const attest = (input: DeliveryInput, kind: PipelineKind): BuildAction => ({
  ...job('attest'),
  name: 'Attest',
  category: 'Build',
  runOrder: 2,
  input: SBOM_ARTIFACT,
  variables: { VERSION, IMAGE_DIGEST, EXECUTION },
  environment: {
    SERVICE: input.service.name,
    REPOSITORY: imageRepositoryName(input.service.name),
    PIPELINE: pipelineName(input.service.name, kind),
    IMAGE_ACTION,
    VERSION_ACTION,
    PASSED: checks(input)
      .map(({ name }) => `Test/${name}`)
      .join(' '),
  },
  timeoutMinutes: 10,
});

const release = (input: DeliveryInput): BuildAction => ({
  ...job('release'),
  name: 'Release',
  category: 'Build',
  runOrder: 3,
  variables: { VERSION, IMAGE_DIGEST },
  environment: { SERVICE: input.service.name, REPOSITORY: imageRepositoryName(input.service.name) },
  timeoutMinutes: 10,
});
