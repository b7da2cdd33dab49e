import { ok, type Result } from '../../result';
import type { PipelineOutcome } from '../engine';
import type { Event } from '../event';
import type { Plan } from '../plan';
import { refused } from './errors';
import type {
  ApprovalResult,
  ExecutionView,
  HostError,
  PipelineHost,
  PipelineView,
  RetryRequest,
  StartRequest,
} from './host';
import type { Ledger } from './ledger';
import { actionsFrom, checkOverride, checkRetry, checkRollback, checkStart, checkStop, isUnfinished } from './requests';
import { Runner, type RunnerOptions } from './runner';
import type { Tracked } from './tracked';

type Started = Result<{ readonly execution: string }, HostError>;

/** A pipeline with its executions (see PipelineHost). */
export class Host implements PipelineHost {
  readonly plan: Plan;
  readonly #runner: Runner;
  readonly #answered = new Set<string>();

  constructor(
    private readonly options: RunnerOptions,
    private readonly ledger: Ledger,
    past: readonly Tracked[],
  ) {
    this.plan = options.plan;
    this.#runner = new Runner(options, ledger, past);
  }

  async start(request: StartRequest): Promise<Started> {
    const known = request.token === undefined ? undefined : this.#runner.tokens.get(request.token);
    if (known !== undefined) return ok({ execution: known });
    const checked = checkStart(this.plan, request, this.#runner.inProgress());
    if (!checked.ok) return checked;
    const stages = this.plan.stages.filter(({ name }) => request.stages?.includes(name) ?? true);
    const { trigger, token, sourceRevisions } = request;
    const begun = this.#runner.begin(this.options.newId(), stages, {
      type: 'STANDARD',
      trigger: trigger.detail,
      triggerType: trigger.type,
      ...(token !== undefined && { token }),
      ...(sourceRevisions?.length && { sourceRevisions }),
      variables: checked.value.variables,
    });
    return ok({ execution: begun.id });
  }

  stop(request: { readonly execution: string; readonly abandon: boolean; readonly reason?: string }) {
    const tracked = this.#runner.executions.get(request.execution);
    const checked = checkStop(this.plan, tracked, request);
    if (!checked.ok) return checked;
    const live = checked.value;
    const { abandon, reason } = request;
    live.execution.emit({ kind: 'pipeline-stopping', abandon, ...(reason !== undefined && { reason }) });
    this.#runner.gate.turnAway(request.execution, reason ?? 'stopped');
    if (abandon) live.controller.abort();
    return ok(undefined);
  }

  async retryStage(request: RetryRequest): Promise<Started> {
    const tracked = this.#runner.executions.get(request.execution);
    if (tracked?.live && !isUnfinished(tracked.brief.status)) await tracked.outcome?.catch(() => {});
    const checked = checkRetry(this.plan, tracked, request, this.#runner.gate, this.#runner.inProgress());
    if (!checked.ok) return checked;
    const { stage, mode } = request;
    const { live } = checked.value;
    if (live !== undefined) {
      live.execution.emit({ kind: 'pipeline-resumed', stage, mode });
      return ok({ execution: request.execution });
    }
    const again = actionsFrom(this.plan, request);
    this.#runner.goOn(checked.value, stage, {
      kind: 'pipeline-resumed',
      stage,
      mode,
      ...(again.length > 0 && { again }),
    });
    return ok({ execution: request.execution });
  }

  overrideCondition(request: Parameters<PipelineHost['overrideCondition']>[0]): Result<void, HostError> {
    const tracked = this.#runner.executions.get(request.execution);
    const checked = checkOverride(this.plan, tracked, request, this.#runner.gate, this.#runner.inProgress());
    if (!checked.ok) return checked;
    const hook = request.type === 'BEFORE_ENTRY' ? 'beforeEntry' : 'onSuccess';
    this.#runner.goOn(checked.value, request.stage, { kind: 'condition-overridden', stage: request.stage, hook });
    return ok(undefined);
  }

  async rollbackStage({ stage, target }: { readonly stage: string; readonly target: string }): Promise<Started> {
    const checked = checkRollback(this.plan, this.#runner.executions.get(target), { stage, target }, this.#runner.gate);
    if (!checked.ok) return checked;
    const begun = this.#runner.rollBack(this.options.newId(), stage, checked.value, undefined, {
      type: 'ManualRollback',
      detail: `rollback of stage ${stage} to execution ${target}`,
    });
    return ok({ execution: begun.id });
  }

  setTransition(request: Parameters<PipelineHost['setTransition']>[0]): Result<void, HostError> {
    const { stage, enabled, reason } = request;
    if (!this.plan.stages.some(({ name }) => name === stage))
      return refused('StageNotFoundException', `pipeline ${this.plan.pipeline} has no stage ${stage}`);
    if (reason !== undefined && (reason.length < 1 || reason.length > 300))
      return refused('ValidationException', `the reason must have 1 to 300 characters, it has ${reason.length}`);
    this.ledger.setTransition({ ...request, time: this.#runner.now() });
    this.#runner.gate.setEnabled(stage, enabled);
    return ok(undefined);
  }

  answerApproval(request: ApprovalResult): Result<{ readonly approvedAt: string }, HostError> {
    const { stage, action, token, status, summary, by } = request;
    const planned = this.plan.stages.find(({ name }) => name === stage);
    if (planned === undefined)
      return refused('StageNotFoundException', `pipeline ${this.plan.pipeline} has no stage ${stage}`);
    if (!planned.actions.some(({ name, kind }) => name === action && kind === 'approval'))
      return refused('ActionNotFoundException', `stage ${stage} has no approval action ${action}`);
    if (summary.length > 512)
      return refused('ValidationException', `the summary has ${summary.length} characters, at most 512 are allowed`);
    if (this.#answered.has(token))
      return refused('ApprovalAlreadyCompletedException', `${stage}/${action} has been answered already`);
    const id = `${stage}/${action}`;
    for (const { live } of this.#runner.executions.values()) {
      const slot = live?.execution.approvals.get(id);
      if (live === undefined || slot?.token !== token) continue;
      live.execution.approvals.delete(id);
      this.#answered.add(token);
      const approvedAt = live.execution.emit({
        kind: 'approval-answered',
        stage,
        action: id,
        status,
        summary,
        ...(by !== undefined && { by }),
      });
      slot.answer({ status, summary });
      return ok({ approvedAt });
    }
    if (this.#wasAnswered(stage, id, token))
      return refused('ApprovalAlreadyCompletedException', `${id} has been answered already`);
    return refused('InvalidApprovalTokenException', `no approval of ${id} waits for an answer with this token`);
  }

  /** What an earlier process was answered stands in the executions' journals. */
  #wasAnswered(stage: string, action: string, token: string): boolean {
    return [...this.#runner.executions.values()].some(({ state }) =>
      state.stages
        .find(({ name }) => name === stage)
        ?.actions.some(({ id, answer }) => id === action && answer?.token === token),
    );
  }

  view(): PipelineView {
    const { ledger } = this;
    return {
      pipeline: this.plan.pipeline,
      version: ledger.version,
      created: ledger.created,
      updated: ledger.updated,
      stages: this.plan.stages.map(({ name }) => {
        const latest = this.#runner.gate.latest(name);
        return {
          name,
          transition: ledger.transition(name),
          inbound: this.#runner.gate.waiting(name).map((execution) => ({ execution, status: 'InProgress' as const })),
          ...(latest && { latest: { execution: latest.execution, type: latest.type } }),
        };
      }),
    };
  }

  executions(): readonly ExecutionView[] {
    return [...this.#runner.executions.values()].reverse().map((tracked) => tracked.view());
  }

  execution(id: string): ExecutionView | undefined {
    return this.#runner.executions.get(id)?.view();
  }

  subscribe(listener: (event: Event) => void): () => void {
    this.#runner.listeners.add(listener);
    return () => this.#runner.listeners.delete(listener);
  }

  async ended(execution: string): Promise<PipelineOutcome> {
    const tracked = this.#runner.executions.get(execution);
    if (tracked === undefined) throw new RangeError(`pipeline ${this.plan.pipeline} has no execution ${execution}`);
    if (tracked.outcome) return tracked.outcome;
    const { status, reason } = tracked.brief;
    if (status === 'InProgress' || status === 'Stopping')
      throw new RangeError(`execution ${execution} is unfinished and does not run`);
    return { execution, status, ...(reason !== undefined && { reason }) };
  }

  idle(): Promise<void> {
    return this.#runner.idle();
  }

  resume(): Promise<readonly string[]> {
    return this.#runner.resume();
  }

  close(how: 'unfinished' | 'stopped'): Promise<void> {
    return this.#runner.close(how);
  }
}
