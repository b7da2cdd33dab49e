import { type Execution, isBroken, toError } from './engine/execution';
import { findRollbackTarget, restore } from './engine/rollback';
import { noAlarms, type RulePorts } from './engine/rules/rule';
import { runStage } from './engine/stage-run';
import type { Executors } from './executor';
import type { History, PastRun } from './history';
import type { Plan, PlannedStage } from './plan';
import type { Run } from './run-folder';
import { pipelineVariables } from './variables';

export interface RunOptions {
  /** The execution to run; its folder exists, its journal is new. The caller closes the journal. */
  readonly run: Run;
  /** Makes the execution of a rollback. The engine closes its journal. */
  newRun(): Promise<Run>;
  /** Values for the pipeline's variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** What started this execution, in words for people. */
  readonly trigger: string;
  readonly history: History;
  now(): Date;
  /** What rules of conditions ask of the machine; default: a machine without alarms. */
  readonly rulePorts?: RulePorts;
  /** Names of the stages to run, if not all; they run in the pipeline's order. */
  readonly stages?: readonly string[];
}

export interface PipelineOutcome {
  readonly execution: string;
  readonly status: 'Succeeded' | 'Failed' | 'Stopped';
  readonly reason?: string;
  /** The first stage that failed or was stopped. */
  readonly stage?: string;
  /** Present if that stage asked for a rollback. The execution stays failed, however the rollback ends. */
  readonly rollback?: Rollback;
}

export type Rollback =
  | { readonly target: string; readonly outcome: PipelineOutcome }
  /** There is nothing to go back to, and why. */
  | { readonly target?: undefined; readonly reason: string };

/** The runner itself broke: a defect of this program or of its machine, no verdict on what was run. */
export class RunnerBroke extends Error {
  override readonly name = 'RunnerBroke';
  constructor(
    readonly outcome: PipelineOutcome,
    cause: Error,
  ) {
    super(cause.message, { cause });
  }
}

/**
 * Runs one execution of a pipeline as CodePipeline V2 does: stages in order, equal run orders in parallel, conditions, one automatic
 * retry, automatic rollback. Every step is an event of the journal. When `signal` aborts, running actions end, nothing new starts
 * and the execution is Stopped. Throws RunnerBroke, after the journal has its ends, if an executor or the engine itself broke.
 */
export async function runPlan(
  plan: Plan,
  executors: Executors,
  options: RunOptions,
  signal: AbortSignal,
): Promise<PipelineOutcome> {
  const unknown = options.stages?.filter((name) => !plan.stages.some((stage) => stage.name === name)) ?? [];
  if (unknown.length > 0) throw new RangeError(`pipeline ${plan.pipeline} has no stage ${unknown.join(', ')}`);
  const stages = plan.stages.filter(({ name }) => options.stages?.includes(name) ?? true);
  const variables = pipelineVariables(plan, options.variables);

  const execution = newExecution(plan, executors, options);
  const { trigger } = options;
  start(execution, stages, {
    type: 'STANDARD',
    trigger,
    variables: variables.ok ? variables.value : options.variables,
  });
  if (!variables.ok)
    return end(execution, {
      execution: options.run.execution,
      status: 'Failed',
      reason: variables.errors.join('; '),
    });
  execution.scope.set('variables', variables.value);
  const ended = await runStages(execution, stages, signal);
  if (!ended.rollback) return end(execution, ended.outcome);
  return rollBack(execution, ended.outcome, options, signal);
}

/**
 * Brings a stage back to what an earlier execution had there: a new execution of type ROLLBACK that runs this stage alone with the
 * target's artifacts, source revisions and variables (CodePipeline, RollbackStage). It never asks for a rollback itself.
 */
export async function rollBackStage(
  plan: Plan,
  executors: Executors,
  options: Pick<RunOptions, 'run' | 'trigger' | 'now' | 'rulePorts'> & {
    readonly stage: string;
    readonly target: PastRun;
  },
  signal: AbortSignal,
): Promise<PipelineOutcome> {
  const { target } = options;
  const stages = plan.stages.filter(({ name }) => name === options.stage);
  const execution = newExecution(plan, executors, options);
  const { variables } = target.state;
  start(execution, stages, {
    type: 'ROLLBACK',
    trigger: options.trigger,
    variables,
    target: target.execution,
  });
  execution.scope.set('variables', variables);
  try {
    await restore(execution, target);
  } catch (cause) {
    execution.broken.push(toError(cause));
  }
  const { outcome } = await runStages(execution, stages, signal);
  return end(execution, outcome);
}

