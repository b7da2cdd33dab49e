import { type BakeParameters, parseObject, parseParameters } from './parameters';

/** Watches a release for a while after its deploy. One check an invocation; a continuation token carries what was seen so far. */

export interface Alarm {
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly reason?: string;
  /**
   * Of a composite alarm: its children in INSUFFICIENT_DATA. A composite of `ALARM(a) OR ALARM(b)` is OK while nobody measures a
   * and b, so its own state does not tell.
   */
  readonly unmeasured: readonly string[];
}

export interface BakePorts {
  /** The alarm of this name; undefined if there is none. May throw. */
  describe(alarm: string): Promise<Alarm | undefined>;
  /** Asks the service as a user does: undefined, or what is wrong. Does not throw. */
  probe(url: string, version: string): Promise<string | undefined>;
  now(): Date;
  /** How many times faster than the machine's clock the bake's time runs; 1 on AWS. */
  readonly clockRate: number;
}

export type Verdict =
  | { readonly status: 'healthy'; readonly message: string }
  | { readonly status: 'failed'; readonly message: string }
  /** Not over: invoke again with this token. `message`: why something is not judged now. */
  | { readonly status: 'baking'; readonly token: string; readonly message?: string };

/** What the token holds. */
interface Progress {
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Checks so far, and how many of them found the alarm OK and the service well. */
  readonly checks: number;
  readonly good: number;
  /** Checks in a row, up to the last one, in which CloudWatch could not be asked. */
  readonly errors: number;
  /** Requests in a row, up to the last one, that the service failed. */
  readonly failures: number;
  /** Whether the service's alarm has fired at every check so far: it did before the release. */
  readonly firing: boolean;
}

/** CloudWatch throttles now and then; this many failed checks in a row are too many. */
const ERRORS_ALLOWED = 2;
/** A pod that ends may take one request with it; this many in a row are the release's. */
const FAILURES_ALLOWED = 2;

/**
 * Checks once. The service's alarm fails the release at once, requests fail it when three in a row do; neither while the cluster's
 * own alarm fires. Where alarms are to be ignored, one that fires from the first check on fails nothing until it has once been quiet.
 * When the time is over, all of it must have been seen well: an alarm without data, a cluster that is not well
 * and a service that nobody asks are inconclusive.
 */
