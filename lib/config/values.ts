import * as z from 'zod';

/**
 * The kinds of value that slipway.yaml is made of. Convention: every `error` is a noun phrase for what was expected; the
 * loader makes `expected <phrase>, got <value>` of it.
 */

/** Metadata of a key: what it means, in Markdown. */
export const about = (description: string) => ({ description });

/** What editors say about a value that does not fit, and the reference about one that does. */
const told = <S extends z.ZodType>(schema: S, expected: string): S =>
  schema.meta({ errorMessage: `expected ${expected}` });

/** A string that matches `pattern`; the schema for editors gets the pattern too. */
export const text = (expected: string, pattern: RegExp, max?: number) => {
  const base = z.string({ error: expected }).regex(pattern, { error: expected });
  return told(max === undefined ? base : base.max(max, { error: expected }), expected);
};

/** A whole number in a closed range. */
export const whole = (expected: string, minimum: number, maximum: number) =>
  told(decimal(expected, minimum, maximum).int({ error: expected }), expected);

/** A number in a closed range. */
export const decimal = (expected: string, minimum: number, maximum: number) =>
  told(z.number({ error: expected }).min(minimum, { error: expected }).max(maximum, { error: expected }), expected);

/** A YAML section; `name:` with nothing below it means all of its defaults. */
export const section = <S extends z.ZodRawShape>(shape: S, expected = 'a mapping of keys to values') =>
  z.preprocess((value) => (value === null ? {} : value), z.strictObject(shape, { error: expected }));

const DURATION = /^(?=\d)(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/;

/** Seconds of `1d2h3m4s` (units in that order, each at most once), or undefined. */
const parseDuration = (value: string): number | undefined => {
  const match = DURATION.exec(value);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
};

/** A duration between two others, in units of `step`; its value is in seconds. */
export const duration = (minimum: string, maximum: string, step: '1s' | '1m' = '1s') => {
  const [low, high, unit] = [minimum, maximum, step].map((value) => parseDuration(value) ?? Number.NaN) as [
    number,
    number,
    number,
  ];
  const expected = 'a duration such as 5m, 1h30m or 2d';
  const range = `${step === '1m' ? 'whole minutes' : 'a duration'} from ${minimum} to ${maximum}`;
  return told(z.string({ error: expected }).regex(DURATION, { error: expected, abort: true }), `${expected}; ${range}`)
    .refine(
      (value) => {
        const seconds = parseDuration(value) ?? Number.NaN;
        return seconds >= low && seconds <= high && seconds % unit === 0;
      },
      { error: range },
    )
    .transform((value) => parseDuration(value) ?? Number.NaN);
};

/** A path below the folder it is relative to: no leading slash, no `..`. */
export const relativePath = () =>
  text(
    'a relative path with / between names, not starting with - and without ..',
    /^(?![/-])(?!(?:.*\/)?\.\.(?:\/|$))[ -[\]-~\u00a0-\uffff]+$/,
    512,
  );

/** Names that become Kubernetes, ECR (at least two letters), CodeBuild and CloudWatch names at once. */
export const serviceName = () =>
  text(
    'a name of 2 to 32 lower-case letters, digits and single dashes that starts with a letter',
    /^(?=.{2,32}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
  );

export const environmentName = () =>
  text(
    'an environment name of 1 to 20 lower-case letters, digits and single dashes that starts with a letter',
    /^(?=.{1,20}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
  );

/** RFC 1123 label. */
export const namespaceName = () =>
  text(
    'a Kubernetes namespace: 1 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends (RFC 1123)',
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  );

const WEB = 'an address that starts with http:// or https://, without user, # or spaces';

export const webAddress = () =>
  text(WEB, /^https?:\/\/[^\s/?#@]+(?:\/[^\s#]*)?$/, 1000).refine((value) => URL.canParse(value), { error: WEB });

export const accountId = () => text('an account id of 12 digits', /^\d{12}$/);
