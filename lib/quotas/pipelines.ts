import { type DeployedResource, listOf, objectsOf, ofType, type Properties, textOf } from '../inventory';
import type { LimitId } from './limit-table';
import type { Estate } from './measure';
import type { Growth, Use } from './use';

const HOOKS = ['BeforeEntry', 'OnSuccess', 'OnFailure'];
const SIZES: Readonly<Record<string, LimitId>> = {
  BUILD_GENERAL1_SMALL: 'builds-small',
  BUILD_GENERAL1_MEDIUM: 'builds-medium',
  BUILD_GENERAL1_LARGE: 'builds-large',
};

/** What pipelines use of their limits, and of the builds that run at once. */
export function pipelineUses({ inventory, environments }: Estate): [LimitId, readonly Use[]][] {
  const pipelines = ofType(inventory.resources, 'AWS::CodePipeline::Pipeline');
  const each = (use: (pipeline: DeployedResource) => Use[]): Use[] => pipelines.flatMap(use);
  const total = (id: LimitId, count: (pipeline: DeployedResource) => number): [LimitId, Use[]] => [
    id,
    each((pipeline) => [{ where: pipeline.id, used: count(pipeline) }]),
  ];
  const byStage = (id: LimitId, count: (stage: Properties) => number): [LimitId, Use[]] => [
    id,
    each((pipeline) =>
      stagesOf(pipeline).map((stage) => ({ where: `${pipeline.id}/${textOf(stage.Name)}`, used: count(stage) })),
    ),
  ];
  return [
    [
      'pipeline-stages',
      each((pipeline) => {
        const used = stagesOf(pipeline).length;
        return [{ where: pipeline.id, used, growth: stageGrowth(pipeline, inventory.resources, environments, used) }];
      }),
    ],
    total('pipeline-actions', (pipeline) => actionsOf(pipeline).length),
    total('pipeline-variables', ({ properties }) => listOf(properties.Variables).length),
    total('pipeline-triggers', ({ properties }) => listOf(properties.Triggers).length),
    byStage('stage-actions', ({ Actions: actions }) => listOf(actions).length),
    byStage('condition-rules', (stage) =>
      Math.max(
        0,
        ...HOOKS.flatMap((hook) => objectsOf(stage[hook]?.Conditions)).map(({ Rules: rules }) => listOf(rules).length),
      ),
    ),
    ['configuration-value', each(configurationValues)],
    ...Object.entries(SIZES).map(([compute, id]): [LimitId, Use[]] => [
      id,
      each((pipeline) => [buildsAtOnce(pipeline, compute, inventory.resources)]),
    ]),
  ];
}

const stagesOf = ({ properties }: DeployedResource): Properties[] => objectsOf(properties.Stages);
const actionsOf = (pipeline: DeployedResource): Properties[] =>
  stagesOf(pipeline).flatMap(({ Actions: actions }) => objectsOf(actions));

function configurationValues(pipeline: DeployedResource): Use[] {
  return stagesOf(pipeline).flatMap((stage) =>
    objectsOf(stage.Actions).flatMap((action) =>
      Object.entries(action.Configuration ?? {}).map(([key, value]) => ({
        where: `${pipeline.id}/${textOf(stage.Name)}/${textOf(action.Name)}.${key}`,
        used: textOf(value).length,
      })),
    ),
  );
}

/** The most builds of one compute type that a pipeline runs side by side: actions of a stage with the same run order. */
function buildsAtOnce(pipeline: DeployedResource, compute: string, resources: readonly DeployedResource[]): Use {
  const projects = ofType(resources, 'AWS::CodeBuild::Project');
  const groups = new Map<string, number>([[pipeline.id, 0]]);
  for (const stage of stagesOf(pipeline)) {
    for (const { ActionTypeId: kind, Configuration: configuration, RunOrder: order } of objectsOf(stage.Actions)) {
      if (kind?.Provider !== 'CodeBuild') continue;
      const project = projects.find(({ id }) => id === configuration?.ProjectName);
      if (project?.properties.Environment?.ComputeType !== compute) continue;
      const group = `${pipeline.id}/${textOf(stage.Name)}, run order ${textOf(order ?? 1)}`;
      groups.set(group, (groups.get(group) ?? 0) + 1);
    }
  }
  const [where, used] = [...groups].reduce((most, group) => (group[1] > most[1] ? group : most));
  return { where, used, growth: { fixed: 0, service: used, environment: 0, acrossServices: true } };
}

/** Stages that deploy: those of whose projects one names an environment's namespace. Each environment may bring an approval's stage too. */
function stageGrowth(
  pipeline: DeployedResource,
  resources: readonly DeployedResource[],
  environments: Estate['environments'],
  used: number,
): Growth {
  const namespaces = environments.map(({ namespace }) => namespace);
  const projects = ofType(resources, 'AWS::CodeBuild::Project').filter(({ properties }) =>
    objectsOf(properties.Environment?.EnvironmentVariables).some(
      ({ Name: name, Value: value }) => name === 'NAMESPACE' && namespaces.includes(value),
    ),
  );
  const deploys = (stage: Properties): boolean =>
    objectsOf(stage.Actions).some(({ Configuration: configuration }) =>
      projects.some(({ id }) => id === configuration?.ProjectName),
    );
  const isApproval = (stage: Properties): boolean =>
    objectsOf(stage.Actions).every(({ ActionTypeId: kind }) => kind?.Category === 'Approval');
  const stages = stagesOf(pipeline);
  const deployed = stages.filter(deploys).length;
  const environment = deployed === 0 ? 0 : (deployed + stages.filter(isApproval).length) / deployed;
  return { fixed: 0, service: used - environment * deployed, environment, acrossServices: false };
}
