import { resolve } from 'node:path';
import { err } from '../../result';
import { type PipelineOutcome, RunnerBroke } from '../engine';
import { type Driven, drive } from '../engine/drive';
import { type Execution, isBroken, toError } from '../engine/execution';
import { restoreOwn, restoreTarget } from '../engine/restore';
import type { Event, EventBody, Trigger } from '../event';
import type { Plan, PlannedStage } from '../plan';
import { emptyRun, RunFold } from '../run-state';
import type { PipelineHostOptions } from './create';
import type { Ledger } from './ledger';
import { openLive } from './live';
import { isUnfinished, overtakenBy } from './requests';
import { findTarget, type RollbackRequest } from './rollback-target';
import { StageGate } from './stage-gate';
import { type Live, Tracked } from './tracked';

type Beginning = Pick<
  Extract<Event, { kind: 'pipeline-started' }>,
  'type' | 'trigger' | 'triggerType' | 'token' | 'sourceRevisions' | 'variables' | 'target'
>;

export type RunnerOptions = Required<PipelineHostOptions> & { readonly runs: string };

/** Takes the executions of a pipeline through its stages, and takes up those that an earlier process has left. */
export class Runner {
  readonly plan: Plan;
  readonly gate: StageGate;
  /** Oldest first. */
  readonly executions = new Map<string, Tracked>();
  /** clientRequestToken -> execution. */
  readonly tokens = new Map<string, string>();
  readonly listeners = new Set<(event: Event) => void>();
  readonly #running = new Set<Promise<unknown>>();
  #closing?: 'unfinished' | 'stopped';

  constructor(
    private readonly options: RunnerOptions,
    private readonly ledger: Ledger,
    past: readonly Tracked[],
  ) {
    this.plan = options.plan;
    this.gate = new StageGate(options.plan);
    for (const tracked of past) this.#recall(tracked);
    for (const { name } of this.plan.stages) if (!ledger.transition(name).enabled) this.gate.setEnabled(name, false);
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async resume(): Promise<readonly string[]> {
    const unfinished = [...this.executions.values()].filter(
      ({ live, brief }) => !live && isUnfinished(brief.status) && brief.structure === this.plan.structure,
    );
    const overtaken = new Map(
      unfinished.map((each) => [each, overtakenBy(this.plan, each, this.executions.values(), this.gate)]),
    );
    const all = unfinished.map((tracked) => ({ tracked, live: this.#open(tracked, tracked.recall()) }));
    // Whoever is inside of a stage has it, before anybody comes to wait.
    for (const { tracked, live } of all) {
      const by = overtaken.get(tracked);
      const inside = live.fold.state.stages.find(
        ({ status, next, rollback }) => status === 'InProgress' || next !== undefined || this.#isOwed(rollback),
      );
      if (by !== undefined)
        live.execution.emit({ kind: 'pipeline-stopping', abandon: true, reason: `execution ${by} has gone past it` });
      else if (inside !== undefined) this.gate.take(tracked.id, inside.name);
    }
    // A rollback that is owed takes its stage before whoever waits in front of it.
    const rollbacks = this.#startMissingRollbacks();
    for (const { tracked, live } of [...all].sort((a, b) => waitingOrder(a.live) - waitingOrder(b.live))) {
      if (live.fold.state.stop?.abandon) live.controller.abort();
      this.#run(tracked, live);
    }
    return [...all.map(({ tracked }) => tracked.id), ...rollbacks];
  }

  async close(how: 'unfinished' | 'stopped'): Promise<void> {
    this.#closing = how;
    for (const { live, id } of [...this.executions.values()]) {
      if (live === undefined) continue;
      if (how === 'unfinished') live.frozen = true;
      live.controller.abort();
      this.gate.turnAway(id, 'stopped');
    }
    await this.idle();
  }

  #recall(tracked: Tracked): void {
    const { id, brief } = tracked;
    this.executions.set(id, tracked);
    this.gate.recallOrder(brief.order);
    if (brief.token !== undefined) this.tokens.set(brief.token, id);
    for (const [stage, { status, order, waiting }] of brief.stages) {
      this.gate.recallOrder(waiting ?? 0);
      if (status !== 'Pending') this.gate.recall(stage, { execution: id, type: brief.type, order });
    }
  }

  /** Makes an execution and lets it go. Synchronous up to its arrival at the first stage, so that executions arrive as they were asked for. */
  begin(id: string, stages: readonly PlannedStage[], how: Beginning): Tracked {
    const folder = resolve(this.options.runs, id);
    const tracked = new Tracked(this.plan, id, folder, emptyRun, this.now());
    const live = this.#open(tracked, new RunFold(), stages);
    const { pipeline, structure, executionMode } = this.plan;
    this.executions.set(id, tracked);
    if (how.token !== undefined) this.tokens.set(how.token, id);
    const named = stages.map(({ name, actions }) => ({ name, actions: actions.map((action) => action.id) }));
    const version = this.ledger.version;
    live.execution.emit({
      kind: 'pipeline-started',
      pipeline,
      structure,
      version,
      executionMode,
      order: this.gate.next(),
      stages: named,
      ...how,
    });
    this.#run(tracked, live);
    return tracked;
  }

  /** Opens the journal of an execution, which `fold` has read, to go on with it. Throws if it can't be written. */
  #open(tracked: Tracked, fold: RunFold, stages?: readonly PlannedStage[]): Live {
    const live = openLive(this.options, tracked.id, fold, stages);
    live.journal.subscribe((event) => {
      tracked.heard(event);
      this.#publish(event, live.execution);
    });
    if (this.#closing) live.controller.abort();
    tracked.live = live;
    return live;
  }

  #publish(event: Event, { broken }: Execution): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (cause) {
        this.listeners.delete(listener);
        broken.push(new Error(`a reader of the run's events broke: ${toError(cause).message}`, { cause }));
      }
    }
  }

