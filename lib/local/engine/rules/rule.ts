import { type Clock, systemClock } from '../../clock';
import type { Hook } from '../../event';
import type { ActionRule } from '../../plan';
import type { Scope } from '../../variables';

/** What rules ask of the machine. */
export interface RulePorts {
  /** undefined: there is no alarm of this name. */
  alarmState(name: string): AlarmStateValue | undefined;
  readonly clock: Clock;
  /** How many times faster than on AWS the wait for an alarm passes. Default 1. */
  readonly clockRate?: number;
}

/** A machine without alarms: a rule that names one is not judged. */
export const noAlarms: RulePorts = { alarmState: () => undefined, clock: systemClock };

export type AlarmStateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Where the rules of a condition are judged. */
export interface RuleContext {
  readonly hook: Hook;
  readonly scope: Scope;
  readonly ports: RulePorts;
  /** Runs the build, function or commands of a rule, as an action of its stage. */
  run(rule: ActionRule): Promise<{ readonly status: string; readonly reason?: string }>;
  /** Told when a rule begins and when it has ended. */
  onRule?(report: RuleReport): void;
  readonly signal: AbortSignal;
}

export type RuleReport =
  | { readonly kind: 'rule-started'; readonly rule: string; readonly provider: string }
  | {
      readonly kind: 'rule-ended';
      readonly rule: string;
      readonly provider: string;
      readonly status: RuleOutcome['status'];
      readonly reason: string;
    };

/**
 * How a rule ended. `Errored`: it could not be judged (an unresolved reference, an alarm that is not there); CodePipeline shows
 * such a rule as Failed. `Abandoned`: the execution was stopped meanwhile.
 */
export interface RuleOutcome {
  readonly status: 'Succeeded' | 'Failed' | 'Errored' | 'Abandoned';
  /** For people; without the rule's name. */
  readonly reason: string;
}
