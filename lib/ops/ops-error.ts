/** Why an operation could not be done: one sentence, and what to do. */
export interface OpsError {
  /**
   * `usage`: what was asked for is not there or not clear. `access`: no credentials, no region, no permission. `refused`: the
   * service said no, or it is not possible now. `unreachable`: no answer. `throttled`: asked too often. `stopped`: by the user.
   */
  readonly kind: 'usage' | 'access' | 'refused' | 'unreachable' | 'throttled' | 'stopped';
  readonly message: string;
  /** The service's own name of the error. */
  readonly code?: string;
  /** The IAM action that the caller lacks. */
  readonly permission?: string;
}

interface Circumstances {
  readonly permission: string;
  readonly kind: 'aws' | 'local';
  readonly stopped: boolean;
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'TimeoutError',
  'NetworkingError',
]);

/** Names of errors of any AWS service (Common Errors of each API reference; SDK's classification of throttling). */
const STALE_KEYS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
]);
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'NotAuthorized', 'UnauthorizedOperation']);
const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottled',
]);

/** An error of the SDK in words; undefined: it is none, so the program broke. */
export function describe(cause: unknown, { permission, kind, stopped }: Circumstances): OpsError | undefined {
  const { name = '', message = '', code = '', $metadata } = (cause ?? {}) as Partial<SdkError>;
  const operation = permission.split(':')[1] ?? permission;
  const where = kind === 'aws' ? 'AWS' : 'the local endpoint';
  if (stopped || name === 'AbortError') return { kind: 'stopped', message: 'stopped' };
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError')
    return access(
      /expired|sso login/i.test(message)
        ? `the AWS session has expired: ${sentence(message)}; \`aws sso login\`, with --profile if you use one`
        : `no AWS credentials: ${sentence(message)}; name a profile with --profile, set AWS_PROFILE, or run \`aws configure sso\`. For this machine's own pipelines start \`slipway up\` or \`slipway run\``,
    );
  if (/^Region is missing/.test(message))
    return access(
      "no AWS region: name one with --region, set AWS_REGION, or put aws.region into slipway.yaml. For this machine's own pipelines start `slipway up` or `slipway run`",
    );
  if (STALE_KEYS.has(name))
    return access(
      kind === 'aws'
        ? `AWS does not take the credentials (${name}): log in again (\`aws sso login\`), or name another profile with --profile`
        : `the local endpoint does not take the keys in .slipway/endpoint.json (${name}): it has been restarted; try again`,
      name,
    );
  if (DENIED.has(name))
    return {
      ...access(`not allowed: the caller needs ${permission}. ${where} said: ${sentence(message)}`, name),
      permission,
    };
  if (THROTTLED.has(name))
    return { kind: 'throttled', code: name, message: `${where} throttles ${operation}: try again in a moment` };
  const network = [name, code, (cause as SdkError | undefined)?.cause?.code ?? ''].find((each) => NETWORK.has(each));
  if (network)
    return {
      kind: 'unreachable',
      code: network,
      message:
        kind === 'aws'
          ? `AWS cannot be reached (${sentence(message) || network}): look at the network and at --region`
          : `the local endpoint is gone (${network}): whatever \`slipway up\` or \`slipway run\` started it has ended; start it again, or use --aws`,
    };
  if ($metadata) return { kind: 'refused', code: name, message: `${operation}: ${sentence(message) || name}` };
  return undefined;
}

interface SdkError extends Error {
  readonly code?: string;
  readonly cause?: { readonly code?: string };
  readonly $metadata?: object;
}

const access = (message: string, code?: string): OpsError => ({
  kind: 'access',
  message,
  ...(code !== undefined && { code }),
});

/** Without the full stop at its end, on one line. */
const sentence = (text: string): string => text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');

export const usage = (message: string): OpsError => ({ kind: 'usage', message });

export const refused = (message: string): OpsError => ({ kind: 'refused', message });
