import { buildStage, sourceStage, testStage } from './build-stages';
import type { DeliveryInput } from './delivery-input';
import { approvalStage, deployStage } from './deploy-stages';
import { pipelineName } from './names';
import type { Pipeline, PipelineKind, Stage } from './pipeline';
import { IGNORE_ALARMS } from './pipeline-variables';

/**
 * The pipelines of a service: development (push to its branch → dev) and production (push to its branch → staging → sign-off →
 * production), each only if it has an environment. Every decision about order, gates and promotion is made here.
 *
 * Build actions carry all of their environment but what only the templates know: REPOSITORY_URI and CACHE_REPOSITORY_URI
 * (image, deploy) and KUBECTL_VERSION, KUBECTL_S3 and KUBECTL_SHA256 (deploy, verify).
 */
export const deliveryPipelines = (input: DeliveryInput): Pipeline[] =>
  (['development', 'production'] as const)
    .filter((kind) => input.environments.some((environment) => environment.pipeline === kind))
    .map((kind) => deliveryPipeline(input, kind));

const deliveryPipeline = (input: DeliveryInput, kind: PipelineKind): Pipeline => ({
  name: pipelineName(input.service.name, kind),
  service: input.service.name,
  kind,
  executionMode: 'QUEUED',
  trigger: { branch: input.branches[kind] },
  variables: [IGNORE_ALARMS],
  stages: [sourceStage(input, kind), buildStage(input), testStage(input, kind), ...promotion(input, kind)],
});

/** Environment after environment, each behind its approvals. */
const promotion = (input: DeliveryInput, kind: PipelineKind): Stage[] => {
  const environments = input.environments.filter((environment) => environment.pipeline === kind);
  return environments.flatMap((environment, index) => {
    const deploy = deployStage(input, environment);
    if (environment.approvals.length === 0) return [deploy];
    return [approvalStage(input, environment, environments[index - 1]), deploy];
  });
};
