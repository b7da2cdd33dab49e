import { describe as inWords } from '../../lib/ops/ops-error';
import { serviceError } from './fake-aws';

const named = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });
const words = (cause: unknown, kind: 'aws' | 'local' = 'aws') =>
  inWords(cause, { permission: 'codepipeline:StopPipelineExecution', kind, stopped: false });

test.each([
  [
    'no credentials',
    named('CredentialsProviderError', 'Could not load credentials from any providers'),
    'access',
    /^no AWS credentials: .*--profile.*slipway up/,
  ],
  [
    'a profile that is not there',
    named(
      'CredentialsProviderError',
      'Could not resolve credentials using profile: [nope] in configuration/credentials file(s).',
    ),
    'access',
    /^no AWS credentials: .*\[nope\]/,
  ],
  [
    'a session that has expired',
    named(
      'CredentialsProviderError',
      'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
    ),
    'access',
    /^the AWS session has expired: .*aws sso login/,
  ],
  [
    'keys that have expired',
    serviceError('ExpiredTokenException'),
    'access',
    /^AWS does not take the credentials \(ExpiredTokenException\)/,
  ],
  ['no region', new Error('Region is missing'), 'access', /^no AWS region: .*--region/],
  [
    'no permission: the IAM action is named',
    serviceError('AccessDeniedException', 'User: arn:aws:iam::1:user/jo is not authorized.'),
    'access',
    /^not allowed: the caller needs codepipeline:StopPipelineExecution. AWS said: User: arn:aws:iam::1:user\/jo is not authorized$/,
  ],
  [
    'asked too often',
    serviceError('ThrottlingException', 'Rate exceeded'),
    'throttled',
    /^AWS throttles StopPipelineExecution/,
  ],
  [
    'no network',
    named('Error', 'getaddrinfo ENOTFOUND codepipeline.nowhere-1.amazonaws.com', { code: 'ENOTFOUND' }),
    'unreachable',
    /^AWS cannot be reached \(getaddrinfo ENOTFOUND codepipeline.nowhere-1.amazonaws.com\).*--region/,
  ],
  [
    'what the service refuses, in its words',
    serviceError('DuplicatedStopRequestException', 'Already stopping.\n'),
    'refused',
    /^StopPipelineExecution: Already stopping$/,
  ],
] as const)('%s', (_, cause, kind, message) =>
  expect(words(cause)).toMatchObject({ kind, message: expect.stringMatching(message) }),
);

test('the local endpoint is gone, or has other keys', () => {
  expect(words(named('Error', 'connect ECONNREFUSED', { code: 'ECONNREFUSED' }), 'local')?.message).toBe(
    'the local endpoint is gone (ECONNREFUSED): whatever `slipway up` or `slipway run` started it has ended; start it again, or use --aws',
  );
  expect(words(serviceError('UnrecognizedClientException'), 'local')?.message).toMatch(
    /^the local endpoint does not take the keys/,
  );
});

test('what is no error of AWS is none of ours to explain', () => {
  expect(words(new TypeError('x is not a function'))).toBeUndefined();
});

test('every error is one line', () => {
  for (const each of [named('CredentialsProviderError', 'a\nb'), serviceError('X', 'a\n b')])
    expect(words(each)?.message).not.toContain('\n');
});
