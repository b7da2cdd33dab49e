import { type Pattern, parsePattern } from '../events/pattern';
import { isPath, type TargetInput } from '../events/transform';
import type { Resource } from './find-resource';
import type { Keys } from './keys';
import type { Node } from './node';

/** An AWS::Events::Rule with an event pattern. */
export interface EventRule {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly pattern: Pattern;
  /** The pattern as JSON. */
  readonly patternText: string;
  readonly targets: readonly RuleTarget[];
}

export interface RuleTarget {
  readonly id: string;
  readonly arn: string;
  readonly roleArn?: string;
  readonly input: TargetInput;
  /** How long and how often delivery is tried again. */
  readonly retry: RetryPolicy;
  readonly deadLetterArn?: string;
}

export interface RetryPolicy {
  readonly seconds: number;
  readonly attempts: number;
}

/** EventBridge user guide, eb-rule-retry-policy. */
const DEFAULT_RETRY: RetryPolicy = { seconds: 86_400, attempts: 185 };
const MOST_TARGETS = 5;

const RULE: Keys = {
  of: 'AWS::Events::Rule',
  reads: ['Name', 'Description', 'EventPattern', 'State', 'Targets', 'EventBusName'],
  ignores: { RoleArn: 'Roles of rules are not assumed here.', Tags: 'It is a label.' },
  refuses: { ScheduleExpression: 'no schedule runs here; start the pipeline by hand, or by a push.' },
};
const TARGET: Keys = {
  of: 'target of a rule',
  reads: ['Id', 'Arn', 'RoleArn', 'Input', 'InputPath', 'InputTransformer', 'RetryPolicy', 'DeadLetterConfig'],
};
const TRANSFORMER: Keys = { of: 'InputTransformer', reads: ['InputPathsMap', 'InputTemplate'] };

/** Source: CloudFormation reference, AWS::Events::Rule. */
export function readEventRule({ properties, ref: name, arn }: Resource): EventRule {
  properties.object(RULE);
  const bus = properties.member('EventBusName');
  if (!bus.absent && !/(^|\/)default$/.test(bus.text() ?? '')) bus.fail('Here there is the default event bus alone.');
  const description = properties.member('Description').text();
  const node = properties.member('EventPattern').required();
  const json = node.json();
  const pattern = json === undefined ? undefined : parsePattern(json);
  for (const problem of pattern?.ok === false ? pattern.errors : []) node.fail(`Is no event pattern: ${problem}.`);
  const list = properties.member('Targets');
  const targets = list.items().map(readTarget);
  if (targets.length > MOST_TARGETS) list.fail(`Expected at most ${MOST_TARGETS} targets, found ${targets.length}.`);
  return {
    name,
    arn,
    ...(description !== undefined && { description }),
    enabled: properties.member('State').oneOf(STATES) !== 'DISABLED',
    pattern: pattern?.ok ? pattern.value : () => false,
    patternText: JSON.stringify(json ?? {}),
    targets,
  };
}

const STATES = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] as const;

function readTarget(node: Node): RuleTarget {
  node.object(TARGET);
  const roleArn = node.member('RoleArn').text();
  const deadLetterArn = node.member('DeadLetterConfig').member('Arn').text();
  const policy = node.member('RetryPolicy');
  return {
    id: node.member('Id').requiredText(),
    arn: node.member('Arn').requiredText(),
    ...(roleArn !== undefined && { roleArn }),
    input: readInput(node),
    retry: {
      seconds: policy.member('MaximumEventAgeInSeconds').integer(60, DEFAULT_RETRY.seconds) ?? DEFAULT_RETRY.seconds,
      attempts: policy.member('MaximumRetryAttempts').integer(0, DEFAULT_RETRY.attempts) ?? DEFAULT_RETRY.attempts,
    },
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  };
}

function readInput(target: Node): TargetInput {
  const [input, path, transformer] = [
    target.member('Input'),
    target.member('InputPath'),
    target.member('InputTransformer'),
  ];
  const given = [input, path, transformer].filter(({ absent }) => !absent);
  if (given.length > 1) target.fail('Input, InputPath and InputTransformer exclude each other; keep one.');
  if (!input.absent) return { kind: 'constant', text: input.requiredText() };
  if (!path.absent) return { kind: 'path', path: jsonPath(path) };
  if (transformer.absent) return { kind: 'event' };
  transformer.object(TRANSFORMER);
  const paths = transformer.member('InputPathsMap').entries();
  const template = transformer.member('InputTemplate');
  const text = template.requiredText();
  const names = new Set([...paths.map(([name]) => name), ...PREDEFINED]);
  for (const [, name = ''] of text.matchAll(/<([^<>\s]+)>/g)) {
    if (!names.has(name)) template.fail(`Uses <${name}>, which InputPathsMap does not have.`);
  }
  return {
    kind: 'template',
    paths: Object.fromEntries(paths.map(([name, at]) => [name, jsonPath(at)])),
    template: text,
  };
}

const PREDEFINED = ['rule-arn', 'rule-name', 'event.ingestion-time', 'event', 'event.json'].map(
  (name) => `aws.events.${name}`,
);

function jsonPath(node: Node): string {
  const path = node.requiredText();
  if (path !== '' && !isPath(path)) node.fail(`Expected a JSON path such as $.detail.commitId, found "${path}".`);
  return path;
}
