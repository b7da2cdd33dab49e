import type { Event } from '../event';

/** Getting ready, before there is an execution: tools, synthesis, cluster. */
export type Preparation = {
  readonly kind: 'preparation';
  readonly name: string;
  readonly status: 'started' | 'progress' | 'done' | 'failed';
  readonly detail?: string;
};

/** Shows a run. Reads events and nothing else. */
export interface Reporter {
  prepare(step: Preparation): void;
  event(event: Event): void;
  /** Free text after or between events (the summary, a question's answer). */
  text(block: string): void;
  /** Runs `ask` with the screen quiet, so that a question can be read and answered. */
  quietly<T>(ask: () => Promise<T>): Promise<T>;
  /** Leaves the screen as a program should: cursor visible, nothing half drawn. */
  close(): void;
}
