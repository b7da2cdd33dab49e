import { z } from 'zod';

/** Which requests a fault is about: all of what is given must fit; an absent part fits everything. */
const match = z.strictObject({
  /** `GET`, `PATCH` … */
  methods: z.array(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])).optional(),
  /** Regular expressions, looked for anywhere in: the path with its query, the User-Agent header, the user's name. */
  path: pattern().optional(),
  userAgent: pattern().optional(),
  user: pattern().optional(),
});

const counted = {
  /** So many requests that fit go through first. */
  skip: z.int().min(0).default(0),
  /** How often it strikes; absent: until it is cleared. */
  count: z.int().min(1).optional(),
};
const ofRequests = { match: match.default({}), ...counted };
const seconds = z.number().min(0).max(3600);

const fault = z.discriminatedUnion('kind', [
  /** The answer comes late. */
  z.strictObject({ kind: z.literal('latency'), milliseconds: z.number().min(0).max(600_000), ...ofRequests }),
  /** 429 TooManyRequests, with a Retry-After header where `retryAfter` (seconds) is given. */
  z.strictObject({ kind: z.literal('throttle'), retryAfter: z.int().min(0).optional(), ...ofRequests }),
  /** 5xx, with a Retry-After header where `retryAfter` (seconds) is given. */
  z.strictObject({
    kind: z.literal('error'),
    code: z.int().min(500).max(599).default(500),
    retryAfter: z.int().min(0).optional(),
    ...ofRequests,
  }),
  /** 401, as for a token that has expired. */
  z.strictObject({ kind: z.literal('unauthorized'), ...ofRequests }),
  /** The connection is cut: before the request is looked at, or when all is done and only the answer is missing. */
  z.strictObject({ kind: z.literal('drop'), when: z.enum(['before', 'after']), ...ofRequests }),
  /** Watches are cut, those that run and those that begin, `after` milliseconds from their beginning. */
  z.strictObject({
    kind: z.literal('cut-watch'),
    after: z.number().min(0).max(3_600_000).default(0),
    ...ofRequests,
  }),
  /** An admission webhook says no to a write: to objects as users send them and as controllers make them. */
  z.strictObject({
    kind: z.literal('deny'),
    /** Plural names: `pods`, `configmaps`; `*`: all. */
    resources: z.array(z.string()).min(1),
    namespaces: z.array(z.string()).min(1).optional(),
    /** Only new objects with these labels. */
    labels: z.record(z.string(), z.string()).optional(),
    /** What the webhook says. */
    message: z.string().min(1),
    /** Whether a dry run is refused, too: a webhook with side effects is not asked then. */
    dryRun: z.boolean().default(true),
    ...counted,
  }),
]);

/** The faults of one name, as they are put. */
export const FaultSet = z.strictObject({
  faults: z.array(fault).default([]),
  /**
   * Seconds: the API is gone at once, its connections with it, its controllers stand still; pods and Services go on; it comes back
   * by itself on the same port.
   */
  apiDown: seconds.optional(),
});

export type FaultSet = z.output<typeof FaultSet>;
export type FaultSetInput = z.input<typeof FaultSet>;
export type Fault = FaultSet['faults'][number];
export type FaultInput = NonNullable<FaultSetInput['faults']>[number];
export type RequestFault = Exclude<Fault, { kind: 'deny' }>;
export type DenyFault = Extract<Fault, { kind: 'deny' }>;

/** What has become of a set. */
export interface FaultReport {
  /** How often each fault struck, in the order in which they were put. */
  readonly strikes: readonly number[];
}

/** Where sets are put (PUT), looked at (GET) and cleared (DELETE), each by a name of its own: `<path>/<name>`. */
export const FAULTS_PATH = '/slipway.dev/v1/faults';

function pattern() {
  return z.string().refine(
    (text) => {
      try {
        new RegExp(text);
        return true;
      } catch {
        return false;
      }
    },
    { error: 'is no regular expression' },
  );
}
