/** One thing that a gate objects to in a template. */
export interface Finding {
  /** As the gate spells it. */
  readonly rule: string;
  /** File of the template. */
  readonly template: string;
  /** Logical id; empty: the template as a whole. */
  readonly resource: string;
  readonly message: string;
}

/** A tool that judges templates, given as files. Throws if it could not run; what it objects to is its answer. */
export type Gate = (templates: readonly string[]) => Promise<readonly Finding[]>;
