import type { CodeBuildRule, PlannedCondition, VariableCheckRule } from '../plan';
import { resolveText, type Scope } from '../variables';

/**
 * How a stage condition ended. `Errored`: a rule could not be judged (an unresolved reference, a pattern that is none); that is
 * neither a pass nor a reason to skip, so the stage fails whatever result the condition has.
 */
export interface ConditionOutcome {
  readonly status: 'Succeeded' | 'Failed' | 'Errored';
  /** Every rule that did not succeed, or all rules that did. */
  readonly reason: string;
}

/** Runs a rule's build, as an action of its stage. */
export type RunRule = (rule: CodeBuildRule) => Promise<{ readonly status: string; readonly reason?: string }>;

/** A condition fails if any of its rules fails; all rules are judged, at once (CodePipeline, stage-conditions). */
export async function evaluateCondition(
  condition: PlannedCondition,
  scope: Scope,
  run: RunRule,
): Promise<ConditionOutcome> {
  const outcomes = await Promise.all(
    condition.rules.map((rule) => (rule.provider === 'CodeBuild' ? build(rule, run) : checkVariable(rule, scope))),
  );
  const worst =
    outcomes.find((outcome) => outcome.status === 'Errored') ?? outcomes.find((outcome) => outcome.status === 'Failed');
  const told = worst === undefined ? outcomes : outcomes.filter((outcome) => outcome.status !== 'Succeeded');
  return { status: worst?.status ?? 'Succeeded', reason: told.map((outcome) => outcome.reason).join('; ') };
}

/** CodeBuild (CodePipeline, rule-reference-CodeBuild): succeeds when the build does. */
async function build(rule: CodeBuildRule, run: RunRule): Promise<ConditionOutcome> {
  const { status, reason = '' } = await run(rule);
  return status === 'Succeeded'
    ? { status, reason: `rule ${rule.name} succeeded` }
    : { status: 'Failed', reason: `rule ${rule.name} failed: ${reason}` };
}

function checkVariable(rule: VariableCheckRule, scope: Scope): ConditionOutcome {
  const variable = resolveText(rule.variable, scope);
  const value = resolveText(rule.value, scope);
  if (!variable.ok) return { status: 'Errored', reason: `rule ${rule.name}: ${variable.errors.join('; ')}` };
  if (!value.ok) return { status: 'Errored', reason: `rule ${rule.name}: ${value.errors.join('; ')}` };
  const reason = (holds: boolean) =>
    `rule ${rule.name}: ${rule.variable} is "${variable.value}"; ${rule.operator} "${value.value}" ${holds ? 'holds' : 'does not hold'}`;
  const holds = compare(variable.value, rule.operator, value.value);
  if (holds === undefined)
    return { status: 'Errored', reason: `rule ${rule.name}: "${value.value}" is not a regular expression` };
  return { status: holds ? 'Succeeded' : 'Failed', reason: reason(holds) };
}

/** VariableCheck (CodePipeline, rule-reference-VariableCheck). MATCHES takes the whole value, as Java's String.matches does. */
function compare(variable: string, operator: VariableCheckRule['operator'], value: string): boolean | undefined {
  switch (operator) {
    case 'EQ':
      return variable === value;
    case 'NE':
      return variable !== value;
    case 'CONTAINS':
      return variable.includes(value);
    case 'MATCHES':
      try {
        return new RegExp(`^(?:${value})$`, 'u').test(variable);
      } catch {
        return undefined;
      }
  }
}
