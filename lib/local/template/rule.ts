import { parseCron } from '../engine/rules/cron';
import { javaPattern } from '../engine/rules/java-pattern';
import { parseTimeZone } from '../engine/rules/time-zone';
import type { ActionRule, PlannedRule } from '../plan';
import { checkRegion, readArtifacts } from './action';
import { readCodeBuild, readLambda } from './action-kinds';
import { readCommands } from './actions/commands';
import type { DraftRule, Reference } from './draft';
import { resourcesOf } from './find-resource';
import { KEYS } from './keys';
import { NAME, NAME_RULE } from './names';
import type { Node } from './node';

/** Longest value of a rule's configuration. Source: CodePipeline API, RuleConfigurationValue. */
const LONGEST_VALUE = 10_000;
/** Longest wait for an alarm's state. Source: CodePipeline API, RuleTimeout. */
const LONGEST_WAIT = 86_400;
const ALARM_TYPES = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];
const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

/** What is found while the rules of a stage's hooks are read. */
export interface RuleFindings {
  /** Texts that may hold variables. */
  readonly texts: Reference[];
  /** Rules that run as actions do. */
  readonly actions: DraftRule[];
}

interface RuleKind {
  /** Least and most input artifacts. */
  readonly inputs: readonly [number, number];
  /** undefined: what is wrong has been reported. */
  readonly read: (base: RuleBase, configuration: Node, rule: Node, texts: Reference[]) => PlannedRule | undefined;
}

type RuleBase = Parameters<typeof readCodeBuild>[0];

/** The rules that are judged here. Source: CodePipeline user guide, rule-reference. */
const KINDS: Readonly<Record<string, RuleKind>> = {
  CloudWatchAlarm: { read: alarm, inputs: [0, 0] },
  CodeBuild: { read: build, inputs: [1, 5] },
  Commands: { read: commands, inputs: [1, 10] },
  DeploymentWindow: { read: window, inputs: [0, 0] },
  LambdaInvoke: { read: invoke, inputs: [0, 0] },
  VariableCheck: { read: variableCheck, inputs: [0, 0] },
};

/** Reads one rule of a condition; undefined where it cannot be read, which is reported. */
export function readRule(node: Node, stage: string, found: RuleFindings): PlannedRule | undefined {
  const type = node.member('RuleTypeId').required().object(KEYS.ruleType);
  type.member('Category').required().oneOf(['Rule']);
  type.member('Owner').oneOf(['AWS']);
  const provider = type.member('Provider').requiredText();
  const version = type.member('Version').text() ?? '1';
  const name = node.member('Name').name(NAME, NAME_RULE);
  const kind = Object.hasOwn(KINDS, provider) && version === '1' ? KINDS[provider] : undefined;
  if (kind === undefined) {
    const known = Object.keys(KINDS).join(', ');
    if (provider !== '')
      type.fail(`The rule ${provider} (version ${version}) does not run locally; these do, in version 1: ${known}.`);
    return undefined;
  }
  node.object(provider === 'Commands' ? KEYS.commandsRule : KEYS.rule);
  const configuration = node.member('Configuration');
  readTexts(configuration, found.texts);
  const inputs = readArtifacts(node.member('InputArtifacts'), KEYS.inputArtifact, kind.inputs);
  checkRegion(node);
  const roleArn = node.member('RoleArn').text();
  const base = { id: `${stage}/${name}`, stage, name, runOrder: 1, inputs, outputs: [] };
  const rule = kind.read({ ...base, ...(roleArn !== undefined && { roleArn }) }, configuration, node, found.texts);
  if (rule !== undefined && 'action' in rule) found.actions.push({ node, rule });
  return rule;
}

function readTexts(configuration: Node, texts: Reference[]): void {
  for (const [, value] of configuration.entries()) {
    const text = value.text();
    if (text === undefined) continue;
    if (text.length > LONGEST_VALUE)
      value.fail(`The value has ${text.length} characters; CodePipeline takes ${LONGEST_VALUE}: shorten it.`);
    texts.push({ node: value, text });
  }
}

function build(base: RuleBase, configuration: Node): ActionRule {
  const { action } = readCodeBuild(base, configuration);
  if (action.kind !== 'codebuild') throw new Error('a CodeBuild rule is read as a CodeBuild action');
  return { name: base.name, provider: 'CodeBuild', action };
}

function invoke(base: RuleBase, configuration: Node): ActionRule {
  const { action } = readLambda(base, configuration);
  if (action.kind !== 'lambda') throw new Error('a LambdaInvoke rule is read as a Lambda action');
  return { name: base.name, provider: 'LambdaInvoke', action };
}

function commands(base: RuleBase, configuration: Node, node: Node, texts: Reference[]): ActionRule {
  const read = readCommands(base, configuration, node);
  texts.push(...read.texts);
  return { name: base.name, provider: 'Commands', action: read.action };
}

function alarm({ name }: RuleBase, configuration: Node): PlannedRule {
  configuration.object(KEYS.alarmRule);
  const member = configuration.member('AlarmName');
  const wanted = member.requiredText();
  const alarms = ALARM_TYPES.flatMap((type) => resourcesOf(type, member.findings));
  if (wanted !== '' && !alarms.some(({ ref }) => ref === wanted)) {
    const known = alarms.map(({ ref }) => ref).join(', ') || 'none';
    member.fail(
      `No stack of this assembly holds an alarm named "${wanted}", so its state is not known here; its alarms: ${known}.`,
    );
  }
  const listed = configuration.member('AlarmStates');
  const states = listed
    .text()
    ?.split(',')
    .map((text) => {
      const state = ALARM_STATES.find((known) => known === text.trim());
      if (state === undefined)
        listed.fail(`Expected ${ALARM_STATES.join(', ')}, with commas between, found "${text}".`);
      return state ?? 'OK';
    });
  const waitMinutes = configuration.member('WaitTime').integer(0, LONGEST_WAIT) ?? 0;
  return { name, provider: 'CloudWatchAlarm', alarm: wanted, ...(states && { states }), waitMinutes };
}

function window({ name }: RuleBase, configuration: Node): PlannedRule {
  configuration.object(KEYS.windowRule);
  const cron = configuration.member('Cron').requiredText();
  const parsed = parseCron(cron);
  if (cron !== '' && !parsed.ok) for (const error of parsed.errors) configuration.member('Cron').fail(sentence(error));
  const timeZone = configuration.member('TimeZone').text() ?? 'UTC';
  const zone = parseTimeZone(timeZone);
  if (!zone.ok) for (const error of zone.errors) configuration.member('TimeZone').fail(sentence(error));
  return { name, provider: 'DeploymentWindow', cron, timeZone };
}

function variableCheck({ name }: RuleBase, configuration: Node): PlannedRule {
  configuration.object(KEYS.variableCheck);
  const variable = configuration.member('Variable').requiredText();
  const value = configuration.member('Value').requiredText();
  const operator = configuration.member('Operator').required().oneOf(['EQ', 'NE', 'CONTAINS', 'MATCHES']) ?? 'EQ';
  if (operator === 'MATCHES') {
    const pattern = javaPattern(value.replace(/#\{[^{}]*\}/g, 'x'));
    if (!pattern.ok) configuration.member('Value').fail(sentence(pattern.errors.join('; ')));
  }
  return { name, provider: 'VariableCheck', variable, operator, value };
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
