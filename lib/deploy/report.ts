import type { Kubectl } from './kubectl';
import type { ObjectReference } from './objects';
import type { OutcomeStatus, Reason } from './outcome';
import type { Clock, Log } from './ports';

/** How a deploy ended, and why. */
export interface Ending {
  readonly outcome: OutcomeStatus;
  readonly reason: Reason;
}

export interface Step {
  readonly name: string;
  readonly status: 'passed' | 'failed';
  readonly seconds: number;
  readonly detail?: string;
}

/** What a deploy leaves for machines: `result.json`. */
export interface DeployResult extends Ending {
  readonly command: 'deploy' | 'accept' | 'restore' | 'preview';
  readonly service: string;
  readonly environment: string;
  readonly namespace: string;
  readonly version: string;
  readonly digest: string;
  /** Id of the release that was brought up. */
  readonly release?: string;
  /** Id of the release that was the last known good one before. */
  readonly previous?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly kubectlCalls: number;
  readonly steps: readonly Step[];
  readonly applied: readonly ObjectReference[];
  readonly pruned: readonly ObjectReference[];
  readonly warnings: readonly string[];
  /** Whether alarms were to stop nothing. */
  readonly ignoreAlarms: boolean;
}

/** Collects what happens on the way. */
export class Report {
  readonly steps: Step[] = [];
  readonly warnings: string[] = [];
  applied: readonly ObjectReference[] = [];
  pruned: readonly ObjectReference[] = [];
  ignoreAlarms = false;
  release: string | undefined;
  previous: string | undefined;
  readonly startedAt: Date;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.startedAt = clock.now();
  }

  /** Runs a step under its heading. `failure` reads from what it gives why it failed; undefined: it passed. */
  step<T>(name: string, run: () => Promise<T>, failure: (value: T) => string | undefined): Promise<T> {
    this.log.step(name);
    return this.part(name, run, failure);
  }

  /** A part of a step: in the report a line of its own, in the log without a heading. */
  async part<T>(name: string, run: () => Promise<T>, failure: (value: T) => string | undefined): Promise<T> {
    const started = this.clock.now().getTime();
    const value = await run();
    const seconds = (this.clock.now().getTime() - started) / 1000;
    const detail = failure(value);
    this.steps.push({
      name,
      status: detail === undefined ? 'passed' : 'failed',
      seconds,
      ...(detail === undefined ? {} : { detail }),
    });
    return value;
  }

  warn(message: string): void {
    this.warnings.push(message);
    this.log.info(`warning: ${message}`);
  }

  result(
    ending: Ending,
    what: Pick<DeployResult, 'command' | 'service' | 'environment' | 'namespace' | 'version' | 'digest'>,
    kubectl: Kubectl,
  ): DeployResult {
    const { steps, warnings, ignoreAlarms, applied, pruned, release, previous } = this;
    return {
      outcome: ending.outcome,
      reason: ending.reason,
      ...what,
      ...(release === undefined ? {} : { release }),
      ...(previous === undefined ? {} : { previous }),
      startedAt: this.startedAt.toISOString(),
      endedAt: this.clock.now().toISOString(),
      kubectlCalls: kubectl.calls,
      steps,
      applied,
      pruned,
      warnings,
      ignoreAlarms,
    };
  }
}

/** One line: `RolledBack: Pod/web-1: …`. */
export const lastLine = ({ outcome, reason }: Ending): string => `${outcome}: ${sentence(reason)}`;

export const sentence = ({ object, message }: Reason): string =>
  (object === undefined || message.startsWith(object) ? message : `${object}: ${message}`).replace(/\s*\n\s*/g, '; ');
