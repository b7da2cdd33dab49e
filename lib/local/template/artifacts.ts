import type { DraftStage } from './draft';

/**
 * Every output artifact has a name of its own, and every input is the output of an action that runs before: in an earlier
 * stage, or with a lower run order. Source: CodePipeline user guide, action-requirements.
 */
export function checkArtifacts(stages: readonly DraftStage[]): void {
  const declared = new Map<string, { id: string; stage: number; runOrder: number }>();
  for (const [stage, { actions }] of stages.entries()) {
    for (const { node, action } of actions) {
      for (const name of action.outputs) {
        const other = declared.get(name);
        if (other === undefined) declared.set(name, { id: action.id, stage, runOrder: action.runOrder });
        else if (name !== '') {
          const message = `"${name}" is already the output of ${other.id}; names of outputs are unique in a pipeline.`;
          node.member('OutputArtifacts').fail(message);
        }
      }
    }
  }
  const refused = new Set(stages.flatMap((stage) => stage.refused.flatMap(({ outputs }) => outputs)));
  for (const [stage, { actions, rules }] of stages.entries()) {
    const consumers = [
      ...actions.map(({ node, action }) => ({ node, inputs: action.inputs, runOrder: action.runOrder })),
      // A rule may be judged before any action of its stage has ended.
      ...rules.map(({ node, rule }) => ({ node, inputs: rule.action.inputs, runOrder: 0 })),
    ];
    for (const { node, inputs, runOrder } of consumers) {
      for (const name of inputs.filter((input) => input !== '')) {
        const source = declared.get(name);
        const list = node.member('InputArtifacts');
        if (source === undefined) {
          if (refused.has(name)) continue;
          const known = [...declared.keys()].join(', ') || 'none';
          list.fail(`No action puts out "${name}"; the pipeline's artifacts: ${known}.`);
        } else if (source.stage > stage || (source.stage === stage && source.runOrder >= runOrder)) {
          list.fail(`"${name}" comes from ${source.id}, which does not run before this action.`);
        }
      }
    }
  }
}
