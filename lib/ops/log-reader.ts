import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ok, type Result } from '../result';
import type { Aws } from './aws';
import type { LogStream } from './log-streams';
import type { OpsError } from './ops-error';

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
}

/** Reads a stream from its beginning, a piece at a time. */
export class LogReader {
  private token: string | undefined;
  /** Whether the stream has been there. */
  private seen = false;

  constructor(
    private readonly aws: Aws,
    readonly stream: LogStream,
  ) {}

  get exists(): boolean {
    return this.seen;
  }

  /**
   * What was written since the last call; at the end of the stream nothing. A stream that is not there (yet) has no lines: CodeBuild
   * names it before it makes it.
   */
  async next(): Promise<Result<readonly LogLine[], OpsError>> {
    const lines: LogLine[] = [];
    for (;;) {
      const page = await this.page();
      if (!page.ok) {
        const isMissing = page.errors[0]?.code === 'ResourceNotFoundException';
        return isMissing ? ok(lines) : page;
      }
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

const linesOf = (message: string, time: number): LogLine[] =>
  message
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((text) => ({ time, text }));
