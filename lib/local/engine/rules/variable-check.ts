import { ok, type Result } from '../../../result';
import type { VariableCheckRule } from '../../plan';
import { resolveText, type Scope } from '../../variables';
import { javaPattern } from './java-pattern';
import type { RuleOutcome } from './rule';

/** VariableCheck (CodePipeline, rule-reference-VariableCheck): compares a text, its references resolved, with another. */
export function checkVariable(rule: VariableCheckRule, scope: Scope): RuleOutcome {
  const variable = resolveText(rule.variable, scope);
  const value = resolveText(rule.value, scope);
  if (!variable.ok) return { status: 'Errored', reason: variable.errors.join('; ') };
  if (!value.ok) return { status: 'Errored', reason: value.errors.join('; ') };
  const holds = compare(variable.value, rule.operator, value.value);
  if (!holds.ok) return { status: 'Errored', reason: holds.errors.join('; ') };
  const verdict = `${rule.operator} "${value.value}" ${holds.value ? 'holds' : 'does not hold'}`;
  return {
    status: holds.value ? 'Succeeded' : 'Failed',
    reason: `${rule.variable} is "${variable.value}"; ${verdict}`,
  };
}

function compare(variable: string, operator: VariableCheckRule['operator'], value: string): Result<boolean, string> {
  switch (operator) {
    case 'EQ':
      return ok(variable === value);
    case 'NE':
      return ok(variable !== value);
    case 'CONTAINS':
      return ok(variable.includes(value));
    case 'MATCHES': {
      const pattern = javaPattern(value);
      return pattern.ok ? ok(pattern.value.test(variable)) : pattern;
    }
  }
}
