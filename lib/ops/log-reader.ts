import { FilterLogEventsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ok, type Result } from '../result';
import type { Aws } from './aws';
import type { LogStream, LogWindow } from './log-streams';
import type { OpsError } from './ops-error';

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
}

/** Reads a log from its beginning, a piece at a time. */
export interface LogReader {
  /** Whether the log has been there. */
  readonly exists: boolean;
  /**
   * What was written since the last call; at the end of the log nothing. A log that is not there (yet) has no lines: CodeBuild
   * names it before it makes it.
   */
  next(): Promise<Result<readonly LogLine[], OpsError>>;
}

/** Of one stream. */
export class StreamReader implements LogReader {
  private token: string | undefined;
  /** Whether the stream has been there. */
  private seen = false;

  constructor(
    private readonly aws: Aws,
    private readonly stream: LogStream,
  ) {}

  get exists(): boolean {
    return this.seen;
  }

  async next(): Promise<Result<readonly LogLine[], OpsError>> {
    const lines: LogLine[] = [];
    for (;;) {
      const page = await this.page();
      if (!page.ok) return isMissing(page) ? ok(lines) : page;
      this.seen = true;
      const { events = [], nextForwardToken } = page.value;
      lines.push(...events.flatMap(({ timestamp: time = 0, message = '' }) => linesOf(message, time)));
      // The end of a stream answers with the token that it was asked with (CloudWatch Logs API, GetLogEvents).
      const isEnd = nextForwardToken === undefined || nextForwardToken === this.token;
      this.token = nextForwardToken ?? this.token;
      if (isEnd) return ok(lines);
    }
  }

  private page() {
    const { group, stream } = this.stream;
    return this.aws.call('logs:GetLogEvents', (options) =>
      this.aws.logs.send(
        new GetLogEventsCommand({
          logGroupName: group,
          logStreamName: stream,
          startFromHead: true,
          ...(this.token !== undefined && { nextToken: this.token }),
        }),
        options,
      ),
    );
  }
}

/** CloudWatch Logs shows a line some seconds late, and lines of several streams not in the order of their time. */
const LATE = 10_000;

/** Of all streams of a group from a time on, up to when somebody says that it is over. */
export class WindowReader implements LogReader {
  private readonly seen = new Set<string>();
  private newest: number;
  exists = false;

  constructor(
    private readonly aws: Aws,
    private readonly window: LogWindow,
    /** Milliseconds since 1970; undefined as long as there is more to come. */
    private readonly end: () => number | undefined,
  ) {
    this.newest = window.from;
  }

  async next(): Promise<Result<readonly LogLine[], OpsError>> {
    const lines: LogLine[] = [];
    const startTime = Math.max(this.window.from, this.newest - LATE);
    const end = this.end();
    let nextToken: string | undefined;
    do {
      const page = await this.page({ startTime, ...(end !== undefined && { endTime: end + LATE }), nextToken });
      if (!page.ok) return isMissing(page) ? ok(lines) : page;
      this.exists = true;
      for (const { eventId = '', timestamp: time = 0, message = '' } of page.value.events ?? []) {
        if (this.seen.has(eventId)) continue;
        this.seen.add(eventId);
        this.newest = Math.max(this.newest, time);
        lines.push(...linesOf(message, time));
      }
      nextToken = page.value.nextToken;
    } while (nextToken);
    return ok(lines);
  }

  private page(range: { readonly startTime: number; readonly endTime?: number; readonly nextToken?: string }) {
    return this.aws.call('logs:FilterLogEvents', (options) =>
      this.aws.logs.send(new FilterLogEventsCommand({ logGroupName: this.window.group, ...range }), options),
    );
  }
}

const isMissing = (page: { readonly errors: readonly OpsError[] }): boolean =>
  page.errors[0]?.code === 'ResourceNotFoundException';

const linesOf = (message: string, time: number): LogLine[] =>
  message
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((text) => ({ time, text }));
