import { z } from 'zod';
import { ok } from '../../result';
import type { MetricAlarm } from '../template/alarm';
import { alarmsOf, parseAlarmRule } from './alarm-rule';
import type { AlarmState, AlarmWatch } from './alarms';
import { operation, type Service } from './service';

const alarmType = z.enum(['MetricAlarm', 'CompositeAlarm']);

/** CloudWatch (CloudWatch API reference): the state of alarms. */
export function cloudwatch(watch: Pick<AlarmWatch, 'states'>): Service {
  const describeAlarms = operation(
    z.strictObject({
      AlarmNames: z.array(z.string()).max(100).optional(),
      ChildrenOfAlarmName: z.string().optional(),
      AlarmNamePrefix: z.string().optional(),
      AlarmTypes: z.array(alarmType).optional(),
      StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
      MaxRecords: z.coerce.number().int().min(1).max(100).optional(),
    }),
    ({ AlarmNames, AlarmNamePrefix, ChildrenOfAlarmName, AlarmTypes = ['MetricAlarm'], StateValue }) => {
      if (ChildrenOfAlarmName !== undefined) return ok(describeChildren(watch.states(), ChildrenOfAlarmName));
      const found = watch
        .states()
        .filter(
          ({ alarm, state }) => AlarmNames?.includes(alarm.name) !== false && (!StateValue || StateValue === state),
        )
        .filter(({ alarm }) => alarm.name.startsWith(AlarmNamePrefix ?? ''));
      const of = (kind: 'metric' | 'composite', type: z.output<typeof alarmType>) =>
        AlarmTypes.includes(type) ? found.filter(({ alarm }) => alarm.kind === kind).map(describe) : [];
      return ok({ MetricAlarms: of('metric', 'MetricAlarm'), CompositeAlarms: of('composite', 'CompositeAlarm') });
    },
  );
  return {
    prefix: 'cloudwatch',
    invalidInput: 'InvalidParameterValue',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    operations: { DescribeAlarms: describeAlarms },
  };
}

/** The alarms that a composite alarm's rule names, of either type, with little more than their state. */
function describeChildren(states: readonly AlarmState[], composite: string) {
  const parent = states.find(({ alarm }) => alarm.kind === 'composite' && alarm.name === composite)?.alarm;
  const rule = parent?.kind === 'composite' ? parseAlarmRule(parent.rule) : undefined;
  const named = new Set(rule?.ok ? alarmsOf(rule.value) : []);
  const children = states.filter(({ alarm }) => named.has(alarm.name) || named.has(alarm.arn));
  const of = (kind: AlarmState['alarm']['kind']) =>
    children
      .filter(({ alarm }) => alarm.kind === kind)
      .map(({ alarm, state, since }) => ({
        AlarmName: alarm.name,
        AlarmArn: alarm.arn,
        StateValue: state,
        StateUpdatedTimestamp: since,
      }));
  return { MetricAlarms: of('metric'), CompositeAlarms: of('composite') };
}

function describe({ alarm, state, reason, since }: AlarmState): Record<string, unknown> {
  const common = {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    StateValue: state,
    // StateReason: at most 1,023 characters.
    StateReason: reason.slice(0, 1023),
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
  };
  if (alarm.kind === 'composite') return { ...common, AlarmRule: alarm.rule };
  return {
    ...common,
    ...metricOf(alarm),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparisonOperator,
    TreatMissingData: alarm.treatMissingData,
  };
}

function metricOf(alarm: MetricAlarm): Record<string, unknown> {
  const { statistic, period, expression } = alarm;
  const metric = {
    Namespace: alarm.namespace,
    MetricName: alarm.metricName,
    Dimensions: alarm.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
  };
  if (expression !== undefined)
    return {
      Metrics: [
        { Id: 'm1', MetricStat: { Metric: metric, Period: period, Stat: statistic }, ReturnData: false },
        { Id: 'e1', Expression: `${expression}(m1)`, ReturnData: true },
      ],
    };
  const isPercentile = statistic.startsWith('p');
  return { ...metric, [isPercentile ? 'ExtendedStatistic' : 'Statistic']: statistic, Period: period };
}
