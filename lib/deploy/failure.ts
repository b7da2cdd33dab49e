import type { KubectlFailure } from './kubectl';
import type { Reason } from './outcome';
import type { End } from './roll-out';

const CODES: Readonly<Record<KubectlFailure['kind'], string>> = {
  unauthorized: 'Unauthorized',
  forbidden: 'Forbidden',
  unreachable: 'Unreachable',
  throttled: 'Throttled',
  conflict: 'Conflict',
  refused: 'Rejected',
  'not-found': 'NotFound',
  stopped: 'Stopped',
  other: 'Kubectl',
};

const WORDS: Partial<Record<KubectlFailure['kind'], string>> = {
  unauthorized: 'the API does not accept the credentials (401): ',
  forbidden: 'the deployer may not do this: ',
  unreachable: 'the API is away: ',
  throttled: 'the API has too many requests (429): ',
};

const WEBHOOK = 'an admission webhook of the cluster does not answer, and without it this may not be changed: ';

/** The API is there; it asks somebody who is not. */
export const isWebhookAway = ({ message }: Pick<KubectlFailure, 'message'>): boolean =>
  message.includes('failed calling webhook');

export const isReason = (value: Reason | KubectlFailure): value is Reason => 'code' in value && !('kind' in value);

export const reasonOf = (failure: KubectlFailure): Reason => {
  const object = objectIn(failure.message);
  return {
    code: CODES[failure.kind],
    ...(object === undefined ? {} : { object }),
    message: `${isWebhookAway(failure) ? WEBHOOK : (WORDS[failure.kind] ?? '')}${failure.message}`,
  };
};

/** Whether the cluster judged the release, as opposed to the deployer not getting through to it. */
export const isRejection = ({ kind }: KubectlFailure): boolean =>
  kind === 'refused' || kind === 'conflict' || kind === 'not-found' || kind === 'forbidden';

/** Of a change: what the API rejects makes the release bad; everything else leaves it unjudged. */
export const endOf = (failure: KubectlFailure): Exclude<End, { status: 'ready' }> =>
  isRejection(failure)
    ? { status: 'failed', reason: reasonOf(failure), pods: [] }
    : { status: 'error', reason: reasonOf(failure) };

/** `The Deployment "web" is invalid` or `deployments.apps "web" is forbidden`. */
function objectIn(message: string): string | undefined {
  const invalid = /\b([A-Z]\w+|(?<=The )[a-z]+)(?:\.\S+)? "([^"]+)" is invalid/.exec(message);
  if (invalid) return `${invalid[1]}/${invalid[2]}`;
  const named = /\b([a-z]+)(?:\.[\w.]+)? "([^"]+)" (?:is forbidden|not found|already exists)/.exec(message);
  return named ? `${named[1]}/${named[2]}` : undefined;
}
