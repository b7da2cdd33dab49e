import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { newAction, reduceAction } from '../../engine/fold-action';
import type { Event } from '../../event';
import { JOURNAL } from '../../history';
import type { ExecutionView, PipelineHost } from '../../pipelines/host';
import type { Plan, PlannedAction } from '../../plan';
import type { ActionState } from '../../run-state';
import { eventOf, JournalTail } from './journal-tail';

/** One start of an action in one execution: what CodePipeline calls an action execution, and CodeBuild a build. */
export interface Attempt {
  readonly pipeline: string;
  readonly view: ExecutionView;
  readonly stage: string;
  /** Name of the action. */
  readonly name: string;
  /** actionExecutionId: the same in every process. */
  readonly id: string;
  /** 1 at the first start. */
  readonly number: number;
  readonly state: ActionState;
  /** Absent: the plan has no such action any more. */
  readonly planned?: PlannedAction;
  /** Identifier in a batch: this is one of the batch's builds (see partsOf). */
  readonly part?: string;
}

/** Whether it is a batch of builds. */
export const isBatch = ({ planned, part }: Pick<Attempt, 'planned' | 'part'>): boolean =>
  planned?.kind === 'codebuild' && planned.batch !== undefined && part === undefined;

/** What the provider calls it: build id, commit id, job id … CodeBuild's is known from the start. */
export function externalIdOf(attempt: Pick<Attempt, 'state' | 'planned' | 'part' | 'id'>): string | undefined {
  const { state, planned, id } = attempt;
  // A batch tells its id in the end; this one it has from the start.
  if (planned?.kind === 'codebuild' && isBatch(attempt)) return `${planned.project.name}:${id}`;
  return state.externalId ?? state.facts['buildId'];
}

/** The attempts of executions, from their journals, which are read as they grow. */
export class Attempts {
  private readonly folds = new Map<string, AttemptFold>();

  /** Of one execution, the newest first. */
  of({ plan }: Pick<PipelineHost, 'plan'>, view: ExecutionView): readonly Attempt[] {
    const fold = this.folds.get(view.folder) ?? new AttemptFold(join(view.folder, JOURNAL));
    this.folds.set(view.folder, fold);
    const starts = fold.read();
    const isOver = !['InProgress', 'Stopping'].includes(view.status);
    return starts
      .map(({ state, number }, index): Attempt => {
        const isLast = !starts.some((other, at) => at > index && other.state.id === state.id);
        // One that was interrupted together with its runner has no end of its own.
        const lost = state.status === 'InProgress' && (!isLast || isOver);
        const planned = plannedAction(plan, state.id);
        return {
          pipeline: plan.pipeline,
          view,
          stage: state.stage,
          name: state.id.slice(state.stage.length + 1),
          id: uuidOf(`${view.execution}/${state.id}/${number}`),
          number,
          state: lost ? { ...state, status: 'Abandoned' } : state,
          ...(planned && { planned }),
        };
      })
      .reverse();
  }

  /** Of all executions of a pipeline, the newest execution first. */
  all(host: PipelineHost): readonly Attempt[] {
    return host.executions().flatMap((view) => this.of(host, view));
  }
}

/** The action, or the rule that runs as one, with this id. */
function plannedAction(plan: Plan, id: string): PlannedAction | undefined {
  const found = plan.stages.flatMap(({ actions }) => actions).find((action) => action.id === id);
  if (found) return found;
  const rules = plan.stages.flatMap(({ beforeEntry, onSuccess, onFailure }) =>
    [beforeEntry, onSuccess, onFailure?.condition].flatMap((condition) => condition?.rules ?? []),
  );
  return rules.flatMap((rule) => ('action' in rule && rule.action.id === id ? [rule.action] : []))[0];
}

interface Start {
  readonly number: number;
  readonly state: ActionState;
}

class AttemptFold {
  private readonly starts: Start[] = [];
  private readonly current = new Map<string, number>();
  private readonly tail: JournalTail;

  constructor(file: string) {
    this.tail = new JournalTail(file);
  }

  /** In the order in which they began. */
  read(): readonly Start[] {
    this.tail.read((line) => {
      const { text } = line;
      // Output is by far the most, and tells nothing of an attempt's state.
      if (text.includes(',"kind":"output",') || !text.includes('"action":')) return;
      const event = eventOf(line);
      if (event) this.add(event);
    });
    return this.starts;
  }

  private add(event: Event): void {
    if (!('action' in event)) return;
    const { stage, action } = event;
    const before = this.starts[this.current.get(action) ?? -1];
    if (event.kind === 'action-started' || !before) {
      const number = (before?.number ?? 0) + 1;
      const state = reduceAction(before?.state ?? newAction(stage, action), event);
      this.current.set(action, this.starts.push({ number, state }) - 1);
      return;
    }
    this.starts[this.current.get(action) as number] = { ...before, state: reduceAction(before.state, event) };
  }
}

/** A UUID that follows from a text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
