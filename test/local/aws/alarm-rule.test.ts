import { alarmsOf, holds, parseAlarmRule } from '../../../lib/local/aws/alarm-rule';
import type { StateValue } from '../../../lib/local/aws/metric-alarm';

const STATES: Record<string, StateValue> = {
  a: 'ALARM',
  b: 'ALARM',
  ok: 'OK',
  'no data': 'INSUFFICIENT_DATA',
  'arn:aws:cloudwatch:r:1:alarm:a': 'ALARM',
};

const value = (text: string): boolean => {
  const rule = parseAlarmRule(text);
  if (!rule.ok) throw new Error(rule.errors.join());
  return holds(rule.value, (name) => STATES[name] ?? 'INSUFFICIENT_DATA');
};

describe('the rule of a composite alarm', () => {
  it.each<[string, boolean]>([
    ['ALARM(a)', true],
    ['ALARM("a")', true],
    ['ALARM("arn:aws:cloudwatch:r:1:alarm:a")', true],
    ['ALARM(arn:aws:cloudwatch:r:1:alarm:a)', true],
    ['ALARM("ok")', false],
    ['OK(ok)', true],
    ['OK(a)', false],
    ['INSUFFICIENT_DATA("no data")', true],
    ['INSUFFICIENT_DATA(a)', false],
    ['TRUE', true],
    ['FALSE', false],
    ['NOT ALARM(a)', false],
    ['NOT NOT ALARM(a)', true],
    ['ALARM(a) AND ALARM(b)', true],
    ['ALARM(a) AND ALARM(ok)', false],
    ['ALARM(ok) OR ALARM(a)', true],
    ['ALARM(ok) OR OK(a)', false],
    ['TRUE OR FALSE AND FALSE', true],
    ['(TRUE OR FALSE) AND FALSE', false],
    ['NOT FALSE AND FALSE', false],
    ['NOT (FALSE AND FALSE)', true],
    ['( ( ALARM( "a" ) ) )', true],
    ['\n  ALARM(a)\n  AND\n  NOT\tALARM(ok)\n', true],
    ['AT_LEAST(2, ALARM, (a, ok, b))', true],
    ['AT_LEAST(3, ALARM, (a, ok, b))', false],
    ['AT_LEAST(50%, ALARM, (a, ok))', true],
    ['AT_LEAST(51%, ALARM, (a, ok))', false],
    ['AT_LEAST(1, NOT ALARM, (a, b))', false],
    ['AT_LEAST(1, NOT ALARM, (a, ok)) AND TRUE', true],
  ])('%s is %s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it('names its alarms', () => {
    const rule = parseAlarmRule('ALARM("x \\"y\\"") OR NOT (OK(b) AND AT_LEAST(1, ALARM, (c, d))) OR TRUE');
    expect(rule.ok && alarmsOf(rule.value)).toEqual(['x "y"', 'b', 'c', 'd']);
  });

  it.each<[string, string]>([
    ['', 'expected an expression, found the end'],
    ['ALARM(a', 'expected ")", found the end'],
    ['ALARM()', 'expected the name or ARN of an alarm, found ")"'],
    ['ALARM(a) ALARM(b)', 'expected AND, OR or the end, found "ALARM"'],
    ['ALARM(a) AND', 'expected an expression, found the end'],
    ['BROKEN(a)', 'expected ALARM(…), OK(…), INSUFFICIENT_DATA(…)'],
    ['alarm(a)', 'found "alarm"'],
    ['ALARM("a)', 'cannot be read from'],
    ['AT_LEAST(0, ALARM, (a))', 'expected a number of alarms or a percentage of them, found 0'],
    ['AT_LEAST(1, BAD, (a))', 'expected ALARM, OK or INSUFFICIENT_DATA, found BAD'],
    ['(TRUE', 'expected ")", found the end'],
  ])('"%s" is an error', (text, expected) => {
    const rule = parseAlarmRule(text);
    expect(rule.ok ? '' : rule.errors.join()).toContain(expected);
  });
});
