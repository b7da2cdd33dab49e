import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../../lib/local/clock';
import { evaluateCondition } from '../../../../lib/local/engine/condition';
import type { AlarmStateValue, RuleContext, RuleReport } from '../../../../lib/local/engine/rules/rule';
import type { Hook } from '../../../../lib/local/event';
import type { PlannedRule } from '../../../../lib/local/plan';
import { buildAction } from '../harness';

/** A clock that jumps to the end of every wait and keeps how long they were, in seconds. */
function jumpingClock(start = '2026-11-21T16:30:00Z') {
  const waits: number[] = [];
  let now = Date.parse(start);
  const clock: Clock = {
    now: () => new Date(now),
    sleep: async (milliseconds, signal) => {
      if (signal.aborted) return 'aborted';
      now += milliseconds;
      waits.push(milliseconds / 1000);
      return 'elapsed';
    },
  };
  return { clock, waits };
}

async function judge(rules: readonly PlannedRule[], more: Partial<RuleContext> = {}) {
  const { clock, waits } = jumpingClock();
  const reports: RuleReport[] = [];
  const outcome = await evaluateCondition(
    { rules },
    {
      hook: 'beforeEntry',
      scope: new Map([['Build', { TESTED: 'no', VERSION: '1.2.0' }]]),
      ports: { alarmState: () => undefined, clock },
      run: async () => ({ status: 'Succeeded' }),
      onRule: (report) => reports.push(report),
      signal: new AbortController().signal,
      ...more,
    },
  );
  return { ...outcome, waits, reports };
}

const alarm = (more: object = {}): PlannedRule => ({
  name: 'Quiet',
  provider: 'CloudWatchAlarm',
  alarm: 'errors',
  waitMinutes: 0,
  ...more,
});
const check = (
  operator: 'EQ' | 'NE' | 'CONTAINS' | 'MATCHES',
  value: string,
  variable = '#{Build.VERSION}',
): PlannedRule => ({
  name: 'Check',
  provider: 'VariableCheck',
  variable,
  operator,
  value,
});

/** The alarm is in these states at one look after the other, and stays in the last. */
function looks(...states: readonly (AlarmStateValue | undefined)[]) {
  const { clock, waits } = jumpingClock();
  let look = 0;
  const alarmState = () => states[Math.min(look++, states.length - 1)];
  return { ports: { alarmState, clock }, waits };
}

describe('the rule CloudWatchAlarm', () => {
  test.each<[Hook, AlarmStateValue, string]>([
    ['beforeEntry', 'OK', 'Succeeded'],
    ['beforeEntry', 'INSUFFICIENT_DATA', 'Succeeded'],
    ['beforeEntry', 'ALARM', 'Failed'],
    ['onSuccess', 'OK', 'Succeeded'],
    ['onSuccess', 'INSUFFICIENT_DATA', 'Succeeded'],
    ['onSuccess', 'ALARM', 'Failed'],
    ['onFailure', 'OK', 'Failed'],
    ['onFailure', 'INSUFFICIENT_DATA', 'Failed'],
    ['onFailure', 'ALARM', 'Succeeded'],
  ])('%s: an alarm in %s, at the first look: %s', async (hook, state, status) => {
    const { ports, waits } = looks(state);
    expect(await judge([alarm()], { hook, ports })).toMatchObject({ status });
    expect(waits).toEqual([]);
  });

  test('an OK alarm succeeds at once, however long it might wait', async () => {
    const { ports, waits } = looks('OK');
    expect(await judge([alarm({ waitMinutes: 60 })], { ports })).toMatchObject({ status: 'Succeeded' });
    expect(waits).toEqual([]);
  });

  test('an alarm that rings is waited for, and the rule succeeds as soon as it is OK', async () => {
    const { ports, waits } = looks('ALARM', 'ALARM', 'OK');
    expect(await judge([alarm({ waitMinutes: 20 })], { ports })).toMatchObject({
      status: 'Succeeded',
      reason: 'rule Quiet: alarm errors is OK',
    });
    expect(waits).toEqual([15, 15]);
  });

  test('an alarm that does not stop ringing within the wait fails the rule', async () => {
    const { ports, waits } = looks('ALARM');
    expect(await judge([alarm({ waitMinutes: 1 })], { ports })).toMatchObject({
      status: 'Failed',
      reason: 'rule Quiet: alarm errors is ALARM after 1 min, expected OK or INSUFFICIENT_DATA',
    });
    expect(waits).toEqual([15, 15, 15, 15]);
  });

  test('the wait passes as fast as the clock of the run says', async () => {
    const { ports, waits } = looks('ALARM');
    await judge([alarm({ waitMinutes: 1 })], { ports: { ...ports, clockRate: 60 } });
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeCloseTo(1);
  });

  test('AlarmStates are the states in which the rule succeeds', async () => {
    const { ports } = looks('INSUFFICIENT_DATA');
    expect(await judge([alarm({ states: ['OK'] })], { ports })).toMatchObject({ status: 'Failed' });
    expect(await judge([alarm({ states: ['OK', 'INSUFFICIENT_DATA'] })], { ports })).toMatchObject({
      status: 'Succeeded',
    });
  });

  test('an alarm that is not there cannot be judged', async () => {
    expect(await judge([alarm()])).toMatchObject({
      status: 'Errored',
      reason: expect.stringContaining('no alarm "errors"'),
    });
  });

  test('stops waiting when the execution is stopped', async () => {
    const { ports } = looks('ALARM');
    expect(await judge([alarm({ waitMinutes: 9 })], { ports, signal: AbortSignal.abort() })).toMatchObject({
      status: 'Abandoned',
    });
  });
});

