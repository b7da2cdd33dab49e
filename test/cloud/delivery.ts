import type { Template } from 'aws-cdk-lib/assertions';
import { DeliveryStack } from '../../lib/cloud/delivery-stack';
import type { Json } from '../../lib/cloud/rules/rule';
import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import { projectName } from '../../lib/model/names';
import type { BuildAction, Pipeline } from '../../lib/model/pipeline';
import { preview } from '../../lib/model/preview';
import {
  configOf,
  kubectlZip,
  newApp,
  projectRoot,
  propertiesOf,
  readable,
  resourcesOf,
  someCluster,
  templateOf,
} from './fixtures';

/** The delivery stack alone, on a cluster that belongs to nobody here. `yaml` goes on from the smallest slipway.yaml. */
export function deliver(yaml = ''): { readonly pipelines: Pipeline[]; readonly template: Template } {
  const config = configOf(yaml);
  const pipelines = deliveryPipelines(config);
  const stack = new DeliveryStack(newApp(), 'VisitsDelivery', {
    config,
    pipelines,
    ...previewOf(config),
    cluster: someCluster,
    kubectlZip,
    projectRoot,
  });
  return { pipelines, template: templateOf(stack) };
}

const previewOf = (config: Parameters<typeof preview>[0]) => {
  const found = preview(config);
  return found === undefined ? {} : { preview: found };
};

export const pipelineOf = (template: Template, name: string): Json =>
  propertiesOf(template, 'AWS::CodePipeline::Pipeline').find(({ Name }) => Name === name);

/** Every build of the model that has a project of its own, with the project's name. */
export const buildsOf = (pipelines: readonly Pipeline[]): { readonly action: BuildAction; readonly name: string }[] =>
  pipelines.flatMap((pipeline) =>
    pipeline.stages.flatMap((stage) =>
      stage.actions
        .filter((action): action is BuildAction => action.kind === 'build' && action.project === undefined)
        .map((action) => ({ action, name: projectName(pipeline.name, stage.name, action.name) })),
    ),
  );

/** What a role alone may do: its own policy, which has its description (ownRole). */
export const statementsOf = (template: Template, { Properties }: Json): Json[] =>
  Object.entries(resourcesOf(template, 'AWS::IAM::ManagedPolicy'))
    .filter(([id]) => Properties.ManagedPolicyArns.some(({ Ref }: Json) => Ref === id))
    .filter(([, policy]) => policy.Properties.Description === Properties.Description)
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);

export const actionsOf = (template: Template, role: Json): string[] =>
  statementsOf(template, role).flatMap(({ Action }) => Action);

export const managedPoliciesOf = (role: Json): string => readable(role.Properties.ManagedPolicyArns ?? []);
