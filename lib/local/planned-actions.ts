import type { EnvironmentVariable, PlannedActionBase } from './plan';

/** Compute/AWS/Commands: shell commands on compute that CodePipeline manages. */
export interface CommandsAction extends PlannedActionBase {
  readonly kind: 'commands';
  /** One line each; may hold `#{namespace.variable}`. */
  readonly commands: readonly string[];
  /** Names of what the commands leave in their environment. */
  readonly outputVariables: readonly string[];
  /** Values may hold `#{namespace.variable}`. */
  readonly environment: readonly EnvironmentVariable[];
  /** Patterns of the output artifact's files; empty where there is none. */
  readonly files: readonly string[];
  readonly computeType: string;
}
