import type { PlannedCondition, PlannedRule } from '../plan';
import { watchAlarm } from './rules/alarm';
import type { RuleContext, RuleOutcome } from './rules/rule';
import { checkVariable } from './rules/variable-check';
import { checkWindow } from './rules/window';

/**
 * How a stage condition ended. `Errored`: a rule could not be judged; that is neither a pass nor a reason to skip, so the stage
 * fails whatever result the condition has. `Abandoned`: the execution was stopped before all rules were judged.
 */
export interface ConditionOutcome {
  readonly status: RuleOutcome['status'];
  /** Every rule that did not succeed, or all rules that did. */
  readonly reason: string;
}

/** The worst comes first: what a condition is when its rules end differently. */
const ORDER = ['Abandoned', 'Errored', 'Failed', 'Succeeded'] as const;

/** A condition fails if any of its rules fails; all rules are judged, at once (CodePipeline, stage-conditions). */
export async function evaluateCondition(condition: PlannedCondition, context: RuleContext): Promise<ConditionOutcome> {
  const outcomes = await Promise.all(
    condition.rules.map(async (rule) => {
      const about = { rule: rule.name, provider: rule.provider };
      context.onRule?.({ kind: 'rule-started', ...about });
      const outcome = await judge(rule, context);
      context.onRule?.({ kind: 'rule-ended', ...about, ...outcome });
      return { ...outcome, told: `rule ${rule.name}${'action' in rule ? ' ' : ': '}${outcome.reason}` };
    }),
  );
  const status = ORDER.find((worst) => outcomes.some((outcome) => outcome.status === worst)) ?? 'Succeeded';
  const told = status === 'Succeeded' ? outcomes : outcomes.filter((outcome) => outcome.status !== 'Succeeded');
  return { status, reason: told.map((outcome) => outcome.told).join('; ') };
}

async function judge(rule: PlannedRule, context: RuleContext): Promise<RuleOutcome> {
  switch (rule.provider) {
    case 'VariableCheck':
      return checkVariable(rule, context.scope);
    case 'CloudWatchAlarm':
      return watchAlarm(rule, context);
    case 'DeploymentWindow':
      return checkWindow(rule, context.ports.clock.now());
    case 'CodeBuild':
    case 'LambdaInvoke':
    case 'Commands': {
      const { status, reason = '' } = await context.run(rule);
      if (status === 'Succeeded') return { status, reason: 'succeeded' };
      return { status: context.signal.aborted ? 'Abandoned' : 'Failed', reason: `failed: ${reason}` };
    }
    default:
      return rule satisfies never;
  }
}
