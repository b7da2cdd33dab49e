import { createHash } from 'node:crypto';
import type { Plan, PlannedAction, PlannedCondition, PlannedRule, PlannedStage } from '../plan';
import { withRole } from './action';
import { checkArtifactStore } from './artifact-store';
import { checkArtifacts } from './artifacts';
import { readDeclaration } from './declaration';
import type { DraftStage } from './draft';
import type { Resource } from './find-resource';
import { canonicalJson, isObject } from './json';
import { KEYS } from './keys';
import { NAME, NAME_RULE, VARIABLE_NAME, VARIABLE_RULE } from './names';
import type { Node } from './node';
import { readStage } from './stage';
import { checkStructure } from './structure';
import { readTransitions } from './transitions';
import { readTriggers } from './triggers';
import { checkVariables } from './variables';

/** Most variables of a pipeline. Source: CodePipeline user guide, limits. */
const MOST_VARIABLES = 50;

/** Reads an AWS::CodePipeline::Pipeline. The plan counts only if the findings hold no diagnostic in the end. */
export function readPipeline(resource: Resource): Plan {
  const { node, stack, logicalId } = resource;
  const properties = resource.properties;
  const raw = stack.template.Resources[logicalId];
  const ignoredBefore = node.findings.ignored.length;
  const exists = node.findings.evaluator.exists(isObject(raw) ? raw : {}, { stack, path: node.path });
  if (!exists.ok) for (const error of exists.errors) node.findings.add(error);
  if (properties.absent) node.fail('Expected Properties with the pipeline.');
  properties.member('Name').text();
  properties.object(KEYS.pipeline);
  if (resource.ref !== '' && !NAME.test(resource.ref)) properties.member('Name').name(NAME, NAME_RULE);
  const type = properties.member('PipelineType').oneOf(['V1', 'V2']) ?? 'V1';
  const executionMode = properties.member('ExecutionMode').oneOf(['QUEUED', 'SUPERSEDED', 'PARALLEL']) ?? 'SUPERSEDED';
  const stages = properties.member('Stages').items().map(readStage);
  const variables = readVariables(properties.member('Variables'));
  const triggers = readTriggers(properties.member('Triggers'), stages);
  const disabledTransitions = readTransitions(properties.member('DisableInboundStageTransitions'), stages);
  if (properties.member('RoleArn').isNoValue()) properties.member('RoleArn').fail('Is required and missing.');
  checkStructure(properties, stages, type);
  checkArtifactStore(properties, stages);
  checkArtifacts(stages);
  checkVariables(stages, variables);
  const role = (): string => properties.member('RoleArn').requiredText();
  const plan = {
    pipeline: resource.ref,
    logicalId,
    stack: stack.name,
    executionMode,
    variables,
    ...(triggers && { triggers }),
    ...(disabledTransitions && { disabledTransitions }),
    stages: stages.map((stage) => plannedStage(stage, role)),
  };
  const ignored = node.findings.ignored.slice(ignoredBefore);
  return { ...plan, structure: structureOf(plan), declaration: readDeclaration(properties), ignored };
}

function plannedStage({ stage, actions }: DraftStage, role: () => string): PlannedStage {
  const inOrder = actions.map(({ action }) => withRole(action, role)).sort((a, b) => a.runOrder - b.runOrder);
  const ruled = <C extends PlannedCondition | undefined>(condition: C): C =>
    condition && { ...condition, rules: condition.rules.map((rule) => ruleWithRole(rule, role)) };
  const { beforeEntry, onSuccess, onFailure, ...rest } = stage;
  return {
    ...rest,
    actions: inOrder,
    ...(beforeEntry && { beforeEntry: ruled(beforeEntry) }),
    ...(onSuccess && { onSuccess: ruled(onSuccess) }),
    ...(onFailure && {
      onFailure: { ...onFailure, ...(onFailure.condition && { condition: ruled(onFailure.condition) }) },
    }),
  };
}

const ruleWithRole = (rule: PlannedRule, role: () => string): PlannedRule =>
  rule.provider === 'Commands' ? { ...rule, action: withRole(rule.action, role) } : rule;

function readVariables(list: Node): { name: string; default?: string }[] {
  const items = list.items();
  if (items.length > MOST_VARIABLES) list.fail(`Expected at most ${MOST_VARIABLES} variables, found ${items.length}.`);
  const names = new Set<string>();
  return items.map((item) => {
    item.object(KEYS.variable);
    const name = item.member('Name').name(VARIABLE_NAME, VARIABLE_RULE);
    if (name !== '' && names.has(name)) item.fail(`Two variables have the name "${name}".`);
    names.add(name);
    const fallback = item.member('DefaultValue');
    const value = fallback.text();
    if (value !== undefined && (value.length < 1 || value.length > 1000)) {
      fallback.fail(`Expected 1 to 1000 characters, found ${value.length}.`);
    }
    return { name, ...(value !== undefined && { default: value }) };
  });
}

/**
 * Hash of the pipeline as CodePipeline versions it: its stages, actions and their configuration. A project's or function's own
 * content is left out, as its change makes no new pipeline version on AWS either.
 */
function structureOf(plan: Omit<Plan, 'structure' | 'ignored'>): string {
  const stages = plan.stages.map(({ beforeEntry, onSuccess, onFailure, ...stage }) => ({
    ...stage,
    actions: stage.actions.map(definitionOf),
    ...(beforeEntry && { beforeEntry: conditionOf(beforeEntry) }),
    ...(onSuccess && { onSuccess: conditionOf(onSuccess) }),
    ...(onFailure && {
      onFailure: { ...onFailure, ...(onFailure.condition && { condition: conditionOf(onFailure.condition) }) },
    }),
  }));
  return createHash('sha256')
    .update(canonicalJson({ ...plan, stages }))
    .digest('hex');
}

const conditionOf = ({ rules, ...condition }: PlannedCondition): object => ({
  ...condition,
  rules: rules.map((rule) => ('action' in rule ? { ...rule, action: definitionOf(rule.action) } : { ...rule })),
});

function definitionOf(action: PlannedAction): object {
  switch (action.kind) {
    case 'codebuild':
      return { ...action, project: action.project.name };
    case 'lambda':
      return { ...action, function: action.function.name };
    case 'codecommit':
    case 'connection':
    case 'approval':
    case 'commands':
    case 's3-deploy':
    case 'ecr-build':
    case 'eks':
    case 'pipeline-invoke':
    case 'cloudformation':
      return action;
    default:
      return action satisfies never;
  }
}
