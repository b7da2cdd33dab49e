import type { Kubectl } from './kubectl';
import type { AttestationSource } from './provenance/source';
import type { ReleaseStore } from './release';

/** What the deployer takes from outside. */
export interface Ports {
  readonly kubectl: Kubectl;
  readonly releases: ReleaseStore;
  readonly clock: Clock;
  /** 0 up to 1; for jitter. */
  readonly random: () => number;
  /** For smoke tests. */
  readonly fetch: typeof fetch;
  /** States of alarms by name; rejects when CloudWatch cannot be asked. An alarm that does not exist is absent. */
  readonly alarms: (names: readonly string[]) => Promise<ReadonlyMap<string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'>>;
  /** What is signed about images; absent where nothing of them is verified. */
  readonly attestations?: AttestationSource;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface Clock {
  now(): Date;
  /** Ends after `milliseconds` or as soon as `signal` aborts, and tells which. Never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<'elapsed' | 'aborted'>;
}

/** What people read while it runs. */
export interface Log {
  /** A heading: `Render`, `Check`, `Apply` … */
  step(title: string): void;
  info(line: string): void;
  /** A command line that can be repeated by hand. */
  command(line: string): void;
}
