import { err, ok, type Result } from '../result';
import type { Aws } from './aws';
import { type Execution, getExecution, isRunning } from './executions';
import type { OpsError } from './ops-error';
import { pollDelay, type Sleeper } from './poll';
import { getState } from './status';

/** A new execution cannot be read at once everywhere; for so many looks its absence is no error. */
const LOOKS_UNTIL_THERE = 5;
/** So many looks in a row may fail for the network's or for throttling's sake. */
const MOST_FAILURES = 8;

/** Looks at an execution until it has ended, and tells every change of a stage in it. */
export async function waitForEnd(
  aws: Aws,
  pipeline: string,
  id: string,
  options: { readonly clock: Sleeper; readonly signal: AbortSignal; readonly tell: (line: string) => void },
): Promise<Result<Execution, OpsError>> {
  const { clock, signal, tell } = options;
  const told = new Map<string, string>();
  let unchanged = 0;
  let failures = 0;
  for (let look = 0; !signal.aborted; look++) {
    if (look > 0) await clock.sleep(pollDelay(aws.kind, unchanged), signal);
    if (signal.aborted) break;
    const [execution, state] = await Promise.all([getExecution(aws, pipeline, id), getState(aws, pipeline)]);
    unchanged++;
    const [error] = execution.ok ? (state.ok ? [] : state.errors) : execution.errors;
    if (error) {
      const early = error.code === 'PipelineExecutionNotFoundException' && look < LOOKS_UNTIL_THERE;
      const isPassing = error.kind === 'throttled' || (error.kind === 'unreachable' && aws.kind === 'aws');
      if (early || (isPassing && ++failures <= MOST_FAILURES)) continue;
      return err(error);
    }
    if (!execution.ok || !state.ok) continue;
    failures = 0;
    for (const { stageName = '', latestExecution: latest, actionStates = [] } of state.value.stageStates ?? []) {
      if (latest?.pipelineExecutionId !== id) continue;
      const approval = actionStates.find(({ latestExecution: run }) => run?.token && run.status === 'InProgress');
      const now = approval ? `${approval.actionName} waits for approval` : (latest.status ?? '');
      if (told.get(stageName) === now) continue;
      told.set(stageName, now);
      unchanged = 0;
      tell(`${stageName}: ${now}`);
    }
    if (!isRunning(execution.value)) return ok(execution.value);
  }
  return err({ kind: 'stopped', message: `execution ${id} goes on; \`slipway status\` shows how` });
}
