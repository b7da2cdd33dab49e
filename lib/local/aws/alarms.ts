import { err, ok, type Result } from '../../result';
import type { Clock } from '../clock';
import type { Alarm, CompositeAlarm, MetricAlarm } from '../template/alarm';
import { type AlarmRule, alarmsOf, holds, parseAlarmRule } from './alarm-rule';
import { evaluateMetricAlarm, evaluationRange, type StateValue } from './metric-alarm';
import type { MetricSource } from './metrics';

/** An alarm as DescribeAlarms tells it. */
export interface AlarmState {
  readonly alarm: Alarm;
  readonly state: StateValue;
  readonly reason: string;
  /** When the state last changed. */
  readonly since: Date;
}

export interface AlarmWatchOptions {
  readonly alarms: readonly Alarm[];
  readonly metrics: MetricSource;
  readonly clock: Clock;
  /**
   * How many times faster than the clock CloudWatch's time runs: at 60 a period of a minute is sampled every second. One
   * sample stands for a period, whatever the statistic.
   */
  readonly clockRate: number;
  /** Told of each change of a state. */
  readonly onChange?: (before: AlarmState, now: AlarmState) => void;
}

/** Alarms whose state follows their metrics. */
export interface AlarmWatch {
  /** Every alarm, in the order in which they were given. */
  states(): readonly AlarmState[];
  /** Takes one sample for each metric alarm (of this period in seconds, if given) and evaluates all. */
  sample(period?: number): Promise<void>;
  /** Samples each alarm once a period until the signal aborts; then ends. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * SetAlarmState: gives an alarm a state, which it keeps for one period of its own (a composite alarm for a minute) by the clock,
   * however fast CloudWatch's time runs; then it goes by its metric again. False: there is no such alarm.
   */
  set(name: string, state: StateValue, reason: string): boolean;
  /** Changes of state, the newest first; the last {@link MOST_CHANGES}. */
  history(): readonly AlarmChange[];
}

/** A change of an alarm's state. */
export interface AlarmChange {
  readonly alarm: Alarm;
  readonly at: Date;
  readonly from: StateValue;
  readonly to: StateValue;
  readonly reason: string;
}

export const MOST_CHANGES = 1_000;

const CREATED = 'Unchecked: Initial alarm creation';

/** Puts alarms together. Errors: rules that cannot be read, that name an alarm that is not there, or that go in a circle. */
export function watchAlarms(options: AlarmWatchOptions): Result<AlarmWatch, string> {
  const { alarms, metrics, clock, clockRate } = options;
  const metricAlarms = alarms.filter((alarm) => alarm.kind === 'metric');
  const composites = orderComposites(alarms);
  if (!composites.ok) return composites;
  const byName = new Map(
    alarms.flatMap((alarm) => [[alarm.name, alarm.name] as const, [alarm.arn, alarm.name] as const]),
  );
  const samples = new Map<string, (number | undefined)[]>();
  const states = new Map<string, AlarmState>(
    alarms.map((alarm) => [alarm.name, { alarm, state: 'INSUFFICIENT_DATA', reason: CREATED, since: clock.now() }]),
  );

  const changes: AlarmChange[] = [];
  const change = (alarm: Alarm, state: StateValue, reason: string): void => {
    const before = states.get(alarm.name) as AlarmState;
    const isNew = before.state !== state;
    const now = clock.now();
    const after = { alarm, state, reason, since: isNew ? now : before.since };
    states.set(alarm.name, after);
    if (isNew) options.onChange?.(before, after);
    if (isNew) changes.unshift({ alarm, at: now, from: before.state, to: state, reason });
    if (changes.length > MOST_CHANGES) changes.pop();
  };
  /** Until when an alarm keeps the state that somebody gave it, milliseconds since 1970. */
  const held = new Map<string, number>();
  const set = (alarm: Alarm, state: StateValue, reason: string): void => {
    if ((held.get(alarm.name) ?? 0) <= clock.now().getTime()) change(alarm, state, reason);
  };
  const sampleOne = async (alarm: MetricAlarm): Promise<void> => {
    const dimensions = Object.fromEntries(alarm.dimensions.map(({ name, value }) => [name, value]));
    const query = { namespace: alarm.namespace, metricName: alarm.metricName, dimensions };
    // A metric that cannot be asked for has no data, as when an agent is down.
    const value = await metrics(query).catch(() => undefined);
    const taken = [...(samples.get(alarm.name) ?? []), value].slice(-evaluationRange(alarm));
    samples.set(alarm.name, taken);
    const verdict = evaluateMetricAlarm(alarm, taken);
    if (verdict.state) set(alarm, verdict.state, verdict.reason);
  };
  const judgeComposites = (): void => {
    for (const { alarm, rule } of composites.value) {
      const isAlarm = holds(rule, (name) => states.get(byName.get(name) ?? '')?.state ?? 'INSUFFICIENT_DATA');
      set(alarm, isAlarm ? 'ALARM' : 'OK', reasonOf(rule, states, byName, isAlarm));
    }
  };
  const sample = async (period?: number): Promise<void> => {
    await Promise.all(metricAlarms.filter((alarm) => period === undefined || alarm.period === period).map(sampleOne));
    judgeComposites();
  };
  return ok({
    states: () => [...states.values()],
    history: () => changes,
    set(name, state, reason) {
      const alarm = states.get(name)?.alarm;
      if (!alarm) return false;
      held.set(name, clock.now().getTime() + (alarm.kind === 'metric' ? alarm.period : 60) * 1000);
      change(alarm, state, reason);
      judgeComposites();
      return true;
    },
    sample,
    async run(signal) {
      const periods = [...new Set(metricAlarms.map((alarm) => alarm.period))];
      await Promise.all(
        periods.map(async (period) => {
          do await sample(period);
          while ((await clock.sleep((period * 1000) / clockRate, signal)) === 'elapsed');
        }),
      );
    },
  });
}

