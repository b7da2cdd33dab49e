import type { AlarmState } from '../aws/alarms';
import type { Alarm } from '../template/alarm';
import type { EventContent } from './bus-event';

/** `CloudWatch Alarm State Change` (CloudWatch user guide, cloudwatch-and-eventbridge). */
export function alarmEvent(before: AlarmState, now: AlarmState): EventContent {
  const { alarm } = now;
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      configuration: configuration(alarm),
      previousState: stateOf(before),
      state: stateOf(now),
    },
  };
}

/** `2026-11-21T18:20:00.000+0000`, as CloudWatch writes it. */
const stateOf = ({ state, reason, since }: AlarmState) => ({
  value: state,
  reason,
  timestamp: since.toISOString().replace(/Z$/, '+0000'),
});

function configuration(alarm: Alarm) {
  if (alarm.kind === 'composite') return { alarmRule: alarm.rule };
  const { namespace, metricName: name, period, statistic: stat } = alarm;
  const dimensions = Object.fromEntries(alarm.dimensions.map((each) => [each.name, each.value]));
  const metricStat = { metric: { namespace, name, dimensions }, period, stat };
  if (alarm.expression === undefined) return { metrics: [{ id: 'm1', metricStat, returnData: true }] };
  const expression = { id: 'e1', expression: `${alarm.expression}(m1)`, returnData: true };
  return { metrics: [expression, { id: 'm1', metricStat, returnData: false }] };
}
