import type { DeliveryInput, EnvironmentInput } from '../../lib/model/delivery-input';
import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import type { Pipeline, PipelineKind } from '../../lib/model/pipeline';

export const environment = (name: string, changes: Partial<EnvironmentInput> = {}): EnvironmentInput => ({
  name,
  pipeline: 'production',
  namespace: `shop-${name}`,
  manifests: `k8s/overlays/${name}`,
  helm: { values: [] },
  strategy: { kind: 'rolling' },
  approvals: [],
  suite: 'e2e',
  bakeInconclusive: 'fail',
  rolloutTimeoutSeconds: 300,
  settleSeconds: 5,
  ...changes,
});

/** The input of a service with every default. */
export const input = (changes: Partial<DeliveryInput> = {}): DeliveryInput => ({
  service: { name: 'shop' },
  source: { provider: 'codecommit', repository: 'shop' },
  branches: { development: 'develop', production: 'main' },
  build: { package: '.', dockerfile: 'Dockerfile', context: '.', index: 'https://pypi.org/simple' },
  checks: {
    unit: { coverage: 90 },
    integration: true,
    quality: { flake8: true, pylint: { minimum: 9 }, mypy: true, black: true, isort: true },
    security: { bandit: { severity: 'medium' }, 'pip-audit': true, secrets: true },
  },
  environments: [
    environment('dev', { pipeline: 'development' }),
    environment('staging'),
    environment('production', {
      approvals: [{ name: 'ClientSignOff', timeoutMinutes: 10_080 }],
      suite: 'smoke',
      bakeMinutes: 5,
    }),
  ],
  cluster: { name: 'slipway' },
  ...changes,
});

export const pipelineOf = (kind: PipelineKind, from: DeliveryInput = input()): Pipeline => {
  const pipeline = deliveryPipelines(from).find((one) => one.kind === kind);
  if (pipeline === undefined) throw new Error(`no ${kind} pipeline`);
  return pipeline;
};

/** `Stage: 1 Action Action, 2 Action` for each stage. */
export const outline = (pipeline: Pipeline): string[] =>
  pipeline.stages.map(({ name, actions }) => {
    const orders = [...new Set(actions.map((action) => action.runOrder))].sort((a, b) => a - b);
    const groups = orders.map((order) => {
      const names = actions.filter((action) => action.runOrder === order).map((action) => action.name);
      return `${order} ${names.join(' ')}`;
    });
    return `${name}: ${groups.join(', ')}`;
  });
