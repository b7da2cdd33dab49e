import type { PlannedCondition, PlannedRule, PlannedStage } from '../plan';
import { readAction } from './action';
import type { DraftAction, DraftRule, DraftStage, Reference, RefusedAction } from './draft';
import { KEYS } from './keys';
import { NAME, NAME_RULE } from './names';
import type { Node } from './node';
import { readRule } from './rule';

/** Most rules of a condition. Source: CodePipeline API, RuleDeclarationList. */
const MOST_RULES = 5;
/** The rules by which a stage can be skipped. Source: CodePipeline user guide, stage-conditions. */
const SKIPPING: readonly PlannedRule['provider'][] = ['LambdaInvoke', 'VariableCheck'];

/** Reads one stage: its actions and its hooks. */
export function readStage(node: Node): DraftStage {
  node.object(KEYS.stage);
  const name = node.member('Name').name(NAME, NAME_RULE);
  const before = readHook(node.member('BeforeEntry'), name, ['FAIL', 'SKIP']);
  const success = readHook(node.member('OnSuccess'), name, ['FAIL', 'ROLLBACK']);
  const failure = readFailure(node.member('OnFailure'), name);
  const actions: DraftAction[] = [];
  const refused: RefusedAction[] = [];
  for (const item of node.member('Actions').items()) {
    const action = readAction(item, name);
    if (action === undefined) refused.push(refusedAction(item));
    else actions.push(action);
  }
  const rules = [...before.rules, ...success.rules, ...failure.rules];
  for (const { node: rule, rule: read } of rules) {
    if (actions.some(({ action }) => action.name === read.name))
      rule.fail(`An action of this stage is named "${read.name}" too, and both run here under that name; rename one.`);
  }
  return {
    node,
    stage: {
      name,
      ...(before.condition && { beforeEntry: before.condition }),
      ...(success.condition && { onSuccess: success.condition }),
      ...(failure.onFailure && { onFailure: failure.onFailure }),
    },
    actions,
    refused,
    beforeEntry: before.texts,
    onSuccess: success.texts,
    onFailure: failure.texts,
    rules,
  };
}

function refusedAction(node: Node): RefusedAction {
  const outputs = node.member('OutputArtifacts').items();
  const namespace = node.member('Namespace').text();
  return {
    name: node.member('Name').text() ?? '',
    outputs: outputs.map((output) => output.member('Name').text() ?? ''),
    ...(namespace !== undefined && { namespace }),
  };
}

type ConditionResult = NonNullable<PlannedCondition['result']>;

interface Hook {
  readonly condition?: PlannedCondition;
  readonly texts: readonly Reference[];
  readonly rules: readonly DraftRule[];
}

function readHook(hook: Node, stage: string, results: readonly ConditionResult[]): Hook {
  if (hook.absent) return { texts: [], rules: [] };
  return readConditions(hook.object(KEYS.conditions).member('Conditions'), stage, results);
}

function readConditions(list: Node, stage: string, results: readonly ConditionResult[]): Hook {
  const conditions = list.items();
  const [node] = conditions;
  if (node === undefined || conditions.length > 1) {
    list.fail(`Expected exactly one condition, found ${conditions.length}.`);
    return { texts: [], rules: [] };
  }
  node.object(KEYS.condition);
  if (node.member('Result').absent) node.fail(`Result is missing; expected ${results.join(' or ')}.`);
  const result = node.member('Result').oneOf(results);
  const ruleList = node.member('Rules');
  const ruleNodes = ruleList.items();
  if (ruleNodes.length < 1 || ruleNodes.length > MOST_RULES) {
    ruleList.fail(`Expected 1 to ${MOST_RULES} rules, found ${ruleNodes.length}.`);
  }
  const found = { texts: [] as Reference[], actions: [] as DraftRule[] };
  const rules = ruleNodes.map((rule) => readRule(rule, stage, found));
  const names = ruleNodes.map((rule) => rule.member('Name').text());
  for (const [index, name] of names.entries()) {
    if (name && names.indexOf(name) < index) ruleNodes[index]?.fail(`Two rules have the name "${name}".`);
  }
  for (const rule of rules) {
    if (result === 'SKIP' && rule !== undefined && !SKIPPING.includes(rule.provider))
      node.fail(`SKIP does not go with the rule ${rule.provider}; use ${SKIPPING.join(' or ')}, or the result FAIL.`);
  }
  const condition = { ...(result && { result }), rules: rules.filter((rule) => rule !== undefined) };
  return { condition, texts: found.texts, rules: found.actions };
}

/** What engages when the stage has failed: a result at once, or the one of a condition. */
function readFailure(node: Node, stage: string): Hook & { readonly onFailure?: PlannedStage['onFailure'] } {
  const nothing: Hook = { texts: [], rules: [] };
  if (node.absent) return nothing;
  node.object(KEYS.failure);
  const conditions = node.member('Conditions');
  const retry = node.member('RetryConfiguration');
  if (node.member('Result').absent && conditions.absent) {
    node.fail('Result is missing; expected ROLLBACK or RETRY, or Conditions.');
    return nothing;
  }
  if (!conditions.absent) {
    if (!node.member('Result').absent)
      node.member('Result').fail('Goes not with Conditions, which have a result of their own; remove one of the two.');
    if (!retry.absent) retry.fail('Goes only with Result RETRY; remove it.');
    const hook = readConditions(conditions, stage, ['ROLLBACK']);
    return { ...hook, ...(hook.condition && { onFailure: { condition: hook.condition } }) };
  }
  const result = node.member('Result').oneOf(['ROLLBACK', 'RETRY']);
  if (!retry.absent && result !== 'RETRY') retry.fail('Goes only with Result RETRY; remove it.');
  const retryMode = retry.object(KEYS.retry).member('RetryMode').oneOf(['FAILED_ACTIONS', 'ALL_ACTIONS']);
  return { ...nothing, onFailure: { ...(result && { result }), ...(retryMode && { retryMode }) } };
}
