import type { Reason } from '../outcome';
import type { Stop } from '../parts';
import type { Ports } from '../ports';
import { refusedFor } from './stop';

/**
 * An alarm that fires before the release is there says nothing about the release: it would be blamed for it afterwards. `excuse`: why
 * it does not stop this release, which is then a warning; undefined: it does.
 */
export async function firingAlarms(
  names: readonly string[],
  excuse: string | undefined,
  { alarms, log }: Pick<Ports, 'alarms' | 'log'>,
  warn: (message: string) => void,
): Promise<Stop | undefined> {
  if (names.length === 0) return undefined;
  const reasons = await problemsOf(names, alarms);
  if (reasons.length === 0) log.info(`no alarm fires: ${names.join(' ')}`);
  if (excuse === undefined) return refusedFor(reasons.map(withAdvice));
  for (const { object, message } of reasons) warn(`${object}: ${message}; not heeded, since ${excuse}`);
  return undefined;
}

const withAdvice = (reason: Reason): Reason =>
  reason.code === 'AlarmFiring' ? { ...reason, message: `${reason.message}; ${ADVICE}` } : reason;

const ADVICE =
  'find its cause first, or go back to the last known good release; if this release is the fix, let it in by --ignore-alarms (in a pipeline: by its variable IgnoreAlarms)';

async function problemsOf(names: readonly string[], alarms: Ports['alarms']): Promise<Reason[]> {
  let states: Awaited<ReturnType<Ports['alarms']>>;
  try {
    states = await alarms(names);
  } catch (error) {
    const message = `CloudWatch could not be asked whether it fires: ${(error as Error).message}; allow cloudwatch:DescribeAlarms, or deploy again when it answers`;
    return names.map((name) => ({ code: 'AlarmUnknown', object: `Alarm/${name}`, message }));
  }
  return names.flatMap((name): Reason[] => {
    const state = states.get(name);
    const object = `Alarm/${name}`;
    if (state === 'ALARM') {
      return [{ code: 'AlarmFiring', object, message: 'it fires already, before this release' }];
    }
    if (state === undefined) {
      const message = 'there is no such alarm; deploy the monitoring stack, or take its name away';
      return [{ code: 'AlarmUnknown', object, message }];
    }
    return [];
  });
}
