import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { appendRecord, readRecords } from '../engine/records';
import type { Plan } from '../plan';
import type { StageView } from './host';

type Record =
  | { readonly kind: 'structure'; readonly time: string; readonly version: number; readonly structure: string }
  | {
      readonly kind: 'transition';
      readonly time: string;
      readonly stage: string;
      readonly enabled: boolean;
      readonly reason?: string;
      readonly by?: string;
    };

/** What a pipeline keeps beside its executions: versions of its structure and its transitions. `pipelines/<name>/journal.jsonl`. */
export class Ledger {
  #version = 0;
  #structure = '';
  #created = '';
  #updated = '';
  readonly #transitions = new Map<string, StageView['transition']>();

  private constructor(private readonly file: string) {}

  /** Reads it, or makes it; a structure that is not the last one becomes the next version, with the transitions that it disables. Throws if it can't be written. */
  static open(stateFolder: string, plan: Plan, now: Date): Ledger {
    const folder = join(stateFolder, 'pipelines', plan.pipeline);
    mkdirSync(folder, { recursive: true });
    const ledger = new Ledger(join(folder, 'journal.jsonl'));
    for (const record of readRecords(ledger.file)) ledger.#take(record as Record);
    if (ledger.#structure === plan.structure) return ledger;
    const time = now.toISOString();
    // The version's record comes last: without it, all of this is done again.
    for (const { stage, reason } of plan.disabledTransitions ?? [])
      ledger.setTransition({ stage, enabled: false, reason, by: 'the template', time });
    ledger.#write({ kind: 'structure', time, version: ledger.#version + 1, structure: plan.structure });
    return ledger;
  }

  get version(): number {
    return this.#version;
  }

  get created(): string {
    return this.#created;
  }

  get updated(): string {
    return this.#updated;
  }

  transition(stage: string): StageView['transition'] {
    return this.#transitions.get(stage) ?? { enabled: true };
  }

  setTransition(change: {
    readonly stage: string;
    readonly enabled: boolean;
    readonly reason?: string;
    readonly by?: string;
    readonly time: string;
  }): void {
    this.#write({ kind: 'transition', ...change });
  }

  #write(record: Record): void {
    appendRecord(this.file, record);
    this.#take(record);
  }

  #take(record: Record): void {
    switch (record.kind) {
      case 'structure':
        this.#version = record.version;
        this.#structure = record.structure;
        this.#created ||= record.time;
        this.#updated = record.time;
        return;
      case 'transition': {
        const { enabled, reason, by, time } = record;
        this.#transitions.set(record.stage, {
          enabled,
          ...(reason !== undefined && { reason }),
          ...(by !== undefined && { by }),
          changed: time,
        });
        return;
      }
    }
  }
}
