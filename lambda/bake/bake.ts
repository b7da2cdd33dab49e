/** Watches an alarm for a while after a deploy. One check an invocation; a continuation token carries what was seen so far. */

export interface BakeParameters {
  /** Name of a composite or metric alarm. */
  readonly alarm: string;
  /** 1–1,380. */
  readonly minutes: number;
}

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
  now(): Date;
  /** How many times faster than the machine's clock the bake's time runs; 1 on AWS. */
  readonly clockRate: number;
}

export type Verdict =
  | { readonly status: 'healthy'; readonly message: string }
  | { readonly status: 'failed'; readonly message: string }
  /** Not over: invoke again with this token. */
  | { readonly status: 'baking'; readonly token: string };

/** What the token holds. */
interface Progress {
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Checks so far, and how many of them found the alarm OK. */
  readonly samples: number;
  readonly ok: number;
  /** Checks in a row, up to the last one, in which CloudWatch could not be asked. */
  readonly errors: number;
}

/** CodePipeline, limits: a Lambda action ends after 24 hours; this leaves room for the last invocation. */
const LONGEST_MINUTES = 23 * 60;
/** CloudWatch throttles now and then; this many failed checks in a row are too many. */
const ERRORS_ALLOWED = 2;

/**
 * Checks the alarm once. ALARM fails at once. When the time is over the last state must be OK: INSUFFICIENT_DATA is inconclusive,
 * and what nobody measured is not healthy.
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
    continuationToken === undefined ? { started: now, samples: 0, ok: 0, errors: 0 } : parseProgress(continuationToken);
  if (before === undefined)
    return { status: 'failed', message: `continuation token is not one of the bake's: ${continuationToken}` };

  const { alarm: name, minutes } = parameters;
  const elapsed = ((now - before.started) * ports.clockRate) / 60_000;
  const isOver = elapsed >= minutes;
  let alarm: Alarm | undefined;
  try {
    alarm = await ports.describe(name);
  } catch (cause) {
    const errors = before.errors + 1;
    if (errors <= ERRORS_ALLOWED) return { status: 'baking', token: JSON.stringify({ ...before, errors }) };
    const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    return { status: 'failed', message: `alarm ${name} could not be read ${errors} times in a row: ${words}` };
  }
  if (alarm === undefined)
    return {
      status: 'failed',
      message: `there is no alarm ${name} in this account and Region: nothing watches the release`,
    };
  const { unmeasured } = alarm;
  const state = alarm.state === 'OK' && unmeasured.length > 0 ? 'INSUFFICIENT_DATA' : alarm.state;
  const progress = { ...before, samples: before.samples + 1, ok: before.ok + (state === 'OK' ? 1 : 0), errors: 0 };
  const why = unmeasured.length > 0 && state !== 'ALARM' ? `nobody measures ${unmeasured.join(', ')}` : alarm.reason;
  const reason = why === undefined ? '' : `: ${why}`;
  const when = `after ${Math.floor(elapsed * 10) / 10} of ${minutes} minutes`;
  switch (state) {
    case 'ALARM':
      return { status: 'failed', message: `alarm ${name} is in ALARM ${when}${reason}` };
    case 'OK':
      if (!isOver) break;
      return {
        status: 'healthy',
        message: `alarm ${name} is OK ${when} (${progress.ok} of ${progress.samples} checks)`,
      };
    case 'INSUFFICIENT_DATA':
      if (!isOver) break;
      return {
        status: 'failed',
        message: `inconclusive: alarm ${name} has INSUFFICIENT_DATA ${when} (OK in ${progress.ok} of ${progress.samples} checks); no data is not healthy${reason}`,
      };
  }
  return { status: 'baking', token: JSON.stringify(progress) };
}

const EXPECTED = `expected UserParameters such as {"alarm": "visits-production", "minutes": 5}, minutes from 1 to ${LONGEST_MINUTES}`;

function parseParameters(text: string | undefined): BakeParameters | string {
  const value = parseObject(text ?? '');
  const { alarm, minutes } = value ?? {};
  const isAlarm = typeof alarm === 'string' && alarm.trim() !== '';
  const isMinutes = typeof minutes === 'number' && minutes >= 1 && minutes <= LONGEST_MINUTES;
  return isAlarm && isMinutes
    ? { alarm, minutes }
    : `${EXPECTED}; got ${text === undefined ? 'none' : text.slice(0, 200)}`;
}

function parseProgress(token: string): Progress | undefined {
  const { started, samples, ok, errors } = parseObject(token) ?? {};
  const isCount = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return isCount(started) && isCount(samples) && isCount(ok) && isCount(errors)
    ? { started, samples, ok, errors }
    : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
