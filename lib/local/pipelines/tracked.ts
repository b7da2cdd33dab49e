import { join } from 'node:path';
import type { PipelineOutcome } from '../engine';
import type { Execution } from '../engine/execution';
import type { Event } from '../event';
import { JOURNAL } from '../history';
import type { Journal } from '../journal';
import { readJournal } from '../journal';
import type { Plan } from '../plan';
import { RunFold, type RunState } from '../run-state';
import { type Brief, briefOf } from './brief';
import type { ExecutionView } from './host';

/** What there is of an execution while this process takes it through its stages. */
export interface Live {
  readonly execution: Execution;
  readonly fold: RunFold;
  readonly journal: Journal;
  readonly controller: AbortController;
  /** Nothing is written any more: another process is to go on where the journal ends. */
  frozen: boolean;
}

/** An execution of a pipeline, running or of the past. */
export class Tracked {
  live?: Live;
  /** How it ended, its rollback included; rejects with RunnerBroke. Present once it ran in this process. */
  outcome?: Promise<PipelineOutcome>;
  #brief: Brief;
  /** What its journal holds, of one that is unfinished since an earlier process: until it goes on. */
  #unfinished: RunFold | undefined;
  updated: string;

  constructor(
    private readonly plan: Plan,
    readonly id: string,
    readonly folder: string,
    state: RunState,
    updated: string,
    unfinished?: RunFold,
  ) {
    this.#brief = briefOf(state, plan);
    this.updated = updated;
    this.#unfinished = unfinished;
  }

  get brief(): Brief {
    return this.live ? briefOf(this.live.fold.state, this.plan) : this.#brief;
  }

  /** The journal folded; of an execution that does not run it is read anew. Throws if it can't be read. */
  get state(): RunState {
    return (this.live?.fold ?? this.#unfinished ?? this.#read()).state;
  }

  /** The fold of what the journal holds, for the one who goes on with it. */
  recall(): RunFold {
    const fold = this.#unfinished ?? this.#read();
    this.#unfinished = undefined;
    return fold;
  }

  #read(): RunFold {
    const path = join(this.folder, JOURNAL);
    const events = readJournal(path);
    if (!events.ok) throw new Error(events.errors.join('; '));
    const fold = new RunFold();
    for (const event of events.value) fold.add(event);
    return fold;
  }

  heard(event: Event): void {
    this.updated = event.time;
  }

  /** It runs no more in this process. */
  settle(): void {
    if (this.live === undefined) return;
    const { fold, journal } = this.live;
    delete this.live;
    // What could not be written did not happen: it is to happen again.
    this.#brief = briefOf(journal.error === undefined ? fold.state : this.recall().state, this.plan);
  }

  view(): ExecutionView {
    const { structure: _, token: __, stages: ___, rollbacks: ____, order: _____, ...shown } = this.brief;
    const tracked = this;
    return {
      execution: this.id,
      ...shown,
      updated: this.updated,
      folder: this.folder,
      get state() {
        return tracked.state;
      },
    };
  }
}
