import type { DeployResult } from './report';
import { lastLine } from './report';
import type { Check } from './verify/junit';

/** What a deploy does when all goes well. */
const EXPECTED_STEPS = ['Provenance', 'Render', 'Lock', 'Check', 'Roll out', 'Settle', 'Prune'];

/**
 * A result as checks for a report: the steps, those that a deploy did not get to, alarms that nobody was to heed, and where none of
 * them tells that it ended badly, the end. A restore that put the release back did what was asked for: nothing of it has failed.
 */
export function checksOf(result: DeployResult): Check[] {
  const { command, steps, outcome, reason, ignoreAlarms } = result;
  const restored = command === 'restore' && outcome === 'RolledBack';
  const done = steps.map(({ name, status, seconds, detail }): Check => {
    const message = detail === undefined ? {} : { message: detail };
    return { name, status: restored ? 'passed' : status, seconds, ...message };
  });
  const left = command === 'deploy' ? EXPECTED_STEPS.filter((name) => !steps.some((step) => step.name === name)) : [];
  return [
    ...done,
    ...left.map(
      (name): Check => ({ name, status: 'not-run', ...(name === 'Provenance' && steps.length > 0 && UNVERIFIED) }),
    ),
    ...(ignoreAlarms ? [ALARMS_IGNORED] : []),
    ...(restored ? [{ name: lastLine(result), status: 'passed' } as const] : []),
    ...(restored || outcome === 'Verified' || done.some(({ status }) => status === 'failed')
      ? []
      : [{ name: outcome, status: 'failed', message: reason.message } as const]),
  ];
}

const UNVERIFIED = { message: 'nothing says how the image must be signed (--attestations)' };

const ALARMS_IGNORED: Check = {
  name: 'No alarm fires',
  status: 'not-run',
  message: 'alarms were ignored, as was asked for (--ignore-alarms)',
};
