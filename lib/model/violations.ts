import type { Action, BuildAction, Pipeline, Stage } from './pipeline';
import { duplicates, maySkip, type Placed, placedActions, provides } from './positions';
import { variableViolations } from './variable-references';

/**
 * What CodePipeline would refuse in `pipeline`, or would only find out when it runs; empty: nothing. Limits: CodePipeline user
 * guide, pages "limits", "pipeline-requirements" and "action-requirements"; API shapes ActionName, ArtifactName, ActionNamespace.
 */
export const violations = (pipeline: Pipeline): string[] => [
  ...structure(pipeline),
  ...pipelineVariableViolations(pipeline),
  ...pipeline.stages.flatMap((stage, index) => stageViolations(stage, index)),
  ...placedActions(pipeline).flatMap(({ action, id }) => actionViolations(action).map((text) => `${id}: ${text}`)),
  ...artifactViolations(pipeline),
  ...namespaceViolations(pipeline),
  ...variableViolations(pipeline),
];

const NAME = /^[A-Za-z0-9.@\-_]{1,100}$/;
const ARTIFACT = /^[a-zA-Z0-9_-]{1,100}$/;
/** API shapes PipelineVariableName, PipelineVariableValue and PipelineVariableDescription. */
const VARIABLE = /^[A-Za-z0-9@\-_]{1,128}$/;
const MAX_DESCRIPTION = 200;
const NAMESPACE = /^[A-Za-z0-9@\-_]{1,100}$/;
const RESERVED_NAMESPACES = ['codepipeline', 'variables'];
const MAX_VALUE = 1000;

const structure = (pipeline: Pipeline): string[] => {
  const { name, stages, trigger } = pipeline;
  const found: string[] = [];
  if (!NAME.test(name)) found.push(`the pipeline's name ${name} is not allowed`);
  if (stages.length < 2 || stages.length > 50) found.push(`${stages.length} stages; 2 to 50 are allowed`);
  for (const twice of duplicates(stages.map((stage) => stage.name))) found.push(`two stages are named ${twice}`);
  for (const { action, id, index } of placedActions(pipeline)) {
    if (index === 0 && action.kind !== 'source') found.push(`${id}: the first stage may hold source actions only`);
    if (index > 0 && action.kind === 'source') found.push(`${id}: a source action is allowed in the first stage only`);
    if (action.kind === 'source' && action.branch !== trigger.branch) {
      found.push(`${id}: takes branch ${action.branch}, but ${trigger.branch} starts the pipeline`);
    }
  }
  return found;
};

const pipelineVariableViolations = ({ variables }: Pipeline): string[] => [
  ...(variables.length > 50 ? [`${variables.length} variables; 50 are allowed`] : []),
  ...duplicates(variables.map(({ name }) => name)).map((name) => `two variables are named ${name}`),
  ...variables.flatMap(({ name, default: fallback, description, values }) => [
    ...(VARIABLE.test(name) ? [] : [`the variable's name ${name} is not allowed`]),
    ...(values.includes(fallback) ? [] : [`the variable ${name} is ${fallback} by default, which it cannot be`]),
    ...(values.every((value) => value.length >= 1 && value.length <= MAX_VALUE)
      ? []
      : [`a value of the variable ${name} has not 1 to ${MAX_VALUE} characters`]),
    ...(description.length > MAX_DESCRIPTION
      ? [`the description of the variable ${name} has ${description.length} characters; ${MAX_DESCRIPTION} are allowed`]
      : []),
  ]),
];

const stageViolations = (stage: Stage, index: number): string[] => {
  const found: string[] = [];
  if (!NAME.test(stage.name)) found.push('the name is not allowed');
  if (stage.actions.length < 1 || stage.actions.length > 50) {
    found.push(`${stage.actions.length} actions; 1 to 50 are allowed`);
  }
  for (const twice of duplicates(stage.actions.map((action) => action.name))) {
    found.push(`two actions are named ${twice}`);
  }
  if (index === 0 && stage.onFailure !== undefined) found.push('the source stage cannot be rolled back');
  if (index === 0 && stage.beforeEntry !== undefined) found.push('the source stage cannot have an entry condition');
  for (const condition of [stage.beforeEntry, stage.onFailure]) {
    const rules = condition?.rules;
    if (rules === undefined) continue;
    if (rules.length < 1 || rules.length > 5) found.push(`${rules.length} rules; 1 to 5 are allowed`);
    for (const twice of duplicates(rules.map((rule) => rule.name))) found.push(`two rules are named ${twice}`);
    for (const rule of rules) {
      if (!NAME.test(rule.name)) found.push(`the rule's name ${rule.name} is not allowed`);
      if (stage.actions.some(({ name }) => name === rule.name))
        found.push(`the rule ${rule.name} has the name of an action`);
    }
  }
  found.push(...projectViolations(stage));
  return found.map((text) => `${stage.name}: ${text}`);
};

