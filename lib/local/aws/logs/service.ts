import type {
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { ok } from '../../../result';
import type { BuildContext } from '../codebuild/context';
import { pageOf } from '../paging';
import { type Service, takes } from '../service';
import { filterLogEvents } from './filter-log-events';
import { findGroup, invalid } from './find-group';
import { getLogEvents } from './get-log-events';
import { LogStore } from './log-store';
import type { Stream } from './streams';

const LARGEST_PAGE = 50;

/** CloudWatch Logs (CloudWatch Logs API reference): the output of builds, functions and commands, read from the journals. */
export function logs(context: BuildContext): Service {
  const store = new LogStore(context);
  const { partition, region, account } = context;
  const arnOf = (group: string): string => `arn:${partition}:logs:${region}:${account}:log-group:${group}`;

  return {
    prefix: 'logs',
    invalidInput: 'InvalidParameterException',
    operations: {
      DescribeLogGroups: takes<DescribeLogGroupsRequest, DescribeLogGroupsResponse>()(
        ['logGroupNamePrefix', 'logGroupNamePattern', 'limit', 'nextToken'],
        ({ logGroupNamePrefix: prefix, logGroupNamePattern: pattern, limit = LARGEST_PAGE, nextToken }) => {
          if (prefix !== undefined && pattern !== undefined)
            return invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
          const matching = [...store.groups()].filter(
            ([name]) => name.startsWith(prefix ?? '') && name.toLowerCase().includes((pattern ?? '').toLowerCase()),
          );
          const page = pageOf(matching, ([name]) => name, limit, nextToken);
          if (!page.ok) return invalid(...page.errors);
          const { items, ...rest } = page.value;
          const logGroups = items.map(([logGroupName, streams]) => ({
            logGroupName,
            creationTime: Math.min(...[...streams.values()].map(startOf)),
            metricFilterCount: 0,
            arn: `${arnOf(logGroupName)}:*`,
            logGroupArn: arnOf(logGroupName),
            storedBytes: 0,
            logGroupClass: 'STANDARD' as const,
          }));
          return ok({ logGroups, ...rest });
        },
      ),
      DescribeLogStreams: takes<DescribeLogStreamsRequest, DescribeLogStreamsResponse>()(
        ['logGroupName', 'logGroupIdentifier', 'logStreamNamePrefix', 'orderBy', 'descending', 'limit', 'nextToken'],
        (input) => {
          const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName', descending = false } = input;
          const group = findGroup(store, input);
          if (!group.ok) return group;
          const byTime = orderBy === 'LastEventTime';
          if (byTime && prefix !== undefined)
            return invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
          const lastOf = (stream: Stream): number => store.lines(stream).records.at(-1)?.time ?? startOf(stream);
          const streams = [...group.value.streams.values()]
            .filter(({ name }) => name.startsWith(prefix ?? ''))
            .map((stream) => ({ stream, last: byTime ? lastOf(stream) : 0 }))
            .sort((a, b) => a.last - b.last || (a.stream.name < b.stream.name ? -1 : 1))
            .map(({ stream }) => stream);
          if (descending) streams.reverse();
          const page = pageOf(streams, ({ name }) => name, input.limit ?? LARGEST_PAGE, input.nextToken);
          if (!page.ok) return invalid(...page.errors);
          const { items, ...rest } = page.value;
          return ok({
            logStreams: items.map((stream) => {
              const { records } = store.lines(stream);
              const [first, last] = [records[0]?.time, records.at(-1)?.time];
              return {
                logStreamName: stream.name,
                creationTime: startOf(stream),
                ...(first !== undefined && { firstEventTimestamp: first }),
                ...(last !== undefined && { lastEventTimestamp: last, lastIngestionTime: last }),
                arn: `${arnOf(stream.group)}:log-stream:${stream.name}`,
                storedBytes: 0,
              };
            }),
            ...rest,
          });
        },
      ),
      GetLogEvents: getLogEvents(store),
      FilterLogEvents: filterLogEvents(store),
    },
  };
}

const startOf = ({ attempt: { state, view } }: Stream): number => Date.parse(state.startedAt ?? view.started);
