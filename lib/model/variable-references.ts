import type { Action, Pipeline } from './pipeline';
import { type Placed, placedActions, provides } from './positions';

/** Names in `#{namespace.name}` references of a value. */
const references = (value: string): { readonly namespace: string; readonly name: string }[] =>
  [...value.matchAll(/#\{([^{}.]*)\.?([^{}]*)\}/g)].map(([, namespace = '', name = '']) => ({ namespace, name }));

/** Output variables of source actions (user guide, action-reference-CodeCommit and -CodestarConnectionSource). */
const SOURCE_VARIABLES = {
  codecommit: ['RepositoryName', 'BranchName', 'CommitId', 'CommitMessage', 'AuthorDate', 'CommitterDate'],
  connection: ['AuthorDate', 'BranchName', 'CommitId', 'CommitMessage', 'ConnectionArn', 'FullRepositoryName'],
} as const;

/** References that will not be there: CodePipeline resolves them right before the action that holds them. */
export const variableViolations = (pipeline: Pipeline): string[] => {
  const actions = placedActions(pipeline);
  const inActions = actions.flatMap((consumer) =>
    values(consumer.action).flatMap((value) =>
      references(value).flatMap((reference) =>
        missing(pipeline, actions, reference, (producer) => provides(producer, consumer)).map(
          (text) => `${consumer.id}: ${text}`,
        ),
      ),
    ),
  );
  const inConditions = pipeline.stages.flatMap((stage, index) =>
    [
      ...(stage.beforeEntry?.rules ?? []).map((rule) => `${rule.variable} ${rule.value}`),
      // A stage may fail before any of its actions has ended.
      ...(stage.onFailure?.rules ?? []).flatMap((rule) => Object.values(rule.variables)),
    ]
      .flatMap(references)
      .flatMap((reference) =>
        missing(
          pipeline,
          actions,
          reference,
          (producer) => producer.index < index && producer.stage.beforeEntry?.result !== 'SKIP',
        ).map((text) => `${stage.name}: ${text}`),
      ),
  );
  return [...inActions, ...inConditions];
};

/** Values of an action's configuration that may hold references. */
const values = (action: Action): string[] => {
  switch (action.kind) {
    case 'build':
      return Object.values(action.variables);
    case 'approval':
      return [action.message, action.link ?? ''];
    case 'bake':
      return [action.url, action.version, action.ignoreAlarms];
    case 'source':
      return [];
    default:
      return neverKind(action);
  }
};

const neverKind = (action: never): string[] => [String(action)];

const missing = (
  pipeline: Pipeline,
  actions: readonly Placed[],
  { namespace, name }: { readonly namespace: string; readonly name: string },
  isThere: (producer: Placed) => boolean,
): string[] => {
  const reference = `#{${namespace}.${name}}`;
  if (namespace === 'codepipeline' && name === 'PipelineExecutionId') return [];
  if (namespace === 'variables') {
    return pipeline.variables.some((variable) => variable.name === name) ? [] : [`the pipeline has no ${reference}`];
  }
  const producer = actions.find(({ action }) => 'namespace' in action && action.namespace === namespace);
  if (producer === undefined) return [`${reference} is of no action's namespace`];
  if (!exported(producer.action).includes(name)) return [`${producer.id} does not export ${reference}`];
  return isThere(producer) ? [] : [`${reference} may not be there yet: ${producer.id} does not always end before`];
};

const exported = (action: Action): readonly string[] => {
  if (action.kind === 'source') return SOURCE_VARIABLES[action.source.provider];
  return action.kind === 'build' ? action.exports : [];
};
