/** What the action's UserParameters hold, as a JSON object of exactly these members. */
export interface BakeParameters {
  /** Name of the service's alarm, composite or metric: the release fails as soon as it fires. */
  readonly alarm: string;
  /** Name of the cluster's alarm: while it fires, nothing is blamed on the release. */
  readonly platformAlarm: string;
  /** 1–1,380. */
  readonly minutes: number;
  /** Base URL of the service, asked at every check; empty: nobody asks, and the bake cannot be conclusive. */
  readonly url: string;
  /** What the service must say that it is. */
  readonly version: string;
  /** What becomes of a bake that could not judge. */
  readonly inconclusive: 'fail' | 'pass';
  /** Whether the release came in although alarms fired: it may be what ends them. */
  readonly ignoreAlarms: 'no' | 'yes';
}

/** CodePipeline, limits: a Lambda action ends after 24 hours; this leaves room for the last invocation. */
const LONGEST_MINUTES = 23 * 60;

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

/** Each member, and whether its value is one. */
const MEMBERS: Readonly<Record<keyof BakeParameters, (value: unknown) => boolean>> = {
  alarm: isText,
  platformAlarm: isText,
  minutes: (value) => typeof value === 'number' && value >= 1 && value <= LONGEST_MINUTES,
  url: (value) => value === '' || (typeof value === 'string' && /^https?:\/\/[^\s/]/.test(value)),
  version: isText,
  inconclusive: (value) => value === 'fail' || value === 'pass',
  ignoreAlarms: (value) => value === 'no' || value === 'yes',
};

const EXPECTED = `expected UserParameters such as {"alarm": "visits-production", "platformAlarm": "visits_platform", "minutes": 5, "url": "https://…", "version": "1.0.0", "inconclusive": "fail", "ignoreAlarms": "no"}, minutes from 1 to ${LONGEST_MINUTES}, nothing less and nothing more`;

/** The parameters, or what is wrong with them. A member that is not known is refused: whoever wrote it counts on it. */
export function parseParameters(text: string | undefined): BakeParameters | string {
  const value = parseObject(text ?? '');
  const got = `got ${text === undefined ? 'none' : text.slice(0, 300)}`;
  if (value === undefined) return `${EXPECTED}; ${got}`;
  const wrong = Object.entries(MEMBERS).filter(([name, isRight]) => !isRight(value[name]));
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(MEMBERS, name));
  const complaints = [
    ...wrong.map(([name]) => `${name} ${Object.hasOwn(value, name) ? 'is wrong' : 'is missing'}`),
    ...unknown.map((name) => `${name} is unknown`),
  ];
  if (complaints.length > 0) return `${EXPECTED}; ${complaints.join(', ')}; ${got}`;
  return value as unknown as BakeParameters;
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
