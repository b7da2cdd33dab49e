import { conditions, pipelineRule } from './pipeline-parts';
import { objects, shown } from './rule';

export const restoreOnFailure = pipelineRule({
  id: 'restore-on-failure',
  holds: 'A condition on failure brings something back itself, by a build.',
  reason: 'AWS documents two opposite meanings of its result, so a rule that only looks may end either way.',
  remedy: 'use a CodeBuild rule',
  check: (pipeline) => {
    const idle = conditions(pipeline, ['OnFailure'])
      .flatMap((condition) => objects(condition.Rules))
      .filter((entry) => entry.RuleTypeId?.Provider !== 'CodeBuild');
    return idle.length === 0 ? undefined : `${idle.map(({ Name: name }) => shown(name)).join(', ')} only looks`;
  },
});
