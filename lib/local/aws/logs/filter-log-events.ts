import { createHash } from 'node:crypto';
import type {
  FilteredLogEvent,
  FilterLogEventsRequest,
  FilterLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { ok } from '../../../result';
import { type Operation, takes } from '../service';
import { parseFilterPattern } from './filter-pattern';
import { findGroup, invalid } from './find-group';
import { EVENT_BYTES, LARGEST_ANSWER, LARGEST_PAGE } from './get-log-events';
import type { LineIndex } from './line-index';
import type { LogStore } from './log-store';
import type { Stream } from './streams';

/** Lines that one call looks at; a token leads to the rest, as the API may answer too. */
const MOST_LINES = 100_000;
/** Lines of a stream that are read at once. */
const BATCH = 500;

/** FilterLogEvents (CloudWatch Logs API reference): the events of several streams by time. `aws logs tail` asks for it. */
export const filterLogEvents = (store: LogStore): Operation =>
  takes<FilterLogEventsRequest, FilterLogEventsResponse>()(
    [
      'logGroupName',
      'logGroupIdentifier',
      'logStreamNames',
      'logStreamNamePrefix',
      'startTime',
      'endTime',
      'filterPattern',
      'nextToken',
      'limit',
      'interleaved',
      'unmask',
    ],
    (input) => {
      const { logStreamNames, logStreamNamePrefix, startTime = 0, endTime = Number.POSITIVE_INFINITY } = input;
      const group = findGroup(store, input);
      if (!group.ok) return group;
      if (logStreamNames && logStreamNamePrefix !== undefined)
        return invalid('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
      const matches = parseFilterPattern(input.filterPattern ?? '');
      if (!matches.ok) return invalid(...matches.errors);
      const after = input.nextToken === undefined ? undefined : readToken(input.nextToken);
      if (input.nextToken !== undefined && !after) return invalid('The specified nextToken is invalid.');
      const cursors = [...group.value.streams.values()]
        .filter(({ name }) => logStreamNames?.includes(name) ?? name.startsWith(logStreamNamePrefix ?? ''))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        // Up to and with the time that endTime names.
        .map((stream) => new Cursor(store, stream, { startTime, endTime: endTime + 1, after }));
      return ok(gather(cursors, input.limit ?? LARGEST_PAGE, matches.value));
    },
  );

/** The next events of all cursors, the earliest first. */
function gather(
  cursors: readonly Cursor[],
  limit: number,
  matches: (message: string) => boolean,
): FilterLogEventsResponse {
  const events: FilteredLogEvent[] = [];
  let [bytes, seen] = [0, 0];
  let last: Place | undefined;
  for (;;) {
    let next: Cursor | undefined;
    for (const cursor of cursors) if (cursor.time < (next?.time ?? Number.POSITIVE_INFINITY)) next = cursor;
    if (!next) return { events, searchedLogStreams: [] };
    const message = next.message();
    const size = Buffer.byteLength(message) + EVENT_BYTES;
    const isFull = events.length >= limit || seen >= MOST_LINES || (bytes + size > LARGEST_ANSWER && events.length > 0);
    if (isFull && last) return { events, searchedLogStreams: [], nextToken: tokenOf(last) };
    const { place } = next;
    if (matches(message)) {
      bytes += size;
      events.push({
        logStreamName: place.stream,
        timestamp: place.time,
        message,
        ingestionTime: place.time,
        eventId: eventIdOf(place),
      });
    }
    seen++;
    last = place;
    next.advance();
  }
}

/** A line's place among those of all streams: by time, then stream, then line. */
interface Place {
  readonly time: number;
  readonly stream: string;
  readonly line: number;
}

class Cursor {
  private line: number;
  private readonly end: number;
  private readonly lines: LineIndex;
  private batch: { readonly from: number; readonly texts: readonly string[] } = { from: 0, texts: [] };

  constructor(
    private readonly store: LogStore,
    private readonly stream: Stream,
    { startTime, endTime, after }: { startTime: number; endTime: number; after: Place | undefined },
  ) {
    this.lines = store.lines(stream);
    this.end = this.lines.firstAt(endTime);
    this.line = this.lines.firstAt(Math.max(startTime, after?.time ?? 0));
    if (!after) return;
    if (stream.name < after.stream) this.line = Math.max(this.line, this.lines.firstAt(after.time + 1));
    else if (stream.name === after.stream) this.line = Math.max(this.line, after.line + 1);
  }

  /** Infinite at the end. */
  get time(): number {
    return this.line < this.end ? this.lines.time(this.line) : Number.POSITIVE_INFINITY;
  }

  get place(): Place {
    return { time: this.time, stream: this.stream.name, line: this.line };
  }

  message(): string {
    const { from, texts } = this.batch;
    const known = texts[this.line - from];
    if (this.line >= from && known !== undefined) return known;
    const read = this.store.text(this.stream, this.lines, this.line, Math.min(this.line + BATCH, this.end));
    this.batch = { from: this.line, texts: read };
    return read[0] as string;
  }

  advance(): void {
    this.line++;
  }
}

const tokenOf = ({ time, stream, line }: Place): string =>
  Buffer.from(JSON.stringify([time, stream, line])).toString('base64url');

function readToken(token: string): Place | undefined {
  try {
    const [time, stream, line] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    const isPlace = typeof time === 'number' && typeof stream === 'string' && typeof line === 'number';
    return isPlace ? { time, stream, line } : undefined;
  } catch {
    return undefined;
  }
}

/** 56 digits, as the service's: time, stream, line. */
function eventIdOf({ time, stream, line }: Place): string {
  const hash = createHash('sha256').update(stream).digest().readBigUInt64BE();
  return `${String(time).padStart(19, '0')}${String(hash).padStart(20, '0')}${String(line).padStart(17, '0')}`;
}
