import { alarmEvent } from '../../../lib/local/events/alarm-events';
import { busEvent } from '../../../lib/local/events/bus-event';
import { parsePattern } from '../../../lib/local/events/pattern';
import type { Alarm } from '../../../lib/local/template/alarm';

const metric: Alarm = {
  kind: 'metric',
  name: 'visits-restarts',
  arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits-restarts',
  namespace: 'ContainerInsights',
  metricName: 'pod_number_of_container_restarts',
  dimensions: [{ name: 'ClusterName', value: 'slipway' }],
  statistic: 'Maximum',
  period: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 0,
  comparisonOperator: 'GreaterThanThreshold',
  treatMissingData: 'missing',
};
const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 18, 20, second));
const change = (alarm: Alarm) =>
  alarmEvent(
    { alarm, state: 'OK', reason: 'all is well', since: at(0) },
    { alarm, state: 'ALARM', reason: '1 is greater than 0', since: at(7) },
  );

test('a change of an alarm is an event as CloudWatch sends it', () => {
  expect(change(metric)).toEqual({
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: ['arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits-restarts'],
    detail: {
      alarmName: 'visits-restarts',
      configuration: {
        metrics: [
          {
            id: 'm1',
            metricStat: {
              metric: {
                namespace: 'ContainerInsights',
                name: 'pod_number_of_container_restarts',
                dimensions: { ClusterName: 'slipway' },
              },
              period: 60,
              stat: 'Maximum',
            },
            returnData: true,
          },
        ],
      },
      previousState: { value: 'OK', reason: 'all is well', timestamp: '2026-11-21T18:20:00.000+0000' },
      state: { value: 'ALARM', reason: '1 is greater than 0', timestamp: '2026-11-21T18:20:07.000+0000' },
    },
  });
});

test('of a composite alarm it has the rule', () => {
  const alarm: Alarm = { kind: 'composite', name: 'all', arn: 'arn:all', rule: 'ALARM(visits-restarts)' };
  expect(change(alarm).detail).toMatchObject({ configuration: { alarmRule: 'ALARM(visits-restarts)' } });
});

test('a rule that asks for alarms that go off matches it', () => {
  const pattern = {
    source: ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    detail: { alarmName: [{ prefix: 'visits-' }], state: { value: ['ALARM'] }, previousState: { value: ['OK'] } },
  };
  const event = busEvent(change(metric), { account: '111122223333', region: 'eu-west-1' }, 'id', at(7));
  const parsed = parsePattern(pattern);
  expect(parsed.ok && parsed.value(event)).toBe(true);
  const changed = { ...event, detail: { ...event.detail, state: { value: 'OK' } } };
  expect(parsed.ok && parsed.value(changed)).toBe(false);
});
