import type { DescribeAlarmsInput, DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import { err, ok } from '../../../result';
import type { MetricAlarm } from '../../template/alarm';
import { alarmsOf, parseAlarmRule } from '../alarm-rule';
import type { AlarmState, AlarmWatch } from '../alarms';
import { pageOf } from '../paging';
import { type Operation, takes } from '../service';

const LARGEST_PAGE = 50;

/** DescribeAlarms (CloudWatch API reference): the state of alarms, to their own account. */
export const describeAlarms = (watch: Pick<AlarmWatch, 'states'>): Operation =>
  takes<DescribeAlarmsInput, DescribeAlarmsOutput>()(
    ['AlarmNames', 'ChildrenOfAlarmName', 'AlarmNamePrefix', 'AlarmTypes', 'StateValue', 'MaxRecords', 'NextToken'],
    (input, { account }) => {
      const states = watch.states().filter(({ alarm }) => alarm.arn.split(':')[4] === account);
      const { AlarmNames, AlarmNamePrefix, ChildrenOfAlarmName, AlarmTypes = ['MetricAlarm'], StateValue } = input;
      if (ChildrenOfAlarmName !== undefined) return ok(describeChildren(states, ChildrenOfAlarmName));
      const found = states
        .filter(
          ({ alarm, state }) => AlarmNames?.includes(alarm.name) !== false && (!StateValue || StateValue === state),
        )
        .filter(({ alarm }) => alarm.name.startsWith(AlarmNamePrefix ?? ''))
        .filter(({ alarm }) => AlarmTypes.includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'));
      // Names are at most a hundred, and are all answered at once.
      const size = input.MaxRecords ?? (AlarmNames ? Number.POSITIVE_INFINITY : LARGEST_PAGE);
      const page = pageOf(found, ({ alarm }) => alarm.name, size, input.NextToken);
      if (!page.ok) return err({ code: 'InvalidNextToken', message: page.errors.join('; ') });
      const { items, nextToken } = page.value;
      const of = (kind: 'metric' | 'composite') => items.filter(({ alarm }) => alarm.kind === kind).map(describe);
      return ok({
        MetricAlarms: of('metric'),
        CompositeAlarms: of('composite'),
        ...(nextToken !== undefined && { NextToken: nextToken }),
      });
    },
  );

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
