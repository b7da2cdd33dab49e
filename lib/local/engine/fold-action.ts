import type { Event } from '../event';
import { countLines, lastLines } from '../output-text';
import type { ActionState } from '../run-state';

export const TAIL_LINES = 40;

export const newAction = (stage: string, id: string): ActionState => ({
  id,
  stage,
  status: 'Pending',
  attempt: 0,
  variables: {},
  artifacts: {},
  phases: [],
  reports: [],
  facts: {},
  tail: [],
  lines: 0,
});

/** An action's state after one more of its events. */
export function reduceAction(action: ActionState, event: Extract<Event, { action: string }>): ActionState {
  switch (event.kind) {
    case 'action-started':
      return {
        ...newAction(action.stage, action.id),
        status: 'InProgress',
        startedAt: event.time,
        attempt: event.attempt ?? action.attempt + 1,
        ...(event.inputs !== undefined && { inputs: event.inputs }),
        // A start without an end before it: the process was killed. What was asked and answered meanwhile still holds.
        ...(action.status === 'InProgress' && action.approval !== undefined && { approval: action.approval }),
        ...(action.status === 'InProgress' && action.answer !== undefined && { answer: action.answer }),
      };
    case 'action-ended': {
      const { approval: _, ...rest } = action;
      return {
        ...rest,
        status: event.status,
        endedAt: event.time,
        ...(event.reason !== undefined && { reason: event.reason }),
        variables: event.variables,
        artifacts: event.artifacts,
        ...(event.externalId !== undefined && { externalId: event.externalId }),
      };
    }
    case 'output': {
      const { stream, text } = event;
      const added = lastLines(text, TAIL_LINES).map((line) => ({ stream, line }));
      return {
        ...action,
        tail: [...action.tail, ...added].slice(-TAIL_LINES),
        lines: action.lines + countLines(text),
      };
    }
    case 'phase-started':
      return {
        ...action,
        phases: [...action.phases, { phase: event.phase, status: 'IN_PROGRESS', startedAt: event.time }],
      };
    case 'phase-ended': {
      const at = action.phases.findLastIndex(({ phase, status }) => phase === event.phase && status === 'IN_PROGRESS');
      const begun = action.phases[at] ?? { phase: event.phase, startedAt: event.time };
      const ended = {
        ...begun,
        status: event.status,
        endedAt: event.time,
        ...(event.reason !== undefined && { reason: event.reason }),
      };
      return { ...action, phases: at < 0 ? [...action.phases, ended] : action.phases.with(at, ended) };
    }
    case 'report':
      return { ...action, reports: [...action.reports, event.report] };
    case 'approval-requested': {
      const { message, link, expires, token } = event;
      const approval = {
        ...(message !== undefined && { message }),
        ...(link !== undefined && { link }),
        expires,
        ...(token !== undefined && { token }),
      };
      return { ...action, approval };
    }
    case 'approval-answered': {
      const { status, summary, by } = event;
      const { approval, ...rest } = action;
      const token = approval?.token;
      const answer = { status, summary, ...(by !== undefined && { by }), ...(token !== undefined && { token }) };
      return { ...rest, answer };
    }
    case 'fact':
      return { ...action, facts: { ...action.facts, [event.name]: event.value } };
    default:
      throw new Error(`unknown kind of event: ${JSON.stringify(event satisfies never)}`);
  }
}