/** Tells the children that brought a composite alarm to its state, each with its own reason. */
function reasonOf(
  rule: AlarmRule,
  states: ReadonlyMap<string, AlarmState>,
  byName: ReadonlyMap<string, string>,
  isAlarm: boolean,
): string {
  const children = [...new Set(alarmsOf(rule).map((name) => byName.get(name) ?? name))].flatMap(
    (name) => states.get(name) ?? [],
  );
  const told = children.filter(({ state }) => !isAlarm || state !== 'OK');
  const list = (isAlarm ? told : children).map(
    ({ alarm, state, reason }) => `${alarm.name} is ${state}${isAlarm ? `: ${reason}` : ''}`,
  );
  return `The rule is ${isAlarm ? 'true' : 'false'}. ${list.join('; ')}`.trim();
}

/** Composite alarms with their rules, each after those that it names. */
function orderComposites(
  alarms: readonly Alarm[],
): Result<{ readonly alarm: CompositeAlarm; readonly rule: AlarmRule }[], string> {
  const errors: string[] = [];
  const known = new Map(alarms.flatMap((alarm) => [[alarm.name, alarm] as const, [alarm.arn, alarm] as const]));
  const rules = new Map<string, AlarmRule>();
  for (const alarm of alarms) {
    if (alarm.kind !== 'composite') continue;
    const rule = parseAlarmRule(alarm.rule);
    if (!rule.ok) errors.push(...rule.errors.map((error) => `alarm ${alarm.name}: ${error}`));
    else {
      rules.set(alarm.name, rule.value);
      for (const name of alarmsOf(rule.value))
        if (!known.has(name)) errors.push(`alarm ${alarm.name}: its rule names "${name}", and there is no such alarm`);
    }
  }
  const ordered: { alarm: CompositeAlarm; rule: AlarmRule }[] = [];
  const visit = (alarm: Alarm, above: readonly string[]): void => {
    const rule = rules.get(alarm.name);
    if (alarm.kind !== 'composite' || !rule || ordered.some((each) => each.alarm === alarm)) return;
    if (above.includes(alarm.name)) {
      errors.push(`alarm ${alarm.name}: its rule depends on itself: ${[...above, alarm.name].join(' -> ')}`);
      return;
    }
    for (const name of alarmsOf(rule)) {
      const child = known.get(name);
      if (child) visit(child, [...above, alarm.name]);
    }
    ordered.push({ alarm, rule });
  };
  for (const alarm of alarms) visit(alarm, []);
  return errors.length > 0 ? err(...new Set(errors)) : ok(ordered);
}
