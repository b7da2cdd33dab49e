import type { GetLogEventsRequest, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { err, ok } from '../../../result';
import { type Operation, takes } from '../service';
import { findGroup, invalid } from './find-group';
import type { LogStore } from './log-store';

/** Most events, and most bytes, of one answer; an event counts 26 bytes beside its message. */
export const LARGEST_PAGE = 10_000;
export const LARGEST_ANSWER = 1024 * 1024;
export const EVENT_BYTES = 26;

/**
 * GetLogEvents (CloudWatch Logs API reference). A token names a place between two events: at the end of the stream the forward token
 * is the one that was given, until more is written.
 */
export const getLogEvents = (store: LogStore): Operation =>
  takes<GetLogEventsRequest, GetLogEventsResponse>()(
    [
      'logGroupName',
      'logGroupIdentifier',
      'logStreamName',
      'startTime',
      'endTime',
      'nextToken',
      'limit',
      'startFromHead',
      'unmask',
    ],
    (input) => {
      const { logStreamName = '', startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = LARGEST_PAGE } = input;
      const group = findGroup(store, input);
      if (!group.ok) return group;
      const stream = group.value.streams.get(logStreamName);
      if (!stream)
        return err({ code: 'ResourceNotFoundException', message: 'The specified log stream does not exist.' });
      const token = input.nextToken === undefined ? undefined : readToken(input.nextToken);
      if (input.nextToken !== undefined && !token) return invalid('The specified nextToken is invalid.');
      const lines = store.lines(stream);
      const low = lines.firstAt(startTime);
      const high = Math.max(low, lines.firstAt(endTime));
      const isForward = token ? token.direction === 'f' : (input.startFromHead ?? false);
      const place = Math.min(Math.max(token?.place ?? (isForward ? low : high), low), high);
      let [from, to] = isForward ? [place, Math.min(place + limit, high)] : [Math.max(place - limit, low), place];
      const texts = store.text(stream, lines, from, to);
      let bytes = 0;
      const sizeOf = (text: string): number => Buffer.byteLength(text) + EVENT_BYTES;
      const fitting = (isForward ? texts : texts.toReversed()).findIndex((text, index) => {
        bytes += sizeOf(text);
        return bytes > LARGEST_ANSWER && index > 0;
      });
      if (fitting >= 0) [from, to] = isForward ? [from, from + fitting] : [to - fitting, to];
      const shown = fitting < 0 ? texts : isForward ? texts.slice(0, fitting) : texts.slice(texts.length - fitting);
      return ok({
        events: shown.map((message, index) => {
          const timestamp = lines.time(from + index);
          return { timestamp, message, ingestionTime: timestamp };
        }),
        nextForwardToken: tokenOf('f', to),
        nextBackwardToken: tokenOf('b', from),
      });
    },
  );

const DIGITS = 56;

const tokenOf = (direction: 'f' | 'b', place: number): string =>
  `${direction}/${String(place).padStart(DIGITS, '0')}/s`;

function readToken(token: string): { readonly direction: 'f' | 'b'; readonly place: number } | undefined {
  const match = /^([fb])\/(\d{56})\/s$/.exec(token);
  return match ? { direction: match[1] as 'f' | 'b', place: Number(match[2]) } : undefined;
}
