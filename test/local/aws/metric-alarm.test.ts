import { evaluateMetricAlarm } from '../../../lib/local/aws/metric-alarm';
import type { MetricAlarm } from '../../../lib/local/template/alarm';

const alarm = (changes: Partial<MetricAlarm> = {}): MetricAlarm => ({
  kind: 'metric',
  name: 'a',
  arn: 'arn:a',
  namespace: 'N',
  metricName: 'M',
  dimensions: [],
  statistic: 'Average',
  period: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  threshold: 1,
  comparisonOperator: 'GreaterThanOrEqualToThreshold',
  treatMissingData: 'missing',
  ...changes,
});

/** `0` within the threshold, `X` breaching, `-` missing; the newest last, as in CloudWatch's documentation. */
const samples = (text: string) => text.split(' ').map((each) => ({ '0': 0, X: 1 })[each]);

const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

describe('an expression over the samples', () => {
  const change = (expression: 'DIFF' | 'RATE', threshold = 0) =>
    alarm({
      expression,
      threshold,
      comparisonOperator: 'GreaterThanThreshold',
      evaluationPeriods: 3,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
    });

  it.each<[string, (number | undefined)[], string]>([
    ['a count that stands still', [4, 4, 4, 4], 'OK'],
    ['a count that has just risen', [4, 4, 4, 5], 'ALARM'],
    ['one that rose and stands', [4, 5, 5, 5], 'ALARM'],
    ['one that rose so long ago that nobody asks', [4, 5, 5, 5, 5, 5, 5, 5], 'OK'],
    ['one that falls, since its pods are gone', [7, 0, 0], 'OK'],
    ['the first that is seen, whatever it is', [undefined, 9], 'OK'],
    ['one that rose while nobody looked', [1, undefined, undefined, 2], 'ALARM'],
    ['none', [undefined, undefined], 'OK'],
  ])('DIFF: %s', (_, samples, state) => {
    expect(evaluateMetricAlarm(change('DIFF'), samples).state).toBe(state);
  });

  it('RATE is the change a second', () => {
    expect(evaluateMetricAlarm(change('RATE', 0.5), [0, 30]).state).toBe('OK');
    expect(evaluateMetricAlarm(change('RATE', 0.5), [0, 31]).state).toBe('ALARM');
    expect(evaluateMetricAlarm(change('RATE', 0.5), [0, undefined, 31]).state).toBe('OK');
  });

  it('is named in the reason', () => {
    expect(evaluateMetricAlarm(change('DIFF'), [0, 1]).reason).toContain('DIFF(M)');
  });
});

describe('missing data, as the table of CloudWatch’s documentation says', () => {
  it.each<[string, number, (string | undefined)[]]>([
    ['0 - X - X', 3, ['OK', 'OK', 'OK', 'OK']],
    ['- - - - 0', 3, ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', 3, ['INSUFFICIENT_DATA', undefined, 'ALARM', 'OK']],
    ['0 X X - X', 3, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', 3, ['ALARM', undefined, 'ALARM', 'OK']],
    ['0 - X - X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', 2, ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', 2, ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', 2, ['ALARM', undefined, 'ALARM', 'OK']],
  ])('%s with %i of 3', (text, datapointsToAlarm, expected) => {
    const states = TREATMENTS.map(
      (treatMissingData) => evaluateMetricAlarm(alarm({ datapointsToAlarm, treatMissingData }), samples(text)).state,
    );
    expect(states).toEqual(expected);
  });

  it('raises no alarm too early: one new breaching sample of three is no alarm yet', () => {
    expect(evaluateMetricAlarm(alarm(), samples('- - - - X')).state).toBeUndefined();
    expect(evaluateMetricAlarm(alarm(), samples('X')).state).toBeUndefined();
  });

  it('looks back five periods for three samples, and not further', () => {
    expect(evaluateMetricAlarm(alarm(), samples('0 X X X')).state).toBe('ALARM');
    expect(evaluateMetricAlarm(alarm(), samples('X X X - 0 - - -')).state).toBe('OK');
    expect(evaluateMetricAlarm(alarm(), samples('X - - - - -')).state).toBe('INSUFFICIENT_DATA');
  });
});

describe('a threshold', () => {
  it.each<[MetricAlarm['comparisonOperator'], (string | undefined)[]]>([
    ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
    ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
    ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
    ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
  ])('%s', (comparisonOperator, expected) => {
    const states = [0, 1, 2].map(
      (value) =>
        evaluateMetricAlarm(alarm({ comparisonOperator, evaluationPeriods: 1, datapointsToAlarm: 1 }), [value]).state,
    );
    expect(states).toEqual(expected);
  });

  it('is told in the reason, with the samples', () => {
    expect(evaluateMetricAlarm(alarm({ datapointsToAlarm: 2 }), [3, 0, 2]).reason).toBe(
      '2 of the last 3 datapoints [3, 0, 2] are greater than or equal to the threshold (1) of M; 2 of 3 make an alarm.',
    );
    expect(
      evaluateMetricAlarm(alarm({ comparisonOperator: 'LessThanThreshold', threshold: 1 }), [0, 0, 0]).reason,
    ).toContain('are less than the threshold (1) of M');
  });
});
