import type {
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { err, ok } from '../../../result';
import type { AlarmChange, AlarmWatch } from '../alarms';
import type { MetricStore } from '../metrics';
import { pageOf } from '../paging';
import { type Service, takes } from '../service';
import { describeAlarms } from './describe-alarms';
import { metricOperations } from './metric-operations';

const LARGEST_PAGE = 100;

/** What the service needs of the alarms; one that cannot be changed has no `set`. */
export type Alarms = Pick<AlarmWatch, 'states'> & Partial<Pick<AlarmWatch, 'set' | 'history'>>;

/** CloudWatch (CloudWatch API reference): alarms and metrics. */
export const cloudwatch = (alarms: Alarms, metrics: MetricStore, now: () => Date): Service => ({
  prefix: 'cloudwatch',
  invalidInput: 'InvalidParameterValue',
  xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  operations: {
    DescribeAlarms: describeAlarms(alarms),
    DescribeAlarmHistory: takes<DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput>()(
      ['AlarmName', 'AlarmTypes', 'HistoryItemType', 'StartDate', 'EndDate', 'MaxRecords', 'NextToken', 'ScanBy'],
      (input) => {
        const { AlarmName, AlarmTypes = ['MetricAlarm'], HistoryItemType = 'StateUpdate', MaxRecords } = input;
        const changes = (alarms.history?.() ?? []).filter(
          ({ alarm, at }) =>
            HistoryItemType === 'StateUpdate' &&
            (AlarmName === undefined || alarm.name === AlarmName) &&
            AlarmTypes.includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm') &&
            (!input.StartDate || at >= input.StartDate) &&
            (!input.EndDate || at <= input.EndDate),
        );
        const inOrder = input.ScanBy === 'TimestampAscending' ? changes.toReversed() : changes;
        const keyOf = ({ alarm, at, to }: AlarmChange): string => `${alarm.name} ${at.getTime()} ${to}`;
        const page = pageOf(inOrder, keyOf, MaxRecords ?? LARGEST_PAGE, input.NextToken);
        if (!page.ok) return err({ code: 'InvalidNextToken', message: page.errors.join('; ') });
        const { items, nextToken } = page.value;
        return ok({
          AlarmHistoryItems: items.map((change) => ({
            AlarmName: change.alarm.name,
            AlarmType: change.alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
            Timestamp: change.at,
            HistoryItemType: 'StateUpdate',
            HistorySummary: `Alarm updated from ${change.from} to ${change.to}`,
            HistoryData: JSON.stringify({
              version: '1.0',
              oldState: { stateValue: change.from },
              newState: { stateValue: change.to, stateReason: change.reason },
            }).slice(0, 4095),
          })),
          ...(nextToken !== undefined && { NextToken: nextToken }),
        });
      },
    ),
    SetAlarmState: takes<SetAlarmStateInput, object>()(
      ['AlarmName', 'StateValue', 'StateReason', 'StateReasonData'],
      ({ AlarmName = '', StateValue = 'OK', StateReason = '' }) =>
        alarms.set?.(AlarmName, StateValue, StateReason)
          ? ok({})
          : err({ code: 'ResourceNotFound', message: `There is no alarm ${AlarmName}`, status: 404 }),
    ),
    ...metricOperations(metrics, now),
  },
});
