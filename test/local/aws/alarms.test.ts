import { type AlarmWatchOptions, watchAlarms } from '../../../lib/local/aws/alarms';
import type { MetricQuery } from '../../../lib/local/aws/metrics';
import type { Alarm, CompositeAlarm, MetricAlarm } from '../../../lib/local/template/alarm';

const metric = (name: string, changes: Partial<MetricAlarm> = {}): MetricAlarm => ({
  kind: 'metric',
  name,
  arn: `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`,
  namespace: 'ContainerInsights',
  metricName: name,
  dimensions: [{ name: 'ClusterName', value: 'delivery' }],
  statistic: 'Maximum',
  period: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 0,
  comparisonOperator: 'GreaterThanThreshold',
  treatMissingData: 'missing',
  ...changes,
});

const composite = (name: string, rule: string): CompositeAlarm => ({
  kind: 'composite',
  name,
  arn: `arn:${name}`,
  rule,
});

/** A clock that tests move: each sleep ends when its time has come. */
function handClock() {
  let time = 0;
  const sleepers: { at: number; wake: (how: 'elapsed' | 'aborted') => void }[] = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => new Date(time),
    sleep: (milliseconds: number, signal: AbortSignal) =>
      new Promise<'elapsed' | 'aborted'>((wake) => {
        sleepers.push({ at: time + milliseconds, wake });
        signal.addEventListener('abort', () => wake('aborted'), { once: true });
      }),
    async pass(milliseconds: number) {
      await settle();
      time += milliseconds;
      for (const sleeper of sleepers.splice(0)) {
        if (sleeper.at <= time) sleeper.wake('elapsed');
        else sleepers.push(sleeper);
      }
      await settle();
    },
  };
}

function watch(
  alarms: readonly Alarm[],
  values: Record<string, number | undefined>,
  options: Partial<AlarmWatchOptions> = {},
) {
  const asked: MetricQuery[] = [];
  const clock = handClock();
  const made = watchAlarms({
    alarms,
    metrics: async (query) => {
      asked.push(query);
      return values[query.metricName];
    },
    clock,
    clockRate: 1,
    ...options,
  });
  if (!made.ok) throw new Error(made.errors.join('\n'));
  const states = () => Object.fromEntries(made.value.states().map(({ alarm, state }) => [alarm.name, state]));
  return { watch: made.value, states, asked, clock };
}

describe('alarms', () => {
  it('know nothing before the first sample', () => {
    const { states, watch: made } = watch([metric('a'), composite('c', 'NOT ALARM(a)')], {});
    expect(states()).toEqual({ a: 'INSUFFICIENT_DATA', c: 'INSUFFICIENT_DATA' });
    expect(made.states()[0]?.reason).toBe('Unchecked: Initial alarm creation');
  });

  it('follow their metric, which is asked for by namespace, name and dimensions', async () => {
    const values: Record<string, number | undefined> = { a: 1 };
    const { watch: made, states, asked } = watch([metric('a')], values);
    await made.sample();
    expect(states()).toEqual({ a: 'ALARM' });
    expect(asked).toEqual([
      { namespace: 'ContainerInsights', metricName: 'a', dimensions: { ClusterName: 'delivery' } },
    ]);
    values['a'] = 0;
    await made.sample();
    expect(states()).toEqual({ a: 'OK' });
  });

  it('tell each change of a state, and nothing while it stays, by sample or by hand', async () => {
    const values: Record<string, number | undefined> = { a: 1 };
    const told: string[] = [];
    const onChange: AlarmWatchOptions['onChange'] = (before, now) =>
      told.push(`${now.alarm.name} ${before.state} ${now.state}`);
    const { watch: made } = watch([metric('a'), composite('c', 'ALARM(a)')], values, { onChange });
    await made.sample();
    await made.sample();
    expect(told.splice(0)).toEqual(['a INSUFFICIENT_DATA ALARM', 'c INSUFFICIENT_DATA ALARM']);
    made.set('a', 'OK', 'a trial');
    expect(told).toEqual(['a ALARM OK', 'c ALARM OK']);
  });

  it('tell since when they are as they are', async () => {
    const values: Record<string, number | undefined> = { a: 1 };
    const { watch: made, clock } = watch([metric('a')], values);
    const since = () => made.states()[0]?.since.getTime();
    await clock.pass(10);
    await made.sample();
    await clock.pass(10);
    await made.sample();
    expect(since()).toBe(10);
    values['a'] = 0;
    await made.sample();
    expect(since()).toBe(20);
  });

  it('have no data where the metric cannot be asked for', async () => {
    const metrics = () => Promise.reject(new Error('agent down'));
    const { watch: made, states } = watch([metric('a')], {}, { metrics });
    await made.sample();
    expect(states()).toEqual({ a: 'INSUFFICIENT_DATA' });
  });

  it('make composite alarms, by name and ARN, over one another in any order, with the reasons of the cause', async () => {
    const values: Record<string, number | undefined> = { a: 0, b: 1 };
    const alarms = [
      composite('top', 'ALARM(middle)'),
      composite('middle', `ALARM("a") OR ALARM("${metric('b').arn}")`),
      metric('a'),
      metric('b'),
    ];
    const { watch: made, states } = watch(alarms, values);
    await made.sample();
    expect(states()).toEqual({ top: 'ALARM', middle: 'ALARM', a: 'OK', b: 'ALARM' });
    expect(made.states()[1]?.reason).toMatch(
      /^The rule is true\. b is ALARM: 1 of the last 1 datapoints \[1\] are greater than the threshold \(0\) of b/,
    );
    values['b'] = 0;
    await made.sample();
    expect(states()).toEqual({ top: 'OK', middle: 'OK', a: 'OK', b: 'OK' });
  });

  it('are sampled once a period of their own, as fast as the clock rate says, until the end', async () => {
    const {
      watch: made,
      asked,
      clock,
    } = watch([metric('minute'), metric('slow', { period: 300 })], {}, { clockRate: 60 });
    const abort = new AbortController();
    const running = made.run(abort.signal);
    for (let second = 0; second < 5; second++) await clock.pass(1000);
    const count = (name: string) => asked.filter((query) => query.metricName === name).length;
    expect([count('minute'), count('slow')]).toEqual([6, 2]);
    abort.abort();
    await running;
  });

  it('need several samples where they say so', async () => {
    const { watch: made, states } = watch([metric('a', { evaluationPeriods: 3, datapointsToAlarm: 2 })], { a: 1 });
    await made.sample();
    expect(states()).toEqual({ a: 'INSUFFICIENT_DATA' });
    await made.sample();
    expect(states()).toEqual({ a: 'ALARM' });
  });

  it.each<[string, Alarm[], string]>([
    ['a rule that cannot be read', [composite('c', 'ALARM(')], 'alarm c: alarm rule ALARM(: expected the name or ARN'],
    [
      'a rule of an alarm that is not there',
      [composite('c', 'ALARM(x)')],
      'alarm c: its rule names "x", and there is no such alarm',
    ],
    [
      'rules in a circle',
      [composite('c', 'ALARM(d)'), composite('d', 'ALARM(c)')],
      'its rule depends on itself: c -> d -> c',
    ],
  ])('refuse %s', (_, alarms, expected) => {
    const made = watchAlarms({ alarms, metrics: async () => undefined, clock: handClock(), clockRate: 1 });
    expect(made.ok ? '' : made.errors.join('\n')).toContain(expected);
  });
});
