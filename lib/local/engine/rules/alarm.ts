import type { Hook } from '../../event';
import type { CloudWatchAlarmRule } from '../../plan';
import type { AlarmStateValue, RuleContext, RuleOutcome } from './rule';

/** Seconds between two looks at an alarm. AWS names no number. */
const POLL_SECONDS = 15;

const QUIET: readonly AlarmStateValue[] = ['OK', 'INSUFFICIENT_DATA'];
const RINGING: readonly AlarmStateValue[] = ['ALARM'];

/**
 * The states in which a rule succeeds, if AlarmStates does not say: an alarm that does not ring lets a stage in and lets it pass;
 * one that rings is what a condition on failure waits for (CodePipeline, rule-reference-CloudWatchAlarm, stage-conditions).
 */
export const expectedStates = (rule: CloudWatchAlarmRule, hook: Hook): readonly AlarmStateValue[] =>
  rule.states ?? (hook === 'onFailure' ? RINGING : QUIET);

/**
 * CloudWatchAlarm: succeeds as soon as the alarm is in one of the states, the first look included; fails when it was in none of
 * them for as long as WaitTime says.
 */
export async function watchAlarm(
  rule: CloudWatchAlarmRule,
  { hook, ports, signal }: Pick<RuleContext, 'hook' | 'ports' | 'signal'>,
): Promise<RuleOutcome> {
  const states = expectedStates(rule, hook);
  const { clock, clockRate = 1 } = ports;
  const latest = clock.now().getTime() + (rule.waitMinutes * 60_000) / clockRate;
  for (;;) {
    const state = ports.alarmState(rule.alarm);
    if (state === undefined) return { status: 'Errored', reason: `there is no alarm "${rule.alarm}"` };
    const reason = `alarm ${rule.alarm} is ${state}`;
    if (states.includes(state)) return { status: 'Succeeded', reason };
    const left = latest - clock.now().getTime();
    if (left <= 0) {
      const waited = rule.waitMinutes > 0 ? ` after ${rule.waitMinutes} min` : '';
      return { status: 'Failed', reason: `${reason}${waited}, expected ${states.join(' or ')}` };
    }
    const pause = Math.min(left, (POLL_SECONDS * 1000) / clockRate);
    if ((await clock.sleep(pause, signal)) === 'aborted') return { status: 'Abandoned', reason: 'stopped' };
  }
}