  goOn(tracked: Tracked, stage: string, event: EventBody): void {
    const live = this.#open(tracked, tracked.recall());
    this.gate.take(tracked.id, stage);
    live.execution.emit(event);
    this.#run(tracked, live);
  }

  #run(tracked: Tracked, live: Live): void {
    const outcome = this.#drive(tracked, live);
    outcome.catch(() => {});
    tracked.outcome = outcome;
    this.#running.add(outcome);
    void outcome.finally(() => this.#running.delete(outcome)).catch(() => {});
  }

  async #drive(tracked: Tracked, live: Live): Promise<PipelineOutcome> {
    const { execution, fold } = live;
    const { variables, target } = fold.state;
    execution.scope.set('variables', variables);
    let driven: Driven;
    try {
      const from = target === undefined ? undefined : this.executions.get(target);
      if (from !== undefined) await restoreTarget(execution, from);
      else if (target !== undefined) throw new Error(`execution ${target}, which is to be brought back, is gone`);
      restoreOwn(execution);
      driven = await drive(execution, this.gate);
    } catch (cause) {
      execution.broken.push(toError(cause));
      driven = { status: 'Failed' };
    }
    return this.#finish(tracked, live, driven);
  }

  /** Writes the end of an execution, has the rollback done that it asks for, and lets the next one into its stage. */
  async #finish(tracked: Tracked, live: Live, driven: Driven): Promise<PipelineOutcome> {
    const { execution, journal } = live;
    const { id } = tracked;
    const { status, reason, stage } = driven;
    let outcome: PipelineOutcome = {
      execution: id,
      status,
      ...(reason !== undefined && { reason }),
      ...(stage !== undefined && { stage }),
    };
    if (isBroken(execution) && status !== 'Stopped' && (status === 'Succeeded' || reason === undefined))
      outcome = { ...outcome, status: 'Failed', reason: `the runner broke: ${execution.broken[0]?.message}` };
    const asked = isBroken(execution) || live.frozen ? undefined : this.#askForRollback(tracked, live, driven);
    execution.emit({
      kind: 'pipeline-ended',
      status: outcome.status,
      ...(outcome.reason !== undefined && { reason: outcome.reason }),
    });
    await journal.flush();
    const broken = isBroken(execution) && !live.frozen;
    const rollback =
      asked?.target === undefined || broken || stage === undefined ? undefined : this.#begunRollback(asked, stage, id);
    // One whose journal says that it is inside keeps its stage: it goes on there, once it can be written again.
    if (driven.inside && stage !== undefined && journal.error === undefined) this.gate.leave(tracked, stage);
    await journal.close();
    tracked.settle();
    if (broken) throw new RunnerBroke(outcome, execution.broken[0] as Error);
    if (asked === undefined) return outcome;
    if (asked.target === undefined) return { ...outcome, rollback: { reason: asked.reason } };
    try {
      const ended = await rollback?.outcome;
      return ended ? { ...outcome, rollback: { target: asked.target, outcome: ended } } : outcome;
    } catch (cause) {
      if (!(cause instanceof RunnerBroke)) throw cause;
      throw new RunnerBroke({ ...outcome, rollback: { target: asked.target, outcome: cause.outcome } }, cause);
    }
  }

  /** What is written of the rollback that a failed stage wants; now, or before this process began. */
  #askForRollback(
    { id }: Tracked,
    { execution }: Live,
    { stage, next, reason = '' }: Driven,
  ): RollbackRequest | undefined {
    if (stage === undefined) return undefined;
    const written = execution.state().stages.find(({ name }) => name === stage)?.rollback;
    if (written !== undefined) return written;
    if (next !== 'ROLLBACK' || this.#closing || execution.state().stop) return undefined;
    const older = [...this.executions.values()].reverse().filter((each) => each.id !== id);
    const found =
      this.plan.executionMode === 'PARALLEL'
        ? err('a pipeline in mode PARALLEL has no rollback')
        : findTarget(this.plan, stage, older);
    const asked: RollbackRequest = found.ok
      ? { target: found.value.id, reason, execution: this.options.newId() }
      : { reason: found.errors.join('; ') };
    const { target, execution: rollback } = asked;
    execution.emit({
      kind: 'rollback-requested',
      stage,
      reason: asked.reason,
      ...(target !== undefined && { target }),
      ...(rollback !== undefined && { rollback }),
    });
    return asked;
  }

  /** The execution that does a requested rollback: begun now, unless it was before. It takes the stage over from the failed one. */
  #begunRollback({ target = '', execution = '' }: RollbackRequest, stage: string, failed: string): Tracked | undefined {
    const begun = this.executions.get(execution);
    const from = this.executions.get(target);
    if (begun !== undefined || from === undefined || this.#closing) return begun;
    return this.rollBack(execution, stage, from, failed, {
      type: 'AutomatedRollback',
      detail: `rollback of stage ${stage} after execution ${failed} failed in it`,
    });
  }

  rollBack(id: string, stage: string, target: Tracked, failed: string | undefined, trigger: Trigger): Tracked {
    this.gate.take(id, stage, failed);
    return this.begin(
      id,
      this.plan.stages.filter(({ name }) => name === stage),
      {
        type: 'ROLLBACK',
        trigger: trigger.detail,
        triggerType: trigger.type,
        variables: target.state.variables,
        target: target.id,
      },
    );
  }

  #isOwed = (rollback: RollbackRequest | undefined): boolean =>
    rollback?.execution !== undefined && !this.executions.has(rollback.execution);

  /** Those that were asked for, and the process was killed before it began them. */
  #startMissingRollbacks(): string[] {
    return [...this.executions.values()].flatMap((failed) => {
      const { live, brief } = failed;
      if (live !== undefined || brief.structure !== this.plan.structure) return [];
      return brief.rollbacks.flatMap(({ stage, target, execution }) =>
        this.executions.has(execution) || this.gate.latest(stage)?.execution !== failed.id
          ? []
          : (this.#begunRollback({ target, execution, reason: '' }, stage, failed.id)?.id ?? []),
      );
    });
  }

  inProgress = (): number => [...this.executions.values()].filter(({ live }) => live !== undefined).length;

  now = (): string => this.options.rules.clock.now().toISOString();
}

const waitingOrder = ({ fold }: Live): number =>
  fold.state.stages.find(({ waiting }) => waiting)?.waiting?.order ?? Number.POSITIVE_INFINITY;
