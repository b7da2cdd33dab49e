import type { KubectlFailure } from './kubectl';

type Kind = KubectlFailure['kind'];

/**
 * Reasons of the API (`reason` of a Status, which kubectl prints in brackets):
 * https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go
 */
const REASONS: Readonly<Record<string, Kind>> = {
  Unauthorized: 'unauthorized',
  Forbidden: 'forbidden',
  NotFound: 'not-found',
  AlreadyExists: 'conflict',
  Conflict: 'conflict',
  Gone: 'unreachable',
  Expired: 'unreachable',
  Invalid: 'refused',
  BadRequest: 'refused',
  MethodNotAllowed: 'refused',
  NotAcceptable: 'refused',
  RequestEntityTooLarge: 'refused',
  UnsupportedMediaType: 'refused',
  TooManyRequests: 'throttled',
  Timeout: 'unreachable',
  ServerTimeout: 'unreachable',
  InternalError: 'unreachable',
  ServiceUnavailable: 'unreachable',
};

/** kubectl's words, the first that fits; they go before the reason, since a 403 may come from admission and a 500 from a bad patch. */
const BEFORE_REASON: readonly (readonly [RegExp, Kind])[] = [
  [/admission webhook .* denied the request|ValidatingAdmissionPolicy .* denied request/, 'refused'],
  [/exceeded quota|failed quota|violates PodSecurity|forbidden: maximum |forbidden: minimum /, 'refused'],
  [/because it is being terminated/, 'refused'],
  [/failed to create typed patch object|strict decoding error|field is immutable/, 'refused'],
];
const WITHOUT_REASON: readonly (readonly [RegExp, Kind])[] = [
  [
    /\bUnauthorized\b|must be logged in|asked for the client to provide credentials|getting credentials: exec/,
    'unauthorized',
  ],
  [/too many requests|TooManyRequests/i, 'throttled'],
  [/Apply failed with \d+ conflict|the object has been modified|already exists/, 'conflict'],
  [
    /unable to connect to the server|connection refused|connection reset|was refused - did you specify|\bEOF\b|broken pipe|i\/o timeout|TLS handshake|no such host|dial tcp|network is unreachable|http2: |client connection lost|context deadline exceeded|Client\.Timeout|timed out|unable to handle the request|unable to return a response|currently unavailable|etcdserver|apiserver not ready|an error on the server|internal error occurred|couldn't get current server API group list/i,
    'unreachable',
  ],
  [
    /is invalid:|error validating|error parsing|unable to decode|cannot be handled as|must specify|validation error/i,
    'refused',
  ],
  [/no matches for kind|doesn't have a resource type|could not find the requested resource|not found/, 'not-found'],
  [/forbidden/i, 'forbidden'],
];

/** Of several lines the one that decides: what may pass goes first, since the rest is seen again on the next try. */
const ORDER: readonly Kind[] = [
  'unauthorized',
  'unreachable',
  'throttled',
  'refused',
  'forbidden',
  'conflict',
  'not-found',
  'other',
];

/** What the words of a failed command mean. kubectl has exit code 1 for nearly everything. */
export function classify(code: number | null, stdout: string, stderr: string): KubectlFailure {
  const lines = stderr.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !/^Warning:|^[EWIF]\d{4} /.test(line));
  // Its log lines (klog) only where it says nothing else.
  const words = said.length > 0 ? said : lines.filter((line) => /^[EF]\d{4} /.test(line));
  const kinds = words.map(kindOf);
  const kind = ORDER.find((each) => kinds.includes(each)) ?? 'other';
  const deciding = words.filter((_, index) => kinds[index] === kind && kind !== 'other');
  const message = [...new Set((deciding.length > 0 ? deciding : words).map(withoutPrefix))].join('; ');
  return { kind, message: message || `it ended with status ${code} and said nothing`, code, stdout, stderr };
}

function kindOf(line: string): Kind {
  const first = BEFORE_REASON.find(([pattern]) => pattern.test(line));
  if (first) return first[1];
  const reason = /^Error from server \((\w+)\):/.exec(line)?.[1];
  // What kubectl says of a download that fails has the cause inside.
  if (reason && REASONS[reason]) return REASONS[reason];
  return WITHOUT_REASON.find(([pattern]) => pattern.test(line))?.[1] ?? 'other';
}

const withoutPrefix = (line: string): string =>
  line
    .replace(/^[EF]\d{4} \S+\s+\d+ \S+\] /, '')
    .replace(/^Error from server(?: \(\w+\))?: /, '')
    .replace(/^error: /i, '')
    .replace(/^error when \w+ "[^"]*": /, '')
    .trim();
