import type {
  DescribeRuleRequest,
  DescribeRuleResponse,
  DisableRuleRequest,
  EnableRuleRequest,
  ListRulesRequest,
  ListRulesResponse,
  ListTargetsByRuleRequest,
  ListTargetsByRuleResponse,
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResponse,
  PutEventsResultEntry,
  Rule,
  Target,
  TestEventPatternRequest,
  TestEventPatternResponse,
} from '@aws-sdk/client-eventbridge';
import { err, ok, type Result } from '../../result';
import type { EventBus } from '../events/bus';
import type { EventContent } from '../events/bus-event';
import { parsePattern } from '../events/pattern';
import type { EventRule, RuleTarget } from '../template/event-rule';
import { pageOf } from './paging';
import { type AwsError, type Service, takes } from './service';

export interface EventsContext {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** None: there is a bus without rules, which takes no events. */
  readonly bus?: EventBus;
}

const LARGEST_PAGE = 100;
const BUS = 'default';

/** EventBridge (EventBridge API reference): the default bus with the rules of the templates. */
export function events({ account, region, partition, bus }: EventsContext): Service {
  const rules = (): readonly EventRule[] => bus?.rules() ?? [];
  const busArn = `arn:${partition}:events:${region}:${account}:event-bus/${BUS}`;

  const onBus = (name: string = BUS): Result<void, AwsError> =>
    name === BUS || name === busArn
      ? ok(undefined)
      : err({ code: 'ResourceNotFoundException', message: `Event bus ${name} does not exist.` });

  const find = (name = '', busName?: string): Result<EventRule, AwsError> => {
    const known = onBus(busName);
    if (!known.ok) return known;
    const rule = rules().find((each) => each.name === name);
    return rule
      ? ok(rule)
      : err({ code: 'ResourceNotFoundException', message: `Rule ${name} does not exist on EventBus ${BUS}.` });
  };

  const page = <T>(
    items: readonly T[],
    key: (item: T) => string,
    limit: number | undefined,
    token: string | undefined,
  ) => {
    const part = pageOf(items, key, limit ?? LARGEST_PAGE, token);
    return part.ok ? part : err({ code: 'ValidationException', message: part.errors.join('; ') });
  };

  const enable = (enabled: boolean) =>
    takes<EnableRuleRequest & DisableRuleRequest, object>()(['Name', 'EventBusName'], ({ Name, EventBusName }) => {
      const found = find(Name, EventBusName);
      if (!found.ok) return found;
      bus?.setEnabled(found.value.name, enabled);
      return ok({});
    });

  return {
    prefix: 'events',
    invalidInput: 'ValidationException',
    operations: {
      PutEvents: takes<PutEventsRequest, PutEventsResponse>()(['Entries'], async ({ Entries = [] }) => {
        const results: PutEventsResultEntry[] = [];
        for (const entry of Entries) results.push(await put(entry));
        return ok({ Entries: results, FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode).length });
      }),
      ListRules: takes<ListRulesRequest, ListRulesResponse>()(
        ['NamePrefix', 'EventBusName', 'NextToken', 'Limit'],
        ({ NamePrefix = '', EventBusName, NextToken, Limit }) => {
          const known = onBus(EventBusName);
          if (!known.ok) return known;
          const named = rules().filter(({ name }) => name.startsWith(NamePrefix));
          const part = page(named, ({ name }) => name, Limit, NextToken);
          if (!part.ok) return part;
          const { items, nextToken } = part.value;
          return ok({ Rules: items.map(describe), ...(nextToken && { NextToken: nextToken }) });
        },
      ),
      DescribeRule: takes<DescribeRuleRequest, DescribeRuleResponse>()(
        ['Name', 'EventBusName'],
        ({ Name, EventBusName }) => {
          const found = find(Name, EventBusName);
          return found.ok ? ok({ ...describe(found.value), CreatedBy: account }) : found;
        },
      ),
      ListTargetsByRule: takes<ListTargetsByRuleRequest, ListTargetsByRuleResponse>()(
        ['Rule', 'EventBusName', 'NextToken', 'Limit'],
        ({ Rule: name, EventBusName, NextToken, Limit }) => {
          const found = find(name, EventBusName);
          if (!found.ok) return found;
          const part = page(found.value.targets, ({ id }) => id, Limit, NextToken);
          if (!part.ok) return part;
          const { items, nextToken } = part.value;
          return ok({ Targets: items.map(describeTarget), ...(nextToken && { NextToken: nextToken }) });
        },
      ),
      EnableRule: enable(true),
      DisableRule: enable(false),
      TestEventPattern: takes<TestEventPatternRequest, TestEventPatternResponse>()(
        ['EventPattern', 'Event'],
        ({ EventPattern = '', Event = '' }) => {
          const pattern = parsePattern(parsed(EventPattern));
          if (!pattern.ok)
            return err({
              code: 'InvalidEventPatternException',
              message: `Event pattern is not valid. Reason: ${pattern.errors.join('; ')}`,
            });
          const event = parsed(Event);
          if (event === undefined)
            return err({ code: 'ValidationException', message: 'Parameter Event is not valid.' });
          return ok({ Result: pattern.value(event) });
        },
      ),
    },
  };

  async function put(entry: PutEventsRequestEntry): Promise<PutEventsResultEntry> {
    const { Source = '', DetailType = '', Detail = '', Resources = [], EventBusName } = entry;
    const known = onBus(EventBusName);
    if (!known.ok) return failed(known.errors[0]?.message ?? '');
    if (Source === '' || DetailType === '') return failed('Parameter Source and DetailType are required.');
    if (Source.startsWith('aws.'))
      return failed('Source of an event may not begin with "aws.".', 'NotAuthorizedForSourceException');
    const detail = parsed(Detail);
    if (typeof detail !== 'object' || detail === null || Array.isArray(detail))
      return failed('Detail is malformed.', 'MalformedDetail');
    const content: EventContent = {
      source: Source,
      'detail-type': DetailType,
      resources: Resources,
      detail: detail as Record<string, unknown>,
    };
    const [event] = (await bus?.publish([content])) ?? [];
    return event
      ? { EventId: event.id }
      : failed('No pipeline is served here: `slipway up` does that.', 'InternalException');
  }
}

const failed = (ErrorMessage: string, ErrorCode = 'InvalidArgument'): PutEventsResultEntry => ({
  ErrorCode,
  ErrorMessage,
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const describe = ({ name, arn, description, enabled, patternText }: EventRule): Rule => ({
  Name: name,
  Arn: arn,
  EventPattern: patternText,
  State: enabled ? 'ENABLED' : 'DISABLED',
  ...(description !== undefined && { Description: description }),
  EventBusName: BUS,
});

function describeTarget({ id, arn, roleArn, input, retry, deadLetterArn }: RuleTarget): Target {
  return {
    Id: id,
    Arn: arn,
    ...(roleArn !== undefined && { RoleArn: roleArn }),
    ...(input.kind === 'constant' && { Input: input.text }),
    ...(input.kind === 'path' && { InputPath: input.path }),
    ...(input.kind === 'template' && {
      InputTransformer: { InputPathsMap: input.paths, InputTemplate: input.template },
    }),
    RetryPolicy: { MaximumEventAgeInSeconds: retry.seconds, MaximumRetryAttempts: retry.attempts },
    ...(deadLetterArn !== undefined && { DeadLetterConfig: { Arn: deadLetterArn } }),
  };
}
