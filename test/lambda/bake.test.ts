import { describe, expect, test } from '@jest/globals';
import { type Alarm, bake, type Verdict } from '../../lambda/bake/bake';

const START = Date.UTC(2026, 0, 1);
const GIVEN = {
  alarm: 'visits-production',
  platformAlarm: 'visits_platform',
  minutes: 5,
  url: 'http://visits',
  version: '2.0',
  inconclusive: 'fail',
  ignoreAlarms: 'no',
};

const OK: Alarm = { state: 'OK', unmeasured: [] };
const NONE: Alarm = { state: 'INSUFFICIENT_DATA', reason: 'no datapoints', unmeasured: [] };
/** A composite alarm whose rule does not hold because nobody measures one of its children. */
const BLIND: Alarm = { state: 'OK', reason: 'rule is false', unmeasured: ['visits-production-gone'] };
const FIRING: Alarm = { state: 'ALARM', reason: 'containers restart', unmeasured: [] };
const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

/** What one check finds: of the service's alarm, the cluster's, and a request (`undefined`: it is well). */
interface Found {
  readonly alarm?: Alarm | Error | 'none';
  readonly platform?: Alarm | 'none';
  readonly wrong?: string;
}

/** Runs the bake as CodePipeline does, a check a minute, until its verdict. */
async function runBake(
  checks: readonly Found[],
  { clockRate = 1, minutes = checks.map((_, index) => index), parameters = {} as object } = {},
) {
  let token: string | undefined;
  const asked: string[] = [];
  const told: string[] = [];
  for (let check = 0; ; check++) {
    const found = checks[check];
    if (found === undefined) throw new Error('the bake wanted another check');
    const verdict: Verdict = await bake(JSON.stringify({ ...GIVEN, ...parameters }), token, {
      describe: async (name) => {
        asked.push(name);
        const answer = name.endsWith('_platform') ? (found.platform ?? OK) : (found.alarm ?? OK);
        if (answer instanceof Error) throw answer;
        return answer === 'none' ? undefined : answer;
      },
      probe: async (url, version) => {
        asked.push(`${url} ${version}`);
        return found.wrong;
      },
      now: () => new Date(START + (minutes[check] ?? 0) * 60_000),
      clockRate,
    });
    if (verdict.status !== 'baking') return { verdict, checks: check + 1, asked: [...new Set(asked)], told };
    if (verdict.message !== undefined) told.push(verdict.message);
    token = verdict.token;
  }
}

const six = (found: Found): Found[] => Array.from({ length: 6 }, () => found);
const failed = (text: string) => ({ status: 'failed', message: expect.stringContaining(text) });

