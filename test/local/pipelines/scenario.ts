import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../lib/local/clock';
import type { Executor, Executors, Outcome } from '../../../lib/local/executor';
import { approvalExecutor } from '../../../lib/local/executors/approval';
import { EMPTY_ZIP } from '../../../lib/local/executors/fake';
import { createPipelineHost, type PipelineHostOptions } from '../../../lib/local/pipelines/create';
import type { PipelineHost } from '../../../lib/local/pipelines/host';
import type { Plan, PlannedAction } from '../../../lib/local/plan';
import type { RunState } from '../../../lib/local/run-state';
import { buildAction, planOf } from '../engine/harness';
import { approval } from './harness';

/**
 * A pipeline with everything: parallel actions, an automatic retry, conditions, an approval, a rollback, an execution that waits
 * behind another. What its actions do depends on nothing but what the journals say, so that a run that was killed and resumed must
 * end as one that was not.
 */
export const scenario: Plan = (() => {
  const rule = (name: string, value: string) =>
    ({ name, provider: 'VariableCheck', variable: '#{Source.CommitId}', operator: 'NE', value }) as const;
  const { stages, ...rest } = planOf({
    Test: {
      actions: [
        { name: 'Unit', namespace: 'Unit', inputs: ['Source'], outputs: ['Package'] },
        { name: 'Lint' },
        { name: 'Flaky', runOrder: 2, inputs: ['Package'] },
      ],
      onFailure: { result: 'RETRY', retryMode: 'FAILED_ACTIONS' },
    },
    Skipped: {
      actions: ['Never'],
      beforeEntry: { result: 'SKIP', rules: [{ ...rule('None', 'x'), operator: 'EQ' }] },
    },
    Deploy: {
      actions: [
        { name: 'Deploy', inputs: ['Package'], environment: { VERSION: '#{Unit.VERSION}' } },
        { name: 'Verify', runOrder: 2 },
      ],
      beforeEntry: { result: 'FAIL', rules: [rule('NotX', 'x'), rule('NotY', 'y')] },
      onSuccess: { result: 'FAIL', rules: [rule('NotZ', 'z')] },
      onFailure: {
        condition: {
          result: 'ROLLBACK',
          rules: [{ name: 'Restore', provider: 'CodeBuild', action: buildAction('Deploy', { name: 'Restore' }) }],
        },
      },
    },
  });
  const signOff = { name: 'SignOff', actions: [approval('SignOff', 'Client')] };
  return { ...rest, stages: [...stages.slice(0, 2), signOff, ...stages.slice(2)] };
})();

/** Who is told of what actions do in the world outside, as it happens. */
export type Effect = (what: string) => void;

/** Opens the pipeline; `act` waits as long as an action takes. */
export async function openScenario(options: {
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly effect: Effect;
  act(signal: AbortSignal): Promise<void>;
  readonly openRun?: PipelineHostOptions['openRun'];
}): Promise<PipelineHost> {
  let host: PipelineHost | undefined;
  const execute: Executor['execute'] = async (action, { execution, workspace }, emit, signal): Promise<Outcome> => {
    options.effect(`begin ${execution} ${action.id}`);
    emit({ kind: 'output', stream: 'stdout', text: `${action.id} runs` });
    await options.act(signal);
    if (signal.aborted) return { status: 'Stopped', reason: 'stopped' };
    const view = host?.execution(execution);
    const outcome = view === undefined ? undefined : verdict(action, view.state);
    if (outcome !== undefined) return outcome;
    const artifacts: Record<string, string> = {};
    for (const name of action.outputs) {
      artifacts[name] = join(workspace, `${name}.zip`);
      writeFileSync(artifacts[name] as string, EMPTY_ZIP);
    }
    const variables: Record<string, string> = action.kind === 'codecommit' ? { CommitId: 'c0ffee' } : { VERSION: '1' };
    return { status: 'Succeeded', variables, artifacts };
  };
  const fake = { execute };
  const executors = new Proxy({ approval: approvalExecutor({ clock: options.clock }) } as unknown as Executors, {
    get: (own, kind) => Reflect.get(own, kind) ?? fake,
  });
  const { stateFolder, clock, newId, openRun } = options;
  host = await createPipelineHost({
    plan: scenario,
    executors,
    rules: { alarmState: () => undefined, clock },
    stateFolder,
    newId,
    ...(openRun && { openRun }),
  });
  return host;
}

/** Flaky fails in the first attempt of its stage; the deploy of the execution `bad` fails, not its rollback. */
function verdict(action: PlannedAction, state: RunState): Outcome | undefined {
  const stage = state.stages.find(({ name }) => name === action.stage);
  if (action.name === 'Flaky' && stage?.attempt === 1) return { status: 'Failed', reason: 'a race' };
  const isBad = state.token === 'bad' && state.type === 'STANDARD';
  if (action.name === 'Verify' && isBad) return { status: 'Failed', reason: 'HTTP 500' };
  return undefined;
}

/** What the world outside wants: three executions, the second one bad, every approval granted. Ends when all is quiet. */
export async function operate(host: PipelineHost): Promise<void> {
  host.subscribe((event) => {
    if (event.kind !== 'approval-requested') return;
    const { stage, action, token = '' } = event;
    queueMicrotask(() =>
      host.answerApproval({ stage, action: action.slice(stage.length + 1), token, status: 'Approved', summary: 'yes' }),
    );
  });
  await host.resume();
  const start = (token: string) => host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' }, token });
  await start('good');
  await host.idle();
  // The disk is full.
  if (host.executions().some(({ status }) => status === 'InProgress')) return;
  await start('bad');
  await start('next');
  await host.idle();
}

/** What must be the same however often the process was killed: all but times, counts of attempts, tokens and output. */
export function essence(host: PipelineHost) {
  const names = new Map(host.executions().map(({ execution, state }) => [execution, state.token ?? state.type]));
  return host
    .executions()
    .map(({ execution, type, status, reason, target, state }) => ({
      name: names.get(execution),
      type,
      status,
      reason,
      target: target && names.get(target),
      stages: state.stages.map(({ name, status: at, attempt, conditions, rollback, actions, retries }) => ({
        name,
        at,
        attempt,
        retries: retries && [retries.automatic, retries.manual],
        conditions: conditions
          .filter((condition) => condition.status !== 'InProgress')
          .map(({ hook, status: judged, rules }) => `${hook} ${judged} ${rules?.map((each) => each.name)}`),
        rollback: rollback && { target: rollback.target && names.get(rollback.target), why: rollback.reason },
        actions: actions.map((action) => ({
          id: action.id,
          at: action.status,
          why: action.reason,
          variables: action.variables,
          artifacts: action.artifacts,
          answer: action.answer?.status,
        })),
      })),
    }))
    .sort((a, b) => (`${a.name}` < `${b.name}` ? -1 : 1));
}
