import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { type AlarmWatch, watchAlarms } from '../../../lib/local/aws/alarms';
import { MetricStore } from '../../../lib/local/aws/metrics';
import { ALARMS } from './alarm-fixture';
import { type Surroundings, surroundings } from './fixture';
import { Answers } from './model/checked';

const answers = new Answers();
const START = Date.parse('2026-11-21T10:00:00Z');
let now: Date;
let pods: number | undefined;
let watch: AlarmWatch;
let here: Surroundings;
let client: CloudWatchClient;

const clock = { now: () => now, sleep: async () => 'elapsed' as const };
const at = (seconds: number): Date => new Date(START + seconds * 1000);
beforeEach(async () => {
  now = new Date(START);
  pods = 2;
  const metrics = new MetricStore();
  const watched = watchAlarms({
    alarms: ALARMS,
    metrics: metrics.over(async () => pods, clock.now, 60_000),
    clock,
    clockRate: 1,
  });
  if (!watched.ok) throw new Error(watched.errors.join());
  watch = watched.value;
  await watch.sample();
  here = await surroundings({ alarms: watch, metrics });
  client = answers.check('monitoring', new CloudWatchClient(here.client()));
});
afterEach(() => here.close());

const stateOf = async (name: string) => {
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
    new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  );
  return [...MetricAlarms, ...CompositeAlarms].find(({ AlarmName }) => AlarmName === name)?.StateValue;
};
const put = (MetricName: string, datum: object = { Value: 1 }) =>
  client.send(new PutMetricDataCommand({ Namespace: 'Visits', MetricData: [{ MetricName, ...datum }] }));
const metric = (MetricName: string, Dimensions: { Name: string; Value: string }[] = []) => ({
  Namespace: 'Visits',
  MetricName,
  Dimensions,
});
const range = { StartTime: at(0), EndTime: at(600) };

describe('SetAlarmState', () => {
  it('gives an alarm a state at once, and what depends on it, until its period is over', async () => {
    expect(await stateOf('visits-dev-gone')).toBe('OK');
    const set = { AlarmName: 'visits-dev-gone', StateValue: 'ALARM', StateReason: 'a trial' } as const;
    await client.send(new SetAlarmStateCommand(set));
    expect(await stateOf('visits-dev-gone')).toBe('ALARM');
    expect(await stateOf('visits-dev')).toBe('ALARM');
    now = at(59);
    await watch.sample();
    expect(await stateOf('visits-dev-gone')).toBe('ALARM');
    now = at(60);
    await watch.sample();
    expect(await stateOf('visits-dev-gone')).toBe('OK');
    expect(await stateOf('visits-dev')).toBe('OK');
  });

  it('is told in the history', async () => {
    await client.send(
      new SetAlarmStateCommand({ AlarmName: 'visits-dev-gone', StateValue: 'ALARM', StateReason: 'a trial' }),
    );
    const history = async (input: object) =>
      (await client.send(new DescribeAlarmHistoryCommand(input))).AlarmHistoryItems?.map(
        ({ HistorySummary }) => HistorySummary,
      );
    const [first, second] = ['Alarm updated from OK to ALARM', 'Alarm updated from INSUFFICIENT_DATA to OK'];
    expect(await history({ AlarmName: 'visits-dev-gone' })).toEqual([first, second]);
    expect(await history({ ScanBy: 'TimestampAscending' })).toEqual([second, first]);
    expect(await history({ AlarmTypes: ['CompositeAlarm'], MaxRecords: 1 })).toEqual([first]);
    expect(await history({ HistoryItemType: 'Action' })).toEqual([]);
  });

  it('refuses an alarm that is not there', async () => {
    const set = new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: 'r' });
    await expect(client.send(set)).rejects.toThrow('There is no alarm none');
  });
});

