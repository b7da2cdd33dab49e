import type { PlannedCondition, PlannedRule, PlannedStage } from '../plan';
import { readAction } from './action';
import type { DraftStage, Reference } from './draft';
import { KEYS } from './keys';
import { NAME, NAME_RULE } from './names';
import type { Node } from './node';

/** Most rules of a condition. Source: CodePipeline API, RuleDeclarationList. */
const MOST_RULES = 5;

/** Reads one stage: its actions and its hooks. */
export function readStage(node: Node): DraftStage {
  node.object(KEYS.stage);
  const name = node.member('Name').name(NAME, NAME_RULE);
  const before = readHook(node.member('BeforeEntry'), ['FAIL', 'SKIP']);
  const success = readHook(node.member('OnSuccess'), ['FAIL', 'ROLLBACK']);
  const onFailure = readFailure(node.member('OnFailure'));
  const actions = node.member('Actions').items();
  return {
    node,
    stage: {
      name,
      ...(before.condition && { beforeEntry: before.condition }),
      ...(success.condition && { onSuccess: success.condition }),
      ...(onFailure && { onFailure }),
    },
    actions: actions.map((action) => readAction(action, name)).filter((action) => action !== undefined),
    beforeEntry: before.texts,
    onSuccess: success.texts,
  };
}

type ConditionResult = NonNullable<PlannedCondition['result']>;

function readHook(
  hook: Node,
  results: readonly ConditionResult[],
): { condition?: PlannedCondition; texts: Reference[] } {
  const texts: Reference[] = [];
  if (hook.absent) return { texts };
  const list = hook.object(KEYS.conditions).member('Conditions');
  const conditions = list.items();
  const [node] = conditions;
  if (node === undefined || conditions.length > 1) {
    list.fail(`Expected exactly one condition, found ${conditions.length}.`);
    return { texts };
  }
  node.object(KEYS.condition);
  if (node.member('Result').absent) node.fail(`Result is missing; expected ${results.join(' or ')}.`);
  const result = node.member('Result').oneOf(results);
  const ruleList = node.member('Rules');
  const ruleNodes = ruleList.items();
  if (ruleNodes.length < 1 || ruleNodes.length > MOST_RULES) {
    ruleList.fail(`Expected 1 to ${MOST_RULES} rules, found ${ruleNodes.length}.`);
  }
  const rules = ruleNodes.map((rule) => readRule(rule, texts));
  for (const [index, rule] of rules.entries()) {
    const first = rules.findIndex(({ name }) => name === rule.name);
    if (rule.name !== '' && first < index) ruleNodes[index]?.fail(`Two rules have the name "${rule.name}".`);
  }
  return { condition: { ...(result && { result }), rules }, texts };
}

function readRule(node: Node, texts: Reference[]): PlannedRule {
  node.object(KEYS.rule);
  const type = node.member('RuleTypeId').object(KEYS.ruleType);
  type.member('Category').required().oneOf(['Rule']);
  type.member('Owner').required().oneOf(['AWS']);
  const provider = type.member('Provider').requiredText();
  const version = type.member('Version').text() ?? '1';
  const configuration = node.member('Configuration');
  const name = node.member('Name').name(NAME, NAME_RULE);
  if (provider !== '' && (provider !== 'VariableCheck' || version !== '1')) {
    type.fail(`The rule ${provider} (version ${version}) does not run locally; only VariableCheck in version 1 does.`);
    return { name, provider: 'VariableCheck', variable: '', operator: 'EQ', value: '' };
  }
  configuration.object(KEYS.variableCheck);
  const read = (key: string): string => {
    const member = configuration.member(key);
    const text = member.requiredText();
    texts.push({ node: member, text });
    return text;
  };
  const variable = read('Variable');
  const value = read('Value');
  const operator = configuration.member('Operator').required().oneOf(['EQ', 'NE', 'CONTAINS', 'MATCHES']) ?? 'EQ';
  if (operator === 'MATCHES' && !isPattern(value)) {
    const message = `"${value}" is no regular expression that both Java (on AWS) and JavaScript (here) understand.`;
    configuration.member('Value').fail(message);
  }
  return { name, provider: 'VariableCheck', variable, operator, value };
}

function readFailure(node: Node): PlannedStage['onFailure'] {
  if (node.absent) return undefined;
  node.object(KEYS.failure);
  if (node.member('Result').absent) {
    node.fail('Result is missing; expected ROLLBACK or RETRY.');
    return undefined;
  }
  const result = node.member('Result').oneOf(['ROLLBACK', 'RETRY']);
  const retry = node.member('RetryConfiguration');
  if (!retry.absent && result !== 'RETRY') retry.fail('Goes only with Result RETRY; remove it.');
  const retryMode = retry.object(KEYS.retry).member('RetryMode').oneOf(['FAILED_ACTIONS', 'ALL_ACTIONS']);
  return { ...(result && { result }), ...(retryMode && { retryMode }) };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
