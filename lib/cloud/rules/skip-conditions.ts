import { conditions, pipelineRule } from './pipeline-parts';
import { objects, shown } from './rule';

const SKIPPING_RULES = new Set(['LambdaInvoke', 'VariableCheck']);

export const skipConditions = pipelineRule({
  id: 'skip-conditions',
  holds: 'A stage is skipped only by a rule that can skip.',
  reason:
    'SKIP works with LambdaInvoke and VariableCheck alone (CodePipeline user guide, stage-conditions); CDK and cfn-lint are silent.',
  remedy: 'use LambdaInvoke or VariableCheck, or the result FAIL',
  check: (pipeline) => {
    const wrong = conditions(pipeline)
      .filter((condition) => condition.Result === 'SKIP')
      .flatMap((condition) => objects(condition.Rules))
      .filter((entry) => !SKIPPING_RULES.has(entry.RuleTypeId?.Provider));
    return wrong.length === 0
      ? undefined
      : `${wrong.map((entry) => shown(entry.RuleTypeId?.Provider)).join(', ')} cannot skip`;
  },
});
