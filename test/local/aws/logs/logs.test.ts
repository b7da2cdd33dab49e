import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  paginateFilterLogEvents,
  paginateGetLogEvents,
  StartLiveTailCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Surroundings, surroundings } from '../fixture';
import { JournalHost, START } from '../journal-host';
import { Answers } from '../model/checked';

const UUID = '11111111-2222-4333-8444-555555555555';
const SECOND = UUID.replace('1111', '2222');
const GROUP = '/aws/codebuild/visits-build';
const answers = new Answers();
let journal: JournalHost;
let here: Surroundings;
let client: CloudWatchLogsClient;
beforeEach(async () => {
  journal = new JournalHost();
  here = await surroundings({ pipelines: journal.pipelines });
  client = answers.check('logs', new CloudWatchLogsClient(here.client()));
  journal.startAction('Build/Build', `visits-build:${UUID}`, 0);
});
afterEach(async () => {
  await here.close();
  journal.close();
});

const write = (...lines: string[]): void => {
  for (const line of lines) journal.line('Build/Build', line);
};
const get = async (input: object = {}) => {
  const { events = [], ...rest } = await client.send(
    new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: UUID, ...input }),
  );
  return { lines: events.map(({ message }) => message), events, ...rest };
};
const filter = async (input: object = {}) => {
  const { events = [], ...rest } = await client.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...input }));
  return { lines: events.map(({ message }) => message), events, ...rest };
};
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: Error) => error.name,
  );

describe('GetLogEvents', () => {
  it('begins at the end, or at the head', async () => {
    write('one', 'two', 'three');
    expect((await get({ limit: 2 })).lines).toEqual(['two', 'three']);
    expect((await get({ limit: 2, startFromHead: true })).lines).toEqual(['one', 'two']);
    expect((await get()).events[0]).toEqual({ timestamp: START + 2000, message: 'one', ingestionTime: START + 2000 });
  });

  it('goes on while the build runs: at the end the forward token is the one that was given', async () => {
    write('one', 'two');
    const first = await get({ startFromHead: true });
    const none = await get({ nextToken: first.nextForwardToken, startFromHead: true });
    expect(none).toMatchObject({ lines: [], nextForwardToken: first.nextForwardToken });
    write('three');
    const third = await get({ nextToken: none.nextForwardToken, startFromHead: true });
    expect(third.lines).toEqual(['three']);
    expect(third.nextForwardToken).not.toBe(first.nextForwardToken);
  });

  it('goes back by the backward token, to the beginning and no further', async () => {
    write('one', 'two', 'three');
    const last = await get({ limit: 2 });
    const before = await get({ limit: 2, nextToken: last.nextBackwardToken });
    expect(before.lines).toEqual(['one']);
    const none = await get({ nextToken: before.nextBackwardToken });
    expect(none).toMatchObject({ lines: [], nextBackwardToken: before.nextBackwardToken });
  });

  it('takes a start, which counts, and an end, which does not', async () => {
    write('one', 'two', 'three');
    const [from, to] = [START + 3000, START + 4000];
    expect((await get({ startTime: from, endTime: to, startFromHead: true })).lines).toEqual(['two']);
    expect((await get({ startTime: from })).lines).toEqual(['two', 'three']);
  });

  it('answers a megabyte at most', async () => {
    write(...Array.from({ length: 5 }, (_, index) => `${index}${'x'.repeat(400_000)}`));
    const lines: string[] = [];
    const config = { client, stopOnSameToken: true };
    const input = { logGroupName: GROUP, logStreamName: UUID, startFromHead: true };
    let pages = 0;
    for await (const { events = [] } of paginateGetLogEvents(config, input)) {
      lines.push(...events.map(({ message = '' }) => message.slice(0, 1)));
      pages++;
    }
    expect(lines.join('')).toBe('01234');
    expect(pages).toBeGreaterThan(2);
    expect((await get()).lines.map((line) => line?.slice(0, 1))).toEqual(['3', '4']);
  });

  it('does not show a line that is not whole', async () => {
    write('one');
    journal.tear('{"time":"2026-11-21T10:00:09.000Z","kind":"output","line":"tw');
    expect((await get()).lines).toEqual(['one']);
  });

  it('gives each line of those that came at once for itself, and those that earlier versions wrote', async () => {
    write('one\n\nthree\nfour', 'five');
    journal.tear(
      `${JSON.stringify({ time: new Date(START + 9000).toISOString(), execution: 'e', kind: 'output', stream: 'stdout', line: 'old', stage: 'Build', action: 'Build/Build' })}\n`,
    );
    const all = ['one', '', 'three', 'four', 'five', 'old'];
    const { lines, events } = await get({ startFromHead: true });
    expect(lines).toEqual(all);
    expect(events.map(({ timestamp = 0 }) => timestamp - START)).toEqual([2000, 2000, 2000, 2000, 3000, 9000]);
    // Pages begin and end within them.
    for (const limit of [1, 2, 3, 4, 5]) {
      const pages = [];
      for (let token: string | undefined; pages.flat().length < all.length; ) {
        const page = await get({ startFromHead: true, limit, ...(token !== undefined && { nextToken: token }) });
        pages.push(page.lines);
        token = page.nextForwardToken;
      }
      expect(pages.flat()).toEqual(all);
      expect((await get({ limit })).lines).toEqual(all.slice(-limit));
      const filtered: (string | undefined)[] = [];
      for await (const { events: found = [] } of paginateFilterLogEvents({ client }, { logGroupName: GROUP, limit }))
        filtered.push(...found.map(({ message }) => message));
      expect(filtered).toEqual(all);
    }
    expect((await get({ startTime: START + 3000, startFromHead: true })).lines).toEqual(['five', 'old']);
    expect((await get({ endTime: START + 3000, startFromHead: true })).lines).toEqual(all.slice(0, 4));
    const { events: found } = await filter();
    expect(new Set(found.map(({ eventId }) => eventId)).size).toBe(all.length);
  });

  it('keeps the lines of attempts and of actions apart', async () => {
    write('first');
    journal.startAction('Test/Unit', `visits-unit:${UUID}`);
    journal.line('Test/Unit', 'another action');
    journal.startAction('Build/Build', `visits-build:${SECOND}`);
    write('second', 'é“ü');
    expect((await get()).lines).toEqual(['first']);
    expect((await get({ logStreamName: SECOND })).lines).toEqual(['second', 'é“ü']);
    expect((await get({ logGroupName: '/aws/codebuild/visits-unit' })).lines).toEqual(['another action']);
  });

  it.each<[string, object, string]>([
    ['a group that is not there', { logGroupName: '/aws/codebuild/none' }, 'ResourceNotFoundException'],
    ['a stream that is not there', { logStreamName: 'none' }, 'ResourceNotFoundException'],
    ['another token', { nextToken: 'x' }, 'InvalidParameterException'],
    ['a group by name and by ARN', { logGroupIdentifier: GROUP }, 'InvalidParameterException'],
    ['too high a limit', { limit: 10_001 }, 'InvalidParameterException'],
  ])('refuses %s', async (_, input, code) => {
    expect(await codeOf(get(input))).toBe(code);
  });
});

