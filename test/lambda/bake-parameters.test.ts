import { describe, expect, test } from '@jest/globals';
import { type Alarm, type BakePorts, bake } from '../../lambda/bake/bake';
import { parseParameters } from '../../lambda/bake/parameters';
import { bakeAction } from '../../lib/cloud/actions/bake';
import type { BakeAction } from '../../lib/model/pipeline';

const ACTION: BakeAction = {
  kind: 'bake',
  name: 'Bake',
  runOrder: 3,
  alarm: 'visits-production',
  platformAlarm: 'visits_platform',
  minutes: 5,
  url: 'https://visits.example.com',
  version: '2.0',
  inconclusive: 'fail',
  ignoreAlarms: 'no',
  target: { environment: 'production', namespace: 'visits-production' },
};

/** UserParameters as the construct writes them. */
const written = (action: BakeAction = ACTION): Record<string, unknown> => {
  const { declaration } = bakeAction(action, { name: 'visits-bake', arn: 'arn' });
  return JSON.parse((declaration.configuration as { UserParameters: string }).UserParameters) as Record<
    string,
    unknown
  >;
};

describe('what the construct writes is what the function reads', () => {
  test('all of it', () => {
    expect(parseParameters(JSON.stringify(written()))).toEqual(written());
  });

  test.each(Object.keys(written()))('without %s, or under another name, it is refused', (name) => {
    const { [name]: value, ...rest } = written();
    expect(parseParameters(JSON.stringify(rest))).toContain(`${name} is missing`);
    const renamed = parseParameters(JSON.stringify({ ...rest, [`${name}s`]: value }));
    expect(renamed).toContain(`${name} is missing, ${name}s is unknown`);
  });

  test('a member more is refused: somebody counts on it', () => {
    expect(parseParameters(JSON.stringify({ ...written(), samples: 3 }))).toContain('samples is unknown');
  });

  /** For each property of the action another value, and in what its effect is seen: what is asked, or the verdict. */
  const OTHER: Readonly<Record<string, Partial<BakeAction>>> = {
    alarm: { alarm: 'visits-staging' },
    platformAlarm: { platformAlarm: 'shop_platform' },
    minutes: { minutes: 9 },
    url: { url: 'https://other.example.com' },
    version: { version: '3.0' },
    inconclusive: { inconclusive: 'pass' },
    ignoreAlarms: { ignoreAlarms: 'yes' },
  };

  async function effect(action: BakeAction): Promise<string> {
    const asked: string[] = [];
    const none: Alarm = { state: 'INSUFFICIENT_DATA', unmeasured: [] };
    const firing: Alarm = { state: 'ALARM', unmeasured: [] };
    const ports: BakePorts = {
      describe: async (name) => {
        asked.push(name);
        return none;
      },
      probe: async (url, version) => {
        asked.push(url, version);
        return undefined;
      },
      now: () => new Date(6 * 60_000),
      clockRate: 1,
    };
    const token = JSON.stringify({ started: 0, checks: 1, good: 1, errors: 0, failures: 0, firing: true });
    const { status } = await bake(JSON.stringify(written(action)), token, ports);
    const first = await bake(JSON.stringify(written(action)), undefined, {
      ...ports,
      describe: async (name) => (name === action.alarm ? firing : none),
    });
    return JSON.stringify([asked, status, first.status]);
  }

  test.each(Object.keys(written()))('%s has an effect', async (name) => {
    expect(Object.keys(OTHER)).toContain(name);
    expect(await effect({ ...ACTION, ...OTHER[name] })).not.toBe(await effect(ACTION));
  });
});
