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
