import { err, ok, type Result } from '../../../result';
import type { AwsError } from '../service';
import type { LogStore } from './log-store';
import type { Stream } from './streams';

export const invalid = (...messages: string[]): Result<never, AwsError> =>
  err({ code: 'InvalidParameterException', message: messages.join('; ') });

/** A group by its name or its ARN. */
export function findGroup(
  store: LogStore,
  { logGroupName, logGroupIdentifier }: { readonly logGroupName?: string; readonly logGroupIdentifier?: string },
): Result<{ readonly name: string; readonly streams: ReadonlyMap<string, Stream> }, AwsError> {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined)
    return invalid('LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  const name = logGroupName ?? logGroupIdentifier?.replace(/^arn:[^/]*:log-group:/, '').replace(/:\*$/, '');
  if (name === undefined) return invalid('Either logGroupName or logGroupIdentifier must be given.');
  const streams = store.groups().get(name);
  return streams
    ? ok({ name, streams })
    : err({ code: 'ResourceNotFoundException', message: 'The specified log group does not exist.' });
}
