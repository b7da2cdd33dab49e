import type { DeploymentWindowRule } from '../../plan';
import { isWithin, parseCron } from './cron';
import type { RuleOutcome } from './rule';
import { parseTimeZone, timeIn } from './time-zone';

/** DeploymentWindow (CodePipeline, rule-reference-DeploymentWindow): succeeds if this minute is one that the expression names. */
export function checkWindow(rule: DeploymentWindowRule, now: Date): RuleOutcome {
  const cron = parseCron(rule.cron);
  const zone = parseTimeZone(rule.timeZone);
  if (!cron.ok || !zone.ok)
    return { status: 'Errored', reason: [cron, zone].flatMap((part) => (part.ok ? [] : part.errors)).join('; ') };
  const time = timeIn(zone.value, now);
  const within = isWithin(cron.value, time);
  const shown = `${time.year}-${two(time.month)}-${two(time.day)} ${two(time.hour)}:${two(time.minute)} ${rule.timeZone}`;
  return {
    status: within ? 'Succeeded' : 'Failed',
    reason: `${shown} is ${within ? 'within' : 'outside'} the window "${rule.cron}"`,
  };
}

const two = (number: number): string => String(number).padStart(2, '0');