describe('FilterLogEvents', () => {
  beforeEach(() => {
    write('a one', 'a two ERROR');
    journal.startAction('Build/Build', `visits-build:${SECOND}`, 10);
    journal.line('Build/Build', 'b one', 11);
    journal.line('Build/Build', 'b two error-code', 12);
  });

  it('gives the lines of all streams by time, each with an id of its own', async () => {
    const { lines, events } = await filter();
    expect(lines).toEqual(['a one', 'a two ERROR', 'b one', 'b two error-code']);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4);
    expect(events[0]?.eventId).toMatch(/^\d{56}$/);
    expect(events[2]).toMatchObject({ logStreamName: SECOND, timestamp: START + 11_000 });
  });

  it.each<[object, string[]]>([
    [{ logStreamNames: [SECOND] }, ['b one', 'b two error-code']],
    [{ logStreamNamePrefix: UUID.slice(0, 8) }, ['a one', 'a two ERROR']],
    [{ startTime: START + 11_000 }, ['b one', 'b two error-code']],
    [{ endTime: START + 11_000 }, ['a one', 'a two ERROR', 'b one']],
    [{ filterPattern: 'ERROR' }, ['a two ERROR']],
    [{ filterPattern: 'two b' }, ['b two error-code']],
    [{ filterPattern: '"error-code"' }, ['b two error-code']],
    [{ filterPattern: '?ERROR ?"b one"' }, ['a two ERROR', 'b one']],
    [{ filterPattern: 'two -ERROR' }, ['b two error-code']],
    [{ filterPattern: '' }, ['a one', 'a two ERROR', 'b one', 'b two error-code']],
  ])('by %j', async (input, expected) => {
    expect((await filter(input)).lines).toEqual(expected);
  });

  it('gives pages, until there is no token', async () => {
    const lines: unknown[] = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName: GROUP, limit: 1 }))
      lines.push(...events.map(({ message }) => message));
    expect(lines).toEqual(['a one', 'a two ERROR', 'b one', 'b two error-code']);
  });

  it('can be followed as aws logs tail --follow does: from the last time on, less the ids that were seen', async () => {
    const seen = new Map<string, string>();
    let startTime = START;
    const follow = async (): Promise<void> => {
      const input = { logGroupName: GROUP, startTime, interleaved: true };
      for await (const { events = [] } of paginateFilterLogEvents({ client }, input))
        for (const { eventId = '', message = '', timestamp = 0 } of events) {
          seen.set(eventId, message);
          startTime = timestamp;
        }
    };
    await follow();
    journal.line('Build/Build', 'b three', 12);
    journal.line('Build/Build', 'b four', 13);
    await follow();
    expect([...seen.values()]).toEqual(['a one', 'a two ERROR', 'b one', 'b two error-code', 'b three', 'b four']);
  });

  it.each<[string, object]>([
    ['a pattern over JSON', { filterPattern: '{ $.level = "error" }' }],
    ['a pattern of columns', { filterPattern: '[a, b]' }],
    ['a regular expression', { filterPattern: '%a+%' }],
    ['a term with other characters', { filterPattern: 'error-code' }],
    ['another token', { nextToken: 'x' }],
    ['streams by name and by prefix', { logStreamNames: [UUID], logStreamNamePrefix: 'x' }],
  ])('refuses %s', async (_, input) => {
    expect(await codeOf(filter(input))).toBe('InvalidParameterException');
  });
});

