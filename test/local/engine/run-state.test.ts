import { describe, expect, test } from '@jest/globals';
import type { Event, EventBody } from '../../../lib/local/event';
import { actionsOf, emptyRun, pendingApprovals, reduce, runState, TAIL_LINES } from '../../../lib/local/run-state';

const at = { stage: 'Dev', action: 'Dev/Deploy' } as const;
const event = (body: EventBody, second = 0): Event => ({
  time: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`,
  execution: 'e1',
  ...body,
});
const started = event({
  kind: 'pipeline-started',
  pipeline: 'p',
  structure: 's',
  type: 'STANDARD',
  trigger: 't',
  variables: { A: 'a' },
  stages: [{ name: 'Dev', actions: ['Dev/Deploy', 'Dev/Verify'] }],
});
const folded = (...bodies: EventBody[]) => runState([started, ...bodies.map((body, index) => event(body, index + 1))]);
const deploy = (...bodies: EventBody[]) => actionsOf(folded({ kind: 'action-started', ...at }, ...bodies))[0];

describe('run state', () => {
  test('knows from the start what is to come', () => {
    const state = folded();
    expect(state).toMatchObject({ execution: 'e1', pipeline: 'p', status: 'InProgress', variables: { A: 'a' } });
    expect(actionsOf(state).map(({ id, status }) => `${id} ${status}`)).toEqual([
      'Dev/Deploy Pending',
      'Dev/Verify Pending',
    ]);
  });

  test('has start and end of pipeline, stages and actions', () => {
    const state = folded(
      { kind: 'stage-started', stage: 'Dev' },
      { kind: 'action-started', ...at },
      {
        kind: 'action-ended',
        ...at,
        status: 'Failed',
        reason: 'no',
        variables: { V: '1' },
        artifacts: { P: 'artifacts/P.zip' },
        externalId: 'x',
      },
      { kind: 'stage-ended', stage: 'Dev', status: 'Failed', reason: 'Deploy: no' },
      { kind: 'pipeline-ended', status: 'Failed', reason: 'stage Dev' },
    );
    expect(state).toMatchObject({ status: 'Failed', reason: 'stage Dev', endedAt: '2026-01-01T00:00:05.000Z' });
    expect(state.stages[0]).toMatchObject({
      status: 'Failed',
      startedAt: '2026-01-01T00:00:01.000Z',
      endedAt: '2026-01-01T00:00:04.000Z',
    });
    expect(actionsOf(state)[0]).toMatchObject({
      status: 'Failed',
      reason: 'no',
      startedAt: '2026-01-01T00:00:02.000Z',
      endedAt: '2026-01-01T00:00:03.000Z',
      variables: { V: '1' },
      artifacts: { P: 'artifacts/P.zip' },
      externalId: 'x',
    });
  });

  test(`keeps the last ${TAIL_LINES} lines of output and counts all`, () => {
    const lines = Array.from(
      { length: 100 },
      (_, n): EventBody => ({ kind: 'output', ...at, stream: 'stdout', text: `${n}` }),
    );
    const action = deploy(...lines);
    expect(action?.lines).toBe(100);
    expect(action?.tail.map(({ line }) => Number(line))).toEqual(
      Array.from({ length: TAIL_LINES }, (_, n) => 100 - TAIL_LINES + n),
    );
  });

  test('counts the lines that come at once, and takes the last of them', () => {
    const say = (text: string): EventBody => ({ kind: 'output', ...at, stream: 'stdout', text });
    const numbers = (first: number, count: number): string =>
      Array.from({ length: count }, (_, n) => `${first + n}`).join('\n');
    for (const sizes of [[100], [1, 98, 1], [39, 61], [60, 40], [41, 1, 58]]) {
      let first = 0;
      const events = sizes.map((size) => {
        first += size;
        return say(numbers(first - size, size));
      });
      const action = deploy(...events);
      expect(action?.lines).toBe(100);
      expect(action?.tail.map(({ line }) => Number(line))).toEqual(
        Array.from({ length: TAIL_LINES }, (_, n) => 100 - TAIL_LINES + n),
      );
      // Event by event, as whoever looks at each state has it.
      const single = events.map((body) => event(body)).reduce(reduce, emptyRun);
      expect(actionsOf(single)[0]).toMatchObject({ lines: 100, tail: action?.tail });
    }
    expect(deploy(say(''), say('\n'), say('a\n'))).toMatchObject({
      lines: 5,
      tail: ['', '', '', 'a', ''].map((line) => ({ stream: 'stdout', line })),
    });
  });

  test('has phases, reports and facts', () => {
    const report = { type: 'CODE_COVERAGE', name: 'coverage', lineCoverage: 97 } as const;
    const action = deploy(
      { kind: 'phase-started', ...at, phase: 'BUILD' },
      { kind: 'phase-ended', ...at, phase: 'BUILD', status: 'FAILED', reason: 'exit status 1' },
      { kind: 'phase-started', ...at, phase: 'POST_BUILD' },
      { kind: 'report', ...at, report },
      { kind: 'fact', ...at, name: 'url', value: 'http://127.0.0.1:1' },
      { kind: 'fact', ...at, name: 'url', value: 'http://127.0.0.1:2' },
    );
    expect(action?.phases).toMatchObject([
      { phase: 'BUILD', status: 'FAILED', reason: 'exit status 1', endedAt: '2026-01-01T00:00:03.000Z' },
      { phase: 'POST_BUILD', status: 'IN_PROGRESS' },
    ]);
    expect(action?.reports).toEqual([report]);
    expect(action?.facts).toEqual({ url: 'http://127.0.0.1:2' });
  });

  test('has an approval pending until its action ends', () => {
    const asked: EventBody = {
      kind: 'approval-requested',
      ...at,
      message: 'Ship?',
      expires: '2026-01-02T00:00:00.000Z',
    };
    const waiting = folded({ kind: 'action-started', ...at }, asked);
    expect(pendingApprovals(waiting)).toMatchObject([{ id: 'Dev/Deploy', approval: { message: 'Ship?' } }]);
    const answered = reduce(
      waiting,
      event({ kind: 'action-ended', ...at, status: 'Succeeded', variables: {}, artifacts: {} }),
    );
    expect(pendingApprovals(answered)).toEqual([]);
  });

  test('a second start of a stage keeps what succeeded and forgets the rest', () => {
    const state = folded(
      { kind: 'stage-started', stage: 'Dev' },
      { kind: 'action-started', ...at },
      { kind: 'action-ended', ...at, status: 'Failed', reason: 'no', variables: {}, artifacts: {} },
      { kind: 'action-started', stage: 'Dev', action: 'Dev/Verify' },
      { kind: 'action-ended', stage: 'Dev', action: 'Dev/Verify', status: 'Succeeded', variables: {}, artifacts: {} },
      { kind: 'stage-ended', stage: 'Dev', status: 'Failed', reason: 'no' },
      { kind: 'stage-started', stage: 'Dev' },
    );
    expect(state.stages[0]).toMatchObject({ status: 'InProgress', attempt: 2 });
    expect(state.stages[0]).not.toHaveProperty('reason');
    expect(actionsOf(state).map(({ status }) => status)).toEqual(['Pending', 'Succeeded']);
    expect(actionsOf(state)[0]).not.toHaveProperty('reason');
  });

  test('has notices, conditions and a rollback that was asked for', () => {
    const state = folded(
      { kind: 'notice', level: 'warning', message: 'careful' },
      { kind: 'condition-ended', stage: 'Dev', hook: 'beforeEntry', status: 'Failed', result: 'SKIP', reason: 'r' },
      { kind: 'rollback-requested', stage: 'Dev', target: 'e0', reason: 'bad' },
    );
    expect(state.notices).toMatchObject([{ level: 'warning', message: 'careful' }]);
    expect(state.stages[0]).toMatchObject({
      conditions: [{ hook: 'beforeEntry', result: 'SKIP' }],
      rollback: { target: 'e0', reason: 'bad' },
    });
  });

  test('is never changed in place, and takes events of what it has not heard of', () => {
    const frozen = deepFreeze(folded({ kind: 'action-started', ...at }));
    const next = reduce(
      frozen,
      event({ kind: 'output', stage: 'New', action: 'New/One', stream: 'stdout', text: 'x' }),
    );
    expect(next.stages.map(({ name }) => name)).toEqual(['Dev', 'New']);
    expect(frozen.stages).toHaveLength(1);
    expect(reduce(emptyRun, event({ kind: 'notice', level: 'info', message: 'm' })).status).toBe('NotStarted');
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
