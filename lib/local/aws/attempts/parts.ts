import type { ActionState } from '../../run-state';
import { type Attempt, isBatch } from './attempts';

const FACT = / buildId$/;

/**
 * The builds of a batch that have begun, each as an attempt of its own: what the batch's events tell with the build's identifier in
 * front. Of a build that is neither seen to fail nor known to have ended, nothing more is said than that it runs.
 */
export function partsOf(attempt: Attempt): readonly Attempt[] {
  if (!isBatch(attempt)) return [];
  const names = Object.keys(attempt.state.facts).flatMap((name) => (FACT.test(name) ? [name.replace(FACT, '')] : []));
  return names.map((part) => ({ ...attempt, part, state: stateOf(attempt.state, part) }));
}

function stateOf(batch: ActionState, part: string): ActionState {
  const { reason: _, externalId: __, ...state } = batch;
  const phases = batch.phases
    .filter(({ phase }) => phase.startsWith(`${part} `))
    .map((each) => ({ ...each, phase: each.phase.slice(part.length + 1) }));
  const failed = phases.find(({ status }) => status === 'FAILED');
  const reports = batch.reports
    .filter(({ name }) => name.startsWith(`${part}/`))
    .map((report) => ({ ...report, name: report.name.slice(part.length + 1) }));
  const last = phases.at(-1);
  return {
    ...state,
    status: failed ? 'Failed' : state.status === 'Failed' && last?.status === 'SUCCEEDED' ? 'Succeeded' : state.status,
    ...(failed && { reason: `${failed.phase}: ${failed.reason ?? ''}` }),
    ...(last?.endedAt !== undefined && state.status !== 'InProgress' && { endedAt: last.endedAt }),
    variables: {},
    artifacts: {},
    phases,
    reports,
    facts: Object.fromEntries(
      Object.entries(batch.facts).flatMap(([name, value]) =>
        name.startsWith(`${part} `) ? [[name.slice(part.length + 1), value]] : [],
      ),
    ),
  };
}
