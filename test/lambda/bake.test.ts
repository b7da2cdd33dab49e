import { describe, expect, test } from '@jest/globals';
import { type Alarm, bake, type Verdict } from '../../lambda/bake/bake';

const START = Date.UTC(2026, 0, 1);
const PARAMETERS = JSON.stringify({ alarm: 'visits-production', minutes: 5 });

/** Runs the bake as CodePipeline does, a check each time in `minutes`, until its verdict. */
async function runBake(
  states: readonly (Alarm | Error | undefined)[],
  { clockRate = 1, minutes = states.map((_, index) => index), parameters = PARAMETERS } = {},
): Promise<{ verdict: Verdict; checks: number; asked: string[] }> {
  let token: string | undefined;
  const asked: string[] = [];
  for (let check = 0; ; check++) {
    const state = states[check];
    if (check >= states.length) throw new Error('the bake wanted another check');
    const verdict = await bake(parameters, token, {
      describe: async (name) => {
        asked.push(name);
        if (state instanceof Error) throw state;
        return state;
      },
      now: () => new Date(START + (minutes[check] ?? 0) * 60_000),
      clockRate,
    });
    if (verdict.status !== 'baking') return { verdict, checks: check + 1, asked };
    token = verdict.token;
  }
}

const OK: Alarm = { state: 'OK', unmeasured: [] };
const NONE: Alarm = { state: 'INSUFFICIENT_DATA', reason: 'no datapoints', unmeasured: [] };
/** A composite alarm whose rule does not hold because nobody measures one of its children. */
const BLIND: Alarm = { state: 'OK', reason: 'rule is false', unmeasured: ['visits-production-gone'] };
const FIRING: Alarm = { state: 'ALARM', reason: 'pod_number_of_container_restarts > 0', unmeasured: [] };
const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

describe('the bake', () => {
  test('is healthy when the alarm is OK and the time is over, and not before', async () => {
    const { verdict, checks, asked } = await runBake([OK, OK, OK, OK, OK, OK]);
    expect(verdict).toEqual({
      status: 'healthy',
      message: 'alarm visits-production is OK after 5 of 5 minutes (6 of 6 checks)',
    });
    expect(checks).toBe(6);
    expect(new Set(asked)).toEqual(new Set(['visits-production']));
  });

  test('fails as soon as the alarm fires, with the alarm and its reason', async () => {
    const { verdict, checks } = await runBake([OK, FIRING, OK]);
    expect(verdict).toEqual({
      status: 'failed',
      message: 'alarm visits-production is in ALARM after 1 of 5 minutes: pod_number_of_container_restarts > 0',
    });
    expect(checks).toBe(2);
  });

  test('fails on an alarm that fires at the very end', async () => {
    expect((await runBake([OK, OK, OK, OK, OK, FIRING])).verdict.status).toBe('failed');
  });

  test('takes no data for inconclusive, which is not healthy', async () => {
    const { verdict } = await runBake([NONE, NONE, NONE, NONE, NONE, NONE]);
    expect(verdict).toMatchObject({
      status: 'failed',
      message: expect.stringContaining(
        'inconclusive: alarm visits-production has INSUFFICIENT_DATA after 5 of 5 minutes (OK in 0 of 6 checks)',
      ),
    });
  });

  test('does not take a composite alarm for OK while one of its children has no data', async () => {
    const { verdict } = await runBake([BLIND, BLIND, BLIND, BLIND, BLIND, BLIND]);
    expect(verdict).toMatchObject({
      status: 'failed',
      message: expect.stringContaining(
        '(OK in 0 of 6 checks); no data is not healthy: nobody measures visits-production-gone',
      ),
    });
    expect((await runBake([BLIND, BLIND, OK, OK, OK, OK])).verdict.status).toBe('healthy');
    expect((await runBake([{ ...FIRING, unmeasured: ['visits-production-gone'] }])).verdict).toMatchObject({
      message: expect.stringContaining('is in ALARM after 0 of 5 minutes: pod_number'),
    });
  });

  test('waits for data that comes late', async () => {
    const { verdict } = await runBake([NONE, NONE, OK, OK, OK, OK]);
    expect(verdict).toMatchObject({ status: 'healthy', message: expect.stringContaining('(4 of 6 checks)') });
  });

  test('takes data that ends for inconclusive', async () => {
    expect((await runBake([OK, OK, OK, OK, OK, NONE])).verdict).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('OK in 5 of 6 checks'),
    });
  });

  test('fails at once without its alarm', async () => {
    const { verdict, checks } = await runBake([undefined]);
    expect(verdict).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('there is no alarm visits-production'),
    });
    expect(checks).toBe(1);
  });

  test('bears two failed checks in a row and not three', async () => {
    expect((await runBake([throttled, throttled, OK, throttled, throttled, OK])).verdict.status).toBe('healthy');
    expect((await runBake([OK, throttled, throttled, throttled])).verdict).toEqual({
      status: 'failed',
      message: 'alarm visits-production could not be read 3 times in a row: ThrottlingException: Rate exceeded',
    });
  });

  test('is as much faster as its clock', async () => {
    const { verdict, checks } = await runBake([OK, OK, OK], { clockRate: 60, minutes: [0, 4 / 60, 5 / 60] });
    expect(verdict).toMatchObject({ status: 'healthy', message: expect.stringContaining('after 5 of 5 minutes') });
    expect(checks).toBe(3);
  });

  test.each([
    undefined,
    '',
    'visits',
    '[]',
    '{}',
    '{"alarm":"a"}',
    '{"alarm":"","minutes":5}',
    '{"alarm":"a","minutes":"5"}',
    '{"alarm":"a","minutes":0}',
    '{"alarm":"a","minutes":1381}',
    '{"Alarm":"a","Minutes":5}',
  ])('refuses UserParameters %j with what was expected, and asks nobody', async (parameters) => {
    const verdict = await bake(parameters, undefined, {
      describe: () => Promise.reject(new Error('asked')),
      now: () => new Date(START),
      clockRate: 1,
    });
    expect(verdict).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('expected UserParameters such as {"alarm"'),
    });
  });

  test.each(['', 'x', '{}', '{"started":1,"samples":-1,"ok":0,"errors":0}'])('refuses the token %j', async (token) => {
    const verdict = await bake(PARAMETERS, token, {
      describe: async () => OK,
      now: () => new Date(START),
      clockRate: 1,
    });
    expect(verdict).toMatchObject({ status: 'failed', message: expect.stringContaining('token') });
  });
});
