import type { Entrance, Gate } from '../engine/drive';
import { type Execution, stageState } from '../engine/execution';
import type { Plan } from '../plan';

interface Waiter {
  readonly execution: Execution;
  readonly order: number;
  admit(): void;
  turnAway(entrance: Entrance): void;
}

interface Door {
  /** The execution inside; always absent in mode PARALLEL. */
  holder?: string;
  enabled: boolean;
  waiters: Waiter[];
  latest?: { readonly execution: string; readonly type: 'STANDARD' | 'ROLLBACK'; readonly order: number };
}

/**
 * Who may enter which stage (CodePipeline, concepts-how-it-works, execution-modes). QUEUED: one inside, the others in the order of
 * their arrival. SUPERSEDED: one inside, one waiting; a newer arrival takes the place of the one that waits. PARALLEL: everybody. A
 * disabled transition lets nobody in.
 */
export class StageGate implements Gate {
  readonly #doors: ReadonlyMap<string, Door>;
  #order = 0;

  constructor(private readonly plan: Plan) {
    this.#doors = new Map(plan.stages.map(({ name }) => [name, { enabled: true, waiters: [] }]));
  }

  enter(execution: Execution, stage: string, go: (order: number) => void): Promise<Entrance> {
    const door = this.#door(stage);
    const { id } = execution;
    const parallel = this.plan.executionMode === 'PARALLEL';
    const admit = () => {
      if (!parallel) door.holder = id;
      const order = this.next();
      door.latest = { execution: id, type: execution.state().type, order };
      go(order);
    };
    if (door.holder === id) {
      admit();
      return entered;
    }
    const isFree = parallel || door.holder === undefined;
    const { waiting } = stageState(execution, stage);
    if (door.enabled && isFree && door.waiters.length === 0) {
      admit();
      return entered;
    }
    const reason = door.enabled
      ? `execution ${door.holder ?? door.waiters[0]?.execution.id} is in the stage`
      : 'the transition is disabled';
    return new Promise((resolve) => {
      const order = waiting?.order ?? this.next();
      if (waiting === undefined) execution.emit({ kind: 'stage-waiting', stage, order, reason });
      door.waiters.push({
        execution,
        order,
        admit: () => {
          admit();
          resolve({ status: 'Entered' });
        },
        turnAway: resolve,
      });
      door.waiters.sort((a, b) => a.order - b.order);
      if (this.plan.executionMode !== 'SUPERSEDED') return;
      const newest = door.waiters.at(-1) as Waiter;
      const superseded = door.waiters.slice(0, -1);
      door.waiters = [newest];
      for (const waiter of superseded)
        waiter.turnAway({
          status: 'Superseded',
          reason: `superseded by execution ${newest.execution.id} in front of stage ${stage}`,
        });
    });
  }

  leave({ id }: { readonly id: string }, stage: string): void {
    const door = this.#door(stage);
    if (door.holder === id) delete door.holder;
    this.#admitNext(door);
  }

  /** Takes the stage for an execution that does not wait for it: it was inside before, or it takes it over from `from`. */
  take(id: string, stage: string, from?: string): boolean {
    const door = this.#door(stage);
    if (this.plan.executionMode === 'PARALLEL') return true;
    if (door.holder !== undefined && door.holder !== id && door.holder !== from) return false;
    door.holder = id;
    return true;
  }

  /** An execution that waits somewhere waits no longer. */
  turnAway(id: string, reason: string): void {
    for (const door of this.#doors.values()) {
      const waiter = door.waiters.find(({ execution }) => execution.id === id);
      if (waiter === undefined) continue;
      door.waiters = door.waiters.filter((other) => other !== waiter);
      waiter.turnAway({ status: 'Stopped', reason });
    }
  }

  setEnabled(stage: string, enabled: boolean): void {
    const door = this.#door(stage);
    door.enabled = enabled;
    this.#admitNext(door);
  }

  holder(stage: string): string | undefined {
    return this.#door(stage).holder;
  }

  waiting(stage: string): readonly string[] {
    return this.#door(stage).waiters.map(({ execution }) => execution.id);
  }

  latest(stage: string): Door['latest'] {
    return this.#door(stage).latest;
  }

  /** What an earlier process has seen. */
  recall(stage: string, latest: NonNullable<Door['latest']>): void {
    const door = this.#doors.get(stage);
    this.#order = Math.max(this.#order, latest.order);
    if (door !== undefined && latest.order >= (door.latest?.order ?? -1)) door.latest = latest;
  }

  /** Numbers that an earlier process has given. */
  recallOrder(order: number): void {
    this.#order = Math.max(this.#order, order);
  }

  #admitNext(door: Door): void {
    while (door.enabled && door.holder === undefined) {
      const next = door.waiters.shift();
      if (next === undefined) return;
      next.admit();
    }
  }

  /** A number higher than all before. */
  next(): number {
    return ++this.#order;
  }

  #door(stage: string): Door {
    const door = this.#doors.get(stage);
    if (door === undefined) throw new RangeError(`pipeline ${this.plan.pipeline} has no stage ${stage}`);
    return door;
  }
}

const entered: Promise<Entrance> = Promise.resolve({ status: 'Entered' });
