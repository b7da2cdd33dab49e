import type { PlannedRule } from '../plan';
import { readArtifacts } from './action';
import { readCodeBuild } from './action-kinds';
import type { DraftRule, Reference } from './draft';
import { KEYS } from './keys';
import { NAME, NAME_RULE } from './names';
import type { Node } from './node';

/** Longest value of a rule's configuration. Source: CodePipeline API, RuleConfigurationValue. */
const LONGEST_VALUE = 10_000;

/** What is found while the rules of a stage's hooks are read. */
export interface RuleFindings {
  /** Texts that may hold variables. */
  readonly texts: Reference[];
  readonly builds: DraftRule[];
}

/** Reads one rule of a condition. Sources: CodePipeline user guide, rule-reference-VariableCheck, rule-reference-CodeBuild. */
export function readRule(node: Node, stage: string, found: RuleFindings): PlannedRule {
  node.object(KEYS.rule);
  const type = node.member('RuleTypeId').object(KEYS.ruleType);
  type.member('Category').required().oneOf(['Rule']);
  type.member('Owner').required().oneOf(['AWS']);
  const provider = type.member('Provider').requiredText();
  const version = type.member('Version').text() ?? '1';
  const name = node.member('Name').name(NAME, NAME_RULE);
  if (provider === 'CodeBuild' && version === '1') return buildRule(node, stage, name, found);
  if (provider === 'VariableCheck' && version === '1') return variableCheck(node, name, found);
  if (provider !== '') {
    type.fail(
      `The rule ${provider} (version ${version}) does not run locally; VariableCheck and CodeBuild in version 1 do.`,
    );
  }
  return { name, provider: 'VariableCheck', variable: '', operator: 'EQ', value: '' };
}

function buildRule(node: Node, stage: string, name: string, { texts, builds }: RuleFindings): PlannedRule {
  const configuration = node.member('Configuration');
  const inputs = readArtifacts(node.member('InputArtifacts'), KEYS.inputArtifact, [1, 5]);
  const base = { id: `${stage}/${name}`, stage, name, runOrder: 1, inputs, outputs: [] };
  const { action } = readCodeBuild(base, configuration);
  for (const [, value] of configuration.entries()) {
    const text = value.text();
    if (text === undefined) continue;
    if (text.length > LONGEST_VALUE)
      value.fail(`The value has ${text.length} characters; CodePipeline takes ${LONGEST_VALUE}: shorten it.`);
    texts.push({ node: value, text });
  }
  if (action.kind !== 'codebuild') throw new Error('a CodeBuild rule is read as a CodeBuild action');
  const rule = { name, provider: 'CodeBuild', action } as const;
  builds.push({ node, rule });
  return rule;
}

function variableCheck(node: Node, name: string, { texts }: RuleFindings): PlannedRule {
  if (!node.member('InputArtifacts').absent)
    node.member('InputArtifacts').fail('The rule VariableCheck takes none; remove them.');
  const configuration = node.member('Configuration');
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

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
