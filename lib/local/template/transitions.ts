import type { DisabledTransition } from '../plan';
import type { DraftStage } from './draft';
import { KEYS } from './keys';
import type { Node } from './node';

/** Longest reason. Source: CodePipeline API, DisabledReason. */
const LONGEST_REASON = 300;

/** The transitions that the template disables when it is deployed; undefined where there are none. */
export function readTransitions(list: Node, stages: readonly DraftStage[]): DisabledTransition[] | undefined {
  if (list.absent) return undefined;
  const named = new Set<string>();
  return list.items().map((item) => {
    item.object(KEYS.transition);
    const stage = item.member('StageName').requiredText();
    if (stage !== '' && !stages.some((draft) => draft.stage.name === stage)) {
      const known = stages.map((draft) => draft.stage.name).join(', ');
      item.member('StageName').fail(`The pipeline has no stage "${stage}"; it has ${known}.`);
    }
    if (named.has(stage)) item.member('StageName').fail(`The transition to ${stage} stands here twice.`);
    named.add(stage);
    const reason = item.member('Reason').requiredText();
    if (reason.length > LONGEST_REASON)
      item
        .member('Reason')
        .fail(`The reason has ${reason.length} characters; CodePipeline takes ${LONGEST_REASON}: shorten it.`);
    return { stage, reason };
  });
}