describe('the rule VariableCheck', () => {
  test.each([
    ['EQ', '1.2.0', 'Succeeded'],
    ['EQ', '1.2', 'Failed'],
    ['NE', '1.2', 'Succeeded'],
    ['NE', '1.2.0', 'Failed'],
    ['CONTAINS', '.2.', 'Succeeded'],
    ['CONTAINS', '.3.', 'Failed'],
    ['MATCHES', '1\\.\\d\\.0', 'Succeeded'],
    ['MATCHES', '1\\.\\d', 'Failed'],
  ] as const)('%s %s: %s', async (operator, value, status) => {
    expect(await judge([check(operator, value)])).toMatchObject({ status });
  });

  test('resolves references on both sides', async () => {
    expect(await judge([check('EQ', '#{Build.VERSION}', '1.2.0')])).toMatchObject({ status: 'Succeeded' });
  });

  test('that cannot be resolved is not judged', async () => {
    expect(await judge([check('EQ', 'x', '#{Nobody.X}')])).toMatchObject({ status: 'Errored' });
    expect(await judge([check('MATCHES', '(?i)x')])).toMatchObject({ status: 'Errored' });
  });
});

describe('the rule DeploymentWindow', () => {
  const window = (cron: string, timeZone = 'UTC'): PlannedRule => ({
    name: 'Hours',
    provider: 'DeploymentWindow',
    cron,
    timeZone,
  });

  test('succeeds within, fails outside, by the clock of its time zone', async () => {
    expect(await judge([window('* * 9-17 ? * MON-FRI')])).toEqual(
      expect.objectContaining({
        status: 'Failed',
        reason: 'rule Hours: 2026-11-21 16:30 UTC is outside the window "* * 9-17 ? * MON-FRI"',
      }),
    );
    expect(await judge([window('* * 9-17 ? * SAT')])).toMatchObject({ status: 'Succeeded' });
    expect(await judge([window('* * 9-17 ? * SAT', 'Asia/Tokyo')])).toMatchObject({ status: 'Failed' });
    expect(await judge([window('* * 0-2 ? * SUN', 'Asia/Tokyo')])).toMatchObject({ status: 'Succeeded' });
  });

  test('that is none is not judged', async () => {
    expect(await judge([window('never')])).toMatchObject({ status: 'Errored' });
    expect(await judge([window('* * * ? * SAT', 'Moon/Base')])).toMatchObject({ status: 'Errored' });
  });
});

describe('a condition', () => {
  const build: PlannedRule = { name: 'Smoke', provider: 'CodeBuild', action: buildAction('Dev', { name: 'Smoke' }) };

  test('runs a build as its action does, and takes its end', async () => {
    const ran: string[] = [];
    const outcome = await judge([build], {
      run: async ({ action }) => {
        ran.push(action.id);
        return { status: 'Failed', reason: 'BUILD' };
      },
    });
    expect(ran).toEqual(['Dev/Smoke']);
    expect(outcome).toMatchObject({ status: 'Failed', reason: 'rule Smoke failed: BUILD' });
    expect(await judge([build])).toMatchObject({ status: 'Succeeded', reason: 'rule Smoke succeeded' });
  });

  test('fails if any of its rules fails, though all are judged, and tells which', async () => {
    const outcome = await judge([build, check('EQ', 'x'), check('NE', '1.2.0')]);
    expect(outcome.status).toBe('Failed');
    expect(outcome.reason.match(/does not hold/g)).toHaveLength(2);
    expect(outcome.reason).not.toContain('Smoke');
  });

  test('tells the beginning and the end of each rule', async () => {
    const { reports } = await judge([check('EQ', '1.2.0')]);
    expect(reports).toEqual([
      { kind: 'rule-started', rule: 'Check', provider: 'VariableCheck' },
      { kind: 'rule-ended', rule: 'Check', provider: 'VariableCheck', status: 'Succeeded', reason: expect.any(String) },
    ]);
  });

  test('is Errored before it is Failed, and Abandoned before that', async () => {
    expect(await judge([check('EQ', 'x'), check('EQ', 'x', '#{A.B}')])).toMatchObject({ status: 'Errored' });
    const { ports } = looks('ALARM');
    const signal = AbortSignal.abort();
    expect(await judge([check('EQ', 'x', '#{A.B}'), alarm({ waitMinutes: 1 })], { ports, signal })).toMatchObject({
      status: 'Abandoned',
    });
  });
});