async function rollBack(
  execution: Execution,
  failure: PipelineOutcome,
  options: RunOptions,
  signal: AbortSignal,
): Promise<PipelineOutcome> {
  const { plan, executors } = execution;
  const { stage = '', reason = '' } = failure;
  const found = await findRollbackTarget(plan, stage, options.history).catch((cause) => {
    execution.broken.push(toError(cause));
    return undefined;
  });
  if (found === undefined) return end(execution, failure);
  if (!found.ok) {
    const why = [...found.errors, ...restoredBy(plan, stage)].join('; ');
    execution.emit({ kind: 'rollback-requested', stage, reason: why });
    return end(execution, { ...failure, rollback: { reason: why } });
  }
  const target = found.value;
  execution.emit({ kind: 'rollback-requested', stage, target: target.execution, reason });
  await end(execution, failure);

  const run = await options.newRun();
  const trigger = `rollback of stage ${stage} after execution ${failure.execution} failed in it`;
  try {
    const outcome = await rollBackStage(plan, executors, { ...options, run, trigger, stage, target }, signal);
    return { ...failure, rollback: { target: target.execution, outcome } };
  } catch (cause) {
    if (!(cause instanceof RunnerBroke)) throw cause;
    throw new RunnerBroke({ ...failure, rollback: { target: target.execution, outcome: cause.outcome } }, cause);
  } finally {
    await run.journal.close();
  }
}

/** That there is no execution to go back to does not mean that nothing has been brought back. */
function restoredBy({ stages }: Plan, name: string): string[] {
  const rules = stages.find((stage) => stage.name === name)?.onFailure?.condition?.rules ?? [];
  return rules.length === 0 ? [] : [`${rules.map((rule) => rule.name).join(', ')} has succeeded all the same`];
}

/** Runs the stages in order until one fails or is stopped. */
async function runStages(
  execution: Execution,
  stages: readonly PlannedStage[],
  signal: AbortSignal,
): Promise<{ readonly outcome: PipelineOutcome; readonly rollback: boolean }> {
  const id = execution.run.execution;
  for (const stage of stages) {
    if (isBroken(execution)) break;
    if (signal.aborted)
      return { outcome: { execution: id, status: 'Stopped', reason: 'stopped', stage: stage.name }, rollback: false };
    const { status, reason, rollback = false } = await runStage(execution, stage, signal);
    if (status === 'Succeeded' || status === 'Skipped') continue;
    const outcome = { execution: id, status, stage: stage.name, reason: `stage ${stage.name}: ${reason ?? status}` };
    return { outcome, rollback };
  }
  return { outcome: { execution: id, status: 'Succeeded' }, rollback: false };
}

function newExecution(
  plan: Plan,
  executors: Executors,
  { run, now, rulePorts = noAlarms }: Pick<RunOptions, 'run' | 'now' | 'rulePorts'>,
): Execution {
  return {
    plan,
    executors,
    run,
    rulePorts,
    emit: (body) => run.journal.append({ time: now().toISOString(), execution: run.execution, ...body }),
    scope: new Map([['codepipeline', { PipelineExecutionId: run.execution }]]),
    artifacts: new Map(),
    revisions: new Map(),
    broken: [],
  };
}

function start(
  execution: Execution,
  stages: readonly PlannedStage[],
  how: {
    readonly type: 'STANDARD' | 'ROLLBACK';
    readonly trigger: string;
    readonly variables: Readonly<Record<string, string>>;
    readonly target?: string;
  },
): void {
  const { pipeline, structure } = execution.plan;
  const named = stages.map(({ name, actions }) => ({ name, actions: actions.map((action) => action.id) }));
  execution.emit({ kind: 'pipeline-started', pipeline, structure, stages: named, ...how });
}

/** Writes the execution's end and waits until the journal is on the disk. Throws RunnerBroke if the runner broke. */
async function end(execution: Execution, outcome: PipelineOutcome): Promise<PipelineOutcome> {
  const broken = isBroken(execution);
  const [cause] = execution.broken;
  const final: PipelineOutcome =
    broken && outcome.status === 'Succeeded'
      ? { ...outcome, status: 'Failed', reason: `the runner broke: ${cause?.message}` }
      : outcome;
  const { status, reason } = final;
  execution.emit({ kind: 'pipeline-ended', status, ...(reason !== undefined && { reason }) });
  await execution.run.journal.flush();
  if (isBroken(execution)) throw new RunnerBroke(final, execution.broken[0] as Error);
  return final;
}