describe('the bake', () => {
  test('is healthy when all is well and the time is over, and not before', async () => {
    const { verdict, checks, asked } = await runBake(six({}));
    expect(verdict).toEqual({
      status: 'healthy',
      message: 'alarm visits-production is OK and http://visits is 2.0 after 5 of 5 minutes (6 of 6 checks)',
    });
    expect(checks).toBe(6);
    expect(asked).toEqual(['visits-production', 'visits_platform', 'http://visits 2.0']);
  });

  test('fails as soon as the alarm fires, with the alarm and its reason', async () => {
    const { verdict, checks } = await runBake([{}, { alarm: FIRING }]);
    expect(verdict).toEqual({
      status: 'failed',
      message: 'alarm visits-production is in ALARM after 1 of 5 minutes: containers restart',
    });
    expect(checks).toBe(2);
    expect((await runBake([...six({}).slice(1), { alarm: FIRING }])).verdict.status).toBe('failed');
  });

  test('fails when three requests in a row do, and bears two', async () => {
    const wrong = 'http://visits/readyz answers 500: broken';
    expect((await runBake([{}, { wrong }, { wrong }, { wrong }])).verdict).toEqual(
      failed(`the service failed 3 requests in a row after 3 of 5 minutes: ${wrong}`),
    );
    const { verdict, told } = await runBake([{ wrong }, { wrong }, {}, { wrong }, { wrong }, {}]);
    expect(verdict).toMatchObject({ status: 'healthy', message: expect.stringContaining('(2 of 6 checks)') });
    expect(told).toEqual([wrong, wrong, wrong, wrong]);
  });

  test('does not end on a request that failed: the next ones decide', async () => {
    const last = [...six({}).slice(1), { wrong: 'reset' }];
    expect((await runBake([...last, {}])).verdict.status).toBe('healthy');
    expect((await runBake([...last, { wrong: 'reset' }, { wrong: 'reset' }])).verdict.status).toBe('failed');
  });

  test.each<[string, Found, string]>([
    ['no data', { alarm: NONE }, 'alarm visits-production has no data: no datapoints'],
    ['a child of the alarm without data', { alarm: BLIND }, 'nobody measures visits-production-gone'],
    ['a cluster that is not well', { platform: FIRING }, 'visits_platform of the cluster is in ALARM'],
  ])(
    'takes %s for inconclusive, which fails by default and passes loudly where that is set',
    async (_, found, text) => {
      const { verdict } = await runBake(six(found));
      expect(verdict).toEqual(failed(text));
      expect(verdict).toEqual(failed('inconclusive'));
      expect(verdict).toEqual(failed('(0 of 6 checks were good)'));
      expect((await runBake(six(found), { parameters: { inconclusive: 'pass' } })).verdict).toEqual({
        status: 'healthy',
        message: expect.stringMatching(new RegExp(`^INCONCLUSIVE, .*${text}`)),
      });
      // Late is not too late, and what ends is not there.
      expect((await runBake([...six(found).slice(1), {}])).verdict.status).toBe('healthy');
      expect((await runBake([...six({}).slice(1), found])).verdict.status).toBe('failed');
    },
  );

  test('is never healthy without requests: no traffic proves nothing', async () => {
    const quiet = await runBake(six({}), { parameters: { url: '' } });
    expect(quiet.verdict).toEqual(failed('no traffic is not healthy'));
    expect(quiet.asked).toEqual(['visits-production', 'visits_platform']);
  });

  test('blames nothing on the release while the cluster’s alarm fires, and says so', async () => {
    const ill: Found = { alarm: FIRING, platform: FIRING, wrong: 'timeout' };
    const { verdict, told } = await runBake([{}, ill, ill, ill, ill, {}]);
    expect(verdict.status).toBe('healthy');
    expect(told).toHaveLength(4);
    expect(told[0]).toContain('nothing is blamed on the release');
    expect((await runBake([{}, ill, { alarm: FIRING }])).verdict).toEqual(failed('visits-production is in ALARM'));
    expect((await runBake([...six({}).slice(1), ill])).verdict).toEqual(failed('inconclusive'));
  });

  describe('of a release that came in although the alarm fired', () => {
    const parameters = { ignoreAlarms: 'yes' };
    const fires: Found = { alarm: FIRING };

    test('waits until the alarm is quiet, says so, and is healthy then', async () => {
      const { verdict, told } = await runBake([fires, fires, {}, {}, {}, {}], { parameters });
      expect(verdict).toMatchObject({ status: 'healthy', message: expect.stringContaining('(4 of 6 checks)') });
      const why =
        'alarm visits-production has fired since before the release, and IgnoreAlarms is yes: containers restart';
      expect(told).toEqual([why, why]);
    });

    test('fails when the alarm fires again, and when requests fail', async () => {
      const again = await runBake([fires, {}, fires], { parameters });
      expect(again.verdict).toEqual(failed('visits-production is in ALARM after 2 of 5 minutes'));
      expect((await runBake([{}, fires], { parameters })).verdict).toEqual(failed('visits-production is in ALARM'));
      const broken = { ...fires, wrong: 'reset' };
      expect((await runBake([broken, broken, broken], { parameters })).verdict).toEqual(failed('failed 3 requests'));
    });

    test('is inconclusive when the alarm never ends', async () => {
      expect((await runBake(six(fires), { parameters })).verdict).toEqual(failed('inconclusive'));
    });

    test('is the only one for which it may', async () => {
      const { verdict, checks } = await runBake([fires]);
      expect({ verdict, checks }).toEqual({ verdict: failed('visits-production is in ALARM'), checks: 1 });
    });
  });

  test('fails at once without one of its alarms', async () => {
    for (const [found, name] of [
      [{ alarm: 'none' }, 'visits-production'],
      [{ platform: 'none' }, 'visits_platform'],
    ] as const) {
      const { verdict, checks } = await runBake([found]);
      expect(verdict).toEqual(failed(`there is no alarm ${name}`));
      expect(checks).toBe(1);
    }
  });

  test('bears two checks in a row that could not be made, and takes three for inconclusive', async () => {
    const away = { alarm: throttled };
    expect((await runBake([away, away, {}, away, away, {}])).verdict.status).toBe('healthy');
    const { verdict } = await runBake([{}, away, away, away]);
    expect(verdict).toEqual(failed('could not be read 3 times in a row: ThrottlingException: Rate exceeded'));
    expect(verdict).toEqual(failed('inconclusive'));
  });

  test('is as much faster as its clock', async () => {
    const { verdict, checks } = await runBake([{}, {}, {}], { clockRate: 60, minutes: [0, 4 / 60, 5 / 60] });
    expect(verdict).toMatchObject({ status: 'healthy', message: expect.stringContaining('after 5 of 5 minutes') });
    expect(checks).toBe(3);
  });

  test.each([
    undefined,
    '',
    'visits',
    '[]',
    '{}',
    ...[
      { alarm: '' },
      { platformAlarm: 1 },
      { minutes: '5' },
      { minutes: 0 },
      { minutes: 1381 },
      { url: 'visits' },
      { url: '#{ProductionVerify.BASE_URL}' },
      { version: '' },
      { inconclusive: 'maybe' },
      { ignoreAlarms: '#{variables.IgnoreAlarms}' },
      { ignoreAlarms: true },
      { retries: 3 },
    ].map((change) => JSON.stringify({ ...GIVEN, ...change })),
  ])('refuses UserParameters %j with what was expected, and asks nobody', async (parameters) => {
    const verdict = await bake(parameters, undefined, {
      describe: () => Promise.reject(new Error('asked')),
      probe: () => Promise.reject(new Error('asked')),
      now: () => new Date(START),
      clockRate: 1,
    });
    expect(verdict).toEqual(failed('expected UserParameters such as {"alarm"'));
  });

  test.each([
    '',
    'x',
    '{}',
    '{"started":1,"checks":-1,"good":0,"errors":0,"failures":0,"firing":true}',
    '{"started":1,"checks":1,"good":0,"errors":0,"failures":0}',
  ])('refuses the token %j', async (token) => {
    const verdict = await bake(JSON.stringify(GIVEN), token, {
      describe: async () => OK,
      probe: async () => undefined,
      now: () => new Date(START),
      clockRate: 1,
    });
    expect(verdict).toEqual(failed('token'));
  });
});