export async function bake(
  userParameters: string | undefined,
  continuationToken: string | undefined,
  ports: BakePorts,
): Promise<Verdict> {
  const parameters = parseParameters(userParameters);
  if (typeof parameters === 'string') return { status: 'failed', message: parameters };
  const now = ports.now().getTime();
  const before =
    continuationToken === undefined
      ? { started: now, checks: 0, good: 0, errors: 0, failures: 0, firing: true }
      : parseProgress(continuationToken);
  if (before === undefined)
    return { status: 'failed', message: `continuation token is not one of the bake's: ${continuationToken}` };
  const elapsed = ((now - before.started) * ports.clockRate) / 60_000;
  const when = `after ${Math.floor(elapsed * 10) / 10} of ${parameters.minutes} minutes`;

  const seen = await look(parameters, ports);
  if ('error' in seen) {
    const errors = before.errors + 1;
    if (errors <= ERRORS_ALLOWED) return { status: 'baking', token: JSON.stringify({ ...before, errors }) };
    const doubt = `the alarms could not be read ${errors} times in a row: ${seen.error}`;
    return inconclusive(parameters, when, before, [doubt]);
  }
  if ('missing' in seen)
    return {
      status: 'failed',
      message: `there is no alarm ${seen.missing} in this account and Region: nothing watches the release`,
    };
  const { alarm, platformAlarm } = seen;
  const isClusterIll = platformAlarm.state === 'ALARM';
  const firing = before.firing && alarm.state === 'ALARM';
  const isIgnored = firing && parameters.ignoreAlarms === 'yes';
  if (alarm.state === 'ALARM' && !isClusterIll && !isIgnored)
    return { status: 'failed', message: `alarm ${parameters.alarm} is in ALARM ${when}${because(alarm.reason)}` };

  const wrong = parameters.url === '' ? undefined : await ports.probe(parameters.url, parameters.version);
  const failures = wrong === undefined || isClusterIll ? 0 : before.failures + 1;
  if (failures > FAILURES_ALLOWED)
    return { status: 'failed', message: `the service failed ${failures} requests in a row ${when}: ${wrong}` };

  const doubts = [
    ...(isClusterIll
      ? [
          `alarm ${parameters.platformAlarm} of the cluster is in ALARM, nothing is blamed on the release${because(platformAlarm.reason)}`,
        ]
      : []),
    ...(isIgnored
      ? [
          `alarm ${parameters.alarm} has fired since before the release, and IgnoreAlarms is yes${because(alarm.reason)}`,
        ]
      : doubtsOf(parameters.alarm, alarm)),
    ...(parameters.url === '' ? ['nobody asks the service: no traffic is not healthy'] : []),
  ];
  const isGood = doubts.length === 0 && wrong === undefined;
  const { started, checks, good } = before;
  const progress = { started, checks: checks + 1, good: good + (isGood ? 1 : 0), errors: 0, failures, firing };
  // A request that failed last is neither a verdict nor a good end: the next checks decide.
  if (elapsed < parameters.minutes || failures > 0) {
    const message = isClusterIll || isIgnored ? doubts[0] : wrong;
    return { status: 'baking', token: JSON.stringify(progress), ...(message !== undefined && { message }) };
  }
  if (doubts.length > 0) return inconclusive(parameters, when, progress, doubts);
  return {
    status: 'healthy',
    message: `alarm ${parameters.alarm} is OK and ${parameters.url} is ${parameters.version} ${when} (${progress.good} of ${progress.checks} checks)`,
  };
}

type Seen =
  | { readonly alarm: Alarm; readonly platformAlarm: Alarm }
  | { readonly missing: string }
  | { readonly error: string };

async function look(names: BakeParameters, { describe }: BakePorts): Promise<Seen> {
  try {
    const alarm = await describe(names.alarm);
    if (alarm === undefined) return { missing: names.alarm };
    const platformAlarm = await describe(names.platformAlarm);
    return platformAlarm === undefined ? { missing: names.platformAlarm } : { alarm, platformAlarm };
  } catch (cause) {
    return { error: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause) };
  }
}

/** Why an alarm that does not fire is no proof of health. */
function doubtsOf(name: string, { state, reason, unmeasured }: Alarm): string[] {
  if (state === 'ALARM') return [`alarm ${name} is in ALARM${because(reason)}`];
  if (state === 'INSUFFICIENT_DATA') return [`alarm ${name} has no data${because(reason)}`];
  return unmeasured.length > 0 ? [`alarm ${name} is blind: nobody measures ${unmeasured.join(', ')}`] : [];
}

function inconclusive(
  parameters: BakeParameters,
  when: string,
  { checks, good }: Progress,
  doubts: readonly string[],
): Verdict {
  const message = `${when} (${good} of ${checks} checks were good): ${doubts.join('; ')}`;
  return parameters.inconclusive === 'pass'
    ? { status: 'healthy', message: `INCONCLUSIVE, and let through since bakeInconclusive is pass: ${message}` }
    : { status: 'failed', message: `inconclusive, which fails unless bakeInconclusive is pass: ${message}` };
}

const because = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason}`);

function parseProgress(token: string): Progress | undefined {
  const { started, checks, good, errors, failures, firing } = parseObject(token) ?? {};
  const isCount = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return isCount(started) &&
    isCount(checks) &&
    isCount(good) &&
    isCount(errors) &&
    isCount(failures) &&
    typeof firing === 'boolean'
    ? { started, checks, good, errors, failures, firing }
    : undefined;
}