/** Whoever runs the project of another action of its stage. */
const projectViolations = ({ actions, onFailure }: Stage): string[] => {
  const owner = (name: string | undefined) =>
    actions.find(
      (action): action is BuildAction =>
        action.kind === 'build' && action.project === undefined && action.name === name,
    );
  const clash = (name: string, variables: object, { environment }: BuildAction) =>
    Object.keys(variables)
      .filter((variable) => variable in environment)
      .map((variable) => `${name}: ${variable} is set by the project and by the pipeline`);
  return [
    ...actions.flatMap((action) => {
      if (action.kind !== 'build' || action.project === undefined) return [];
      const own = owner(action.project);
      if (own === undefined) return [`${action.name}: no action of the stage has the project ${action.project}`];
      const same = (['job', 'environment', 'target', 'timeoutMinutes'] as const).filter(
        (key) => JSON.stringify(action[key]) !== JSON.stringify(own[key]),
      );
      return same.map((key) => `${action.name}: its ${key} is not that of ${own.name}, whose project it runs`);
    }),
    ...(onFailure?.rules ?? []).flatMap((rule) => {
      const own = owner(rule.project);
      if (own === undefined) return [`${rule.name}: no action of the stage has the project ${rule.project}`];
      const strays = JSON.stringify(rule.target) !== JSON.stringify(own.target);
      return [
        ...(strays ? [`${rule.name}: its target is not that of ${own.name}, whose project it runs`] : []),
        ...clash(rule.name, rule.variables, own),
      ];
    }),
  ];
};

const actionViolations = (action: Action): string[] => {
  const found: string[] = [];
  const between = (what: string, value: number, low: number, high: number) => {
    if (!Number.isInteger(value) || value < low || value > high) {
      found.push(`${what} is ${value}; a whole number from ${low} to ${high} is allowed`);
    }
  };
  if (!NAME.test(action.name)) found.push('the name is not allowed');
  between('runOrder', action.runOrder, 1, 999);
  switch (action.kind) {
    case 'source':
      break;
    case 'build': {
      // CodeBuild: 5 minutes to 36 hours.
      between('timeoutMinutes', action.timeoutMinutes, 5, 2160);
      if (action.outputs.length > 5) found.push(`${action.outputs.length} output artifacts; 5 are allowed`);
      // CodeBuild encrypts them with a key of its own account, which the pipeline's cannot use (aws-cdk issue 4169).
      if (action.target?.elsewhere && action.outputs.length > 0)
        found.push('a build of another account hands no artifact to the pipeline');
      if (action.exports.length > 0 && action.namespace === undefined)
        found.push('exports variables into no namespace');
      for (const name of Object.keys(action.variables)) {
        if (name in action.environment) found.push(`${name} is set by the project and by the pipeline`);
      }
      const json = JSON.stringify(
        Object.entries(action.variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })),
      );
      if (json.length > MAX_VALUE) found.push(`its variables take ${json.length} characters; ${MAX_VALUE} are allowed`);
      break;
    }
    case 'approval':
      between('timeoutMinutes', action.timeoutMinutes, 5, 86_400);
      if (action.message.length > MAX_VALUE) found.push(`the message is longer than ${MAX_VALUE} characters`);
      if ((action.link?.length ?? 0) > MAX_VALUE) found.push(`the link is longer than ${MAX_VALUE} characters`);
      break;
    case 'bake':
      // The function gives up one hour before CodePipeline does, which ends a Lambda action after 24.
      between('minutes', action.minutes, 1, 1380);
      break;
    default:
      return unknownKind(action);
  }
  return found;
};

const unknownKind = (action: never): string[] => [`unknown kind of action ${JSON.stringify(action)}`];

const outputs = ({ action }: Placed): readonly string[] => {
  if (action.kind === 'source') return [action.output];
  return action.kind === 'build' ? action.outputs : [];
};

const artifactViolations = (pipeline: Pipeline): string[] => {
  const actions = placedActions(pipeline);
  const names = actions.flatMap(outputs);
  const found = duplicates(names).map((name) => `two actions make the artifact ${name}`);
  for (const name of names) if (!ARTIFACT.test(name)) found.push(`the artifact's name ${name} is not allowed`);
  for (const consumer of actions) {
    if (consumer.action.kind !== 'build') continue;
    const { input } = consumer.action;
    const producer = actions.find((one) => outputs(one).includes(input));
    if (producer === undefined) found.push(`${consumer.id}: nobody makes its input ${input}`);
    else if (!provides(producer, consumer)) {
      const why =
        maySkip(producer.stage) && producer.index < consumer.index ? 'may be skipped' : 'does not come before';
      found.push(`${consumer.id}: its input ${input} is made by ${producer.id}, which ${why}`);
    }
  }
  for (const [index, stage] of pipeline.stages.entries()) {
    for (const { name, input } of stage.onFailure?.rules ?? []) {
      const producer = actions.find((one) => outputs(one).includes(input));
      if (producer === undefined || producer.index >= index || maySkip(producer.stage))
        found.push(`${stage.name}/${name}: its input ${input} may not be there when the stage fails`);
    }
  }
  return found;
};

const namespaceViolations = (pipeline: Pipeline): string[] => {
  const actions = placedActions(pipeline);
  const artifacts = actions.flatMap(outputs);
  const names = actions.flatMap(({ action }) =>
    (action.kind === 'source' || action.kind === 'build') && action.namespace !== undefined ? [action.namespace] : [],
  );
  return [
    ...duplicates(names).map((name) => `two actions have the namespace ${name}`),
    ...names.filter((name) => !NAMESPACE.test(name)).map((name) => `the namespace ${name} is not allowed`),
    ...names.filter((name) => RESERVED_NAMESPACES.includes(name)).map((name) => `the namespace ${name} is reserved`),
    ...names.filter((name) => artifacts.includes(name)).map((name) => `${name} is a namespace and an artifact`),
  ];
};
