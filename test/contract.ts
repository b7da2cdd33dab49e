import { join } from 'node:path';
import { renderBuildspec } from '../lib/cloud/buildspec';
import { parseBuildspec } from '../lib/local/codebuild/buildspec';
import type { Plan, PlannedAction, PlannedCondition, PlannedFailure } from '../lib/local/plan';
import { projectOf } from '../lib/model/names';
import type { Action, BakeAction, Condition, FailureCondition, Pipeline, Stage, Target } from '../lib/model/pipeline';
import { FROM_TEMPLATE } from './fixtures/from-template';

const ROOT = join(__dirname, '..');

/**
 * What model and plan must agree on, each in the same words: stages, actions, their order, artifacts, variables, conditions,
 * rollback, environments and buildspecs. What only the template knows (roles, ARNs, images) is not in it.
 */
export interface Contract {
  readonly name: string;
  readonly executionMode: string;
  readonly variables: readonly object[];
  readonly stages: readonly object[];
}

/** The contract as the model has it. */
export const modelContract = (pipeline: Pipeline): Contract => ({
  name: pipeline.name,
  executionMode: pipeline.executionMode,
  variables: pipeline.variables.map(({ name, default: fallback }) => ({ name, default: fallback })),
  stages: pipeline.stages.map((stage) => ({
    name: stage.name,
    beforeEntry: stage.beforeEntry && conditionContract(stage.beforeEntry),
    onFailure: stage.onFailure && failureContract(pipeline, stage, stage.onFailure),
    actions: [...stage.actions]
      .sort((a, b) => a.runOrder - b.runOrder)
      .map((action) => ({ name: action.name, runOrder: action.runOrder, ...modelAction(pipeline, stage, action) })),
  })),
});

/** The contract as the template says it, read back. */
export const planContract = (plan: Plan): Contract => ({
  name: plan.pipeline,
  executionMode: plan.executionMode,
  variables: plan.variables,
  stages: plan.stages.map((stage) => ({
    name: stage.name,
    beforeEntry: stage.beforeEntry && conditionContract(stage.beforeEntry),
    onFailure: stage.onFailure && plannedFailure(stage.onFailure),
    ...(stage.onSuccess && { onSuccess: conditionContract(stage.onSuccess) }),
    actions: stage.actions.map((action) => ({
      name: action.name,
      runOrder: action.runOrder,
      ...plannedAction(action),
    })),
  })),
});

const conditionContract = ({ result, rules }: Condition | PlannedCondition): object => ({
  result,
  rules: rules.map((rule) => {
    if (rule.provider !== 'VariableCheck') return { name: rule.name, provider: rule.provider };
    const { name, provider, variable, operator, value } = rule;
    return { name, provider, variable, operator, value };
  }),
});

const failureContract = (pipeline: Pipeline, stage: Stage, { result, rules }: FailureCondition): object => ({
  result,
  rules: rules.map((rule) => ({
    name: rule.name,
    provider: rule.provider,
    project: projectOf(pipeline.name, stage.name, rule),
    inputs: [rule.input],
    variables: rule.variables,
    roleArn: roleOf(rule.target),
  })),
});

const plannedFailure = ({ condition, ...failure }: PlannedFailure): object => ({
  ...failure,
  ...(condition && {
    result: condition.result,
    rules: condition.rules.map((rule) =>
      rule.provider === 'CodeBuild'
        ? {
            name: rule.name,
            provider: rule.provider,
            project: rule.action.project.name,
            inputs: rule.action.inputs,
            variables: Object.fromEntries(rule.action.environment.map(({ name, value }) => [name, value])),
            roleArn: rule.action.roleArn,
          }
        : rule,
    ),
  }),
});

/** The role of another account with which the pipeline works on the environment. */
const roleOf = (target: Target | undefined): string | undefined =>
  target?.elsewhere && `arn:aws:iam::${target.elsewhere.account}:role/${target.elsewhere.role}`;

function modelAction(pipeline: Pipeline, stage: Stage, action: Action): object {
  switch (action.kind) {
    case 'source': {
      const { source, branch, output, namespace } = action;
      const { provider, ...where } = source;
      return { kind: provider, ...where, branch, namespace, inputs: [], outputs: [output] };
    }
    case 'build':
      return {
        kind: 'codebuild',
        project: projectOf(pipeline.name, stage.name, action),
        namespace: action.namespace,
        inputs: [action.input],
        outputs: action.outputs,
        variables: action.variables,
        environment: action.environment,
        fromTemplate: [...(FROM_TEMPLATE[action.job] ?? [])].sort(),
        exports: [...action.exports].sort(),
        buildspec: renderBuildspec(action.job, ROOT),
        privileged: action.job === 'image',
        timeoutMinutes: action.timeoutMinutes,
        roleArn: roleOf(action.target),
      };
    case 'approval': {
      const { message, link, timeoutMinutes } = action;
      return { kind: 'approval', inputs: [], outputs: [], message, link, timeoutMinutes };
    }
    case 'bake':
      return {
        kind: 'lambda',
        inputs: [],
        outputs: [],
        parameters: bakeParameters(action),
        roleArn: roleOf(action.target),
      };
    default:
      return action satisfies never;
  }
}

const bakeParameters = ({
  alarm,
  platformAlarm,
  minutes,
  url,
  version,
  inconclusive,
  ignoreAlarms,
}: BakeAction): object => ({
  alarm,
  platformAlarm,
  minutes,
  url,
  version,
  inconclusive,
  ignoreAlarms,
});

function plannedAction(action: PlannedAction): object {
  const { namespace, inputs, outputs } = action;
  switch (action.kind) {
    case 'codecommit': {
      const { repository, branch } = action;
      return { kind: 'codecommit', repository, branch, namespace, inputs, outputs };
    }
    case 'connection': {
      const { connectionArn, repository, branch } = action;
      return { kind: 'connection', connectionArn, repository, branch, namespace, inputs, outputs };
    }
    case 'codebuild': {
      const { project } = action;
      const set = Object.fromEntries(project.environment.map(({ name, value }) => [name, value]));
      const known = Object.values(FROM_TEMPLATE).flat();
      const spec = parseBuildspec(project.buildspec);
      return {
        kind: 'codebuild',
        project: project.name,
        namespace,
        inputs,
        outputs,
        variables: Object.fromEntries(action.environment.map(({ name, value }) => [name, value])),
        environment: Object.fromEntries(Object.entries(set).filter(([name]) => !known.includes(name))),
        fromTemplate: Object.keys(set)
          .filter((name) => known.includes(name) && set[name] !== '')
          .sort(),
        exports: spec.ok ? [...spec.value.exportedVariables].sort() : spec.errors,
        buildspec: project.buildspec,
        privileged: project.privileged,
        timeoutMinutes: project.timeoutMinutes,
        roleArn: action.roleArn,
      };
    }
    case 'approval': {
      const { message, link, timeoutMinutes } = action;
      return { kind: 'approval', inputs, outputs, message, link, timeoutMinutes };
    }
    case 'lambda':
      return {
        kind: 'lambda',
        inputs,
        outputs,
        parameters: JSON.parse(action.userParameters ?? 'null'),
        roleArn: action.roleArn,
      };
    case 'commands':
    case 's3-deploy':
    case 'ecr-build':
    case 'eks':
    case 'pipeline-invoke':
    case 'cloudformation':
      return { kind: action.kind };
    default:
      return action satisfies never;
  }
}
