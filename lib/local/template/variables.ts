import type { Plan } from '../plan';
import type { DraftStage, Reference } from './draft';

/** Namespaces that CodePipeline keeps for itself. */
const RESERVED = ['codepipeline', 'variables'];
const REFERENCE = /#\{([^}]*)\}?/g;

interface Producer {
  readonly id: string;
  readonly stage: number;
  readonly runOrder: number;
  readonly produces: readonly string[] | undefined;
}

/** Where a reference stands in time; an action sees what ran before it, a hook what ran before its stage, or in it. */
interface Moment {
  readonly stage: number;
  readonly runOrder: number;
  readonly isSource: boolean;
}

/**
 * Namespaces are unique, and every `#{namespace.name}` names a variable that exists when it is read: one of the pipeline, or
 * one that an action in an earlier stage or with a lower run order puts out. Source: CodePipeline user guide,
 * reference-variables.
 */
export function checkVariables(stages: readonly DraftStage[], variables: Plan['variables']): void {
  const producers = readProducers(stages);
  const refused = new Set(stages.flatMap((stage) => stage.refused.map(({ namespace }) => namespace)));
  const known = { producers, refused, variables: variables.map(({ name }) => name) };
  for (const [stage, draft] of stages.entries()) {
    for (const { action, texts } of draft.actions) {
      const isSource = action.kind === 'codecommit' || action.kind === 'connection';
      checkTexts(texts, { stage, runOrder: action.runOrder, isSource }, known);
    }
    checkTexts(draft.beforeEntry, { stage, runOrder: 0, isSource: false }, known);
    checkTexts(draft.onSuccess, { stage, runOrder: Number.POSITIVE_INFINITY, isSource: false }, known);
    // A stage may fail before any of its actions has ended.
    checkTexts(draft.onFailure, { stage, runOrder: 0, isSource: false }, known);
  }
}

function readProducers(stages: readonly DraftStage[]): Map<string, Producer> {
  const artifacts = new Set(stages.flatMap(({ actions }) => actions.flatMap(({ action }) => action.outputs)));
  const producers = new Map<string, Producer>();
  for (const [stage, { actions }] of stages.entries()) {
    for (const { node, action, produces } of actions) {
      const { namespace, id, runOrder } = action;
      if (namespace === undefined || namespace === '') continue;
      const other = producers.get(namespace);
      const member = node.member('Namespace');
      if (other !== undefined) {
        member.fail(`"${namespace}" is already the namespace of ${other.id}; namespaces are unique in a pipeline.`);
      } else if (RESERVED.includes(namespace)) {
        member.fail(`"${namespace}" is CodePipeline's own namespace; choose another.`);
      } else if (artifacts.has(namespace)) {
        member.fail(`"${namespace}" is also the name of an artifact; a namespace must differ from every artifact.`);
      }
      producers.set(namespace, other ?? { id, stage, runOrder, produces });
    }
  }
  return producers;
}

interface Known {
  readonly producers: ReadonlyMap<string, Producer>;
  /** Namespaces of actions that do not run here. */
  readonly refused: ReadonlySet<string | undefined>;
  readonly variables: readonly string[];
}

function checkTexts(texts: readonly Reference[], moment: Moment, known: Known): void {
  for (const { node, text } of texts) {
    for (const match of text.matchAll(REFERENCE)) {
      const message = faultOf(match[0], match[1] ?? '', moment, known);
      if (message !== undefined) node.fail(message);
    }
  }
}

function faultOf(reference: string, inner: string, moment: Moment, known: Known): string | undefined {
  const [, namespace, name] = /^([^.]+)\.(.+)$/.exec(inner) ?? [];
  if (!reference.endsWith('}') || namespace === undefined || name === undefined) {
    return `"${reference}" is no variable; expected #{namespace.name}.`;
  }
  if (namespace === 'codepipeline') {
    return name === 'PipelineExecutionId' ? undefined : `${reference}: codepipeline holds only PipelineExecutionId.`;
  }
  if (namespace === 'variables') {
    if (moment.isSource) return `${reference}: variables of the pipeline cannot be used in source actions.`;
    if (known.variables.includes(name)) return undefined;
    return `${reference}: the pipeline has no variable "${name}"; it has ${known.variables.join(', ') || 'none'}.`;
  }
  const producer = known.producers.get(namespace);
  if (producer === undefined) {
    if (known.refused.has(namespace)) return undefined;
    const namespaces = [...known.producers.keys()].join(', ') || 'none';
    return `${reference}: no action has the namespace "${namespace}"; the pipeline's namespaces: ${namespaces}.`;
  }
  const runsBefore =
    producer.stage < moment.stage || (producer.stage === moment.stage && producer.runOrder < moment.runOrder);
  if (!runsBefore) return `${reference}: ${producer.id} does not run before this is read.`;
  if (producer.produces === undefined || producer.produces.includes(name)) return undefined;
  return `${reference}: ${producer.id} puts out ${producer.produces.join(', ') || 'no variables'}.`;
}