describe('groups and streams', () => {
  it('are those of builds and functions that have run', async () => {
    write('one');
    journal.startAction('Dev/Bake');
    const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
    expect(logGroups.map(({ logGroupName }) => logGroupName)).toEqual([GROUP, '/aws/lambda/VisitsDelivery-Bake4B9C']);
    expect(logGroups[0]).toMatchObject({ creationTime: START, arn: expect.stringContaining(`:log-group:${GROUP}:*`) });
    const bake = { logGroupName: '/aws/lambda/VisitsDelivery-Bake4B9C' };
    const { logStreams } = await client.send(new DescribeLogStreamsCommand(bake));
    expect(logStreams?.[0]?.logStreamName).toMatch(/^2026\/11\/21\/\[\$LATEST\][0-9a-f]{32}$/);
  });

  it('are found by prefix and pattern, in pages', async () => {
    journal.startAction('Test/Unit', `visits-unit:${UUID}`);
    const groups = async (input: object) =>
      (await client.send(new DescribeLogGroupsCommand(input))).logGroups?.map(({ logGroupName }) => logGroupName);
    expect(await groups({ logGroupNamePrefix: '/aws/codebuild/visits-u' })).toEqual(['/aws/codebuild/visits-unit']);
    expect(await groups({ logGroupNamePattern: 'BUILD' })).toHaveLength(2);
    const { logGroups, nextToken } = await client.send(new DescribeLogGroupsCommand({ limit: 1 }));
    expect(logGroups).toHaveLength(1);
    expect(await groups({ limit: 1, nextToken })).toEqual(['/aws/codebuild/visits-unit']);
  });

  it('tell the times of their first and last line, in either order', async () => {
    write('one', 'two');
    journal.startAction('Build/Build', `visits-build:${SECOND}`);
    const streams = async (input: object) =>
      (await client.send(new DescribeLogStreamsCommand({ logGroupName: GROUP, ...input }))).logStreams ?? [];
    expect(await streams({})).toMatchObject([
      { logStreamName: UUID, firstEventTimestamp: START + 2000, lastEventTimestamp: START + 3000 },
      { logStreamName: SECOND },
    ]);
    const newest = await streams({ orderBy: 'LastEventTime', descending: true, limit: 1 });
    expect(newest.map(({ logStreamName }) => logStreamName)).toEqual([SECOND]);
    expect(await codeOf(streams({ orderBy: 'LastEventTime', logStreamNamePrefix: 'x' }))).toBe(
      'InvalidParameterException',
    );
  });
});

it('a live tail is refused by name', async () => {
  const tail = new StartLiveTailCommand({ logGroupIdentifiers: ['arn:aws:logs:eu-west-1:111122223333:log-group:a'] });
  // The client would put a prefix before the address of the endpoint.
  const plain = new CloudWatchLogsClient({ ...here.client(), disableHostPrefix: true });
  await expect(plain.send(tail)).rejects.toThrow('logs:StartLiveTail is not supported by the local endpoint');
});