describe('metrics', () => {
  it('that were put are listed by namespace, name and dimensions', async () => {
    await put('Errors', { Value: 1, Dimensions: [{ Name: 'Stage', Value: 'dev' }] });
    await put('Errors', { Value: 1 });
    const list = async (input: object) => (await client.send(new ListMetricsCommand(input))).Metrics;
    expect(await list({ Namespace: 'Visits', Dimensions: [{ Name: 'Stage' }] })).toEqual([
      metric('Errors', [{ Name: 'Stage', Value: 'dev' }]),
    ]);
    expect(await list({ MetricName: 'Errors' })).toHaveLength(2);
    expect(await list({ Namespace: 'ContainerInsights' })).toMatchObject([
      { MetricName: 'service_number_of_running_pods' },
    ]);
  });

  it('are summed up by period', async () => {
    for (const [seconds, Value] of [
      [5, 1],
      [10, 3],
      [70, 10],
      [700, 99],
    ] as const)
      await put('Errors', { Value, Timestamp: at(seconds) });
    await put('Errors', { Values: [2, 4], Counts: [1, 2], Timestamp: at(130) });
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        ...metric('Errors'),
        ...range,
        Period: 60,
        Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'],
      }),
    );
    expect(Datapoints).toMatchObject([
      { Timestamp: at(0), Sum: 4, Average: 2, Minimum: 1, Maximum: 3, SampleCount: 2 },
      { Timestamp: at(60), Sum: 10 },
      { Timestamp: at(120), Sum: 10, SampleCount: 3 },
    ]);
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        ...range,
        MetricDataQueries: [
          { Id: 'sum', MetricStat: { Metric: metric('Errors'), Period: 60, Stat: 'Sum' } },
          { Id: 'p50', MetricStat: { Metric: metric('Errors'), Period: 300, Stat: 'p50' }, Label: 'median' },
          { Id: 'none', MetricStat: { Metric: metric('None'), Period: 60, Stat: 'Sum' } },
        ],
      }),
    );
    expect(MetricDataResults).toMatchObject([
      { Id: 'sum', Timestamps: [at(120), at(60), at(0)], Values: [10, 10, 4], StatusCode: 'Complete' },
      { Id: 'p50', Label: 'median', Values: [3] },
      { Id: 'none', Timestamps: [], Values: [] },
    ]);
  });

  it('are kept whole in statistic sets', async () => {
    const StatisticValues = { SampleCount: 1_000_000_000, Sum: 2_000_000_000, Minimum: 1, Maximum: 3 };
    await put('Many', { StatisticValues, Timestamp: at(1) });
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        ...metric('Many'),
        ...range,
        Period: 60,
        Statistics: ['Average', 'Maximum'],
        ExtendedStatistics: undefined,
      }),
    );
    expect(Datapoints).toMatchObject([{ Average: 2, Maximum: 3 }]);
  });

  it('that somebody puts stand for what an alarm would else sample, as long as they are fresh', async () => {
    const cluster = [{ Name: 'ClusterName', Value: 'delivery' }];
    const gone = { MetricName: 'service_number_of_running_pods', Dimensions: cluster, Value: 0, Timestamp: now };
    await client.send(new PutMetricDataCommand({ Namespace: 'ContainerInsights', MetricData: [gone] }));
    await watch.sample();
    expect(await stateOf('visits-dev')).toBe('ALARM');
  });

  it('come compressed when they are many, as the SDK sends them', async () => {
    const Dimensions = [{ Name: 'Name', Value: 'x'.repeat(200) }];
    const data = Array.from({ length: 100 }, (_, index) => ({ MetricName: `M${index}`, Dimensions, Value: index }));
    await client.send(new PutMetricDataCommand({ Namespace: 'Visits', MetricData: data }));
    const { Metrics = [] } = await client.send(new ListMetricsCommand({ Namespace: 'Visits' }));
    expect(Metrics).toHaveLength(100);
  });

  it.each<[string, object, string]>([
    ['two kinds of value', { Value: 1, Values: [1] }, 'one of Value, Values and StatisticValues must be given'],
    ['no value', {}, 'one of Value, Values and StatisticValues must be given'],
    ['counts of other values', { Values: [1], Counts: [1, 2] }, 'must have the same length'],
  ])('are refused with %s', async (_, datum, message) => {
    await expect(put('Errors', datum)).rejects.toThrow(message);
  });

  it('cannot be reckoned with', async () => {
    const math = new GetMetricDataCommand({ ...range, MetricDataQueries: [{ Id: 'e', Expression: 'SUM(METRICS())' }] });
    await expect(client.send(math)).rejects.toThrow('Expression is not supported');
  });
});
