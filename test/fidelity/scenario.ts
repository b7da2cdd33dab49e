/** A row: what one types after `kubectl`, and what must be seen. */
export interface Row {
  /** `{namespace}` and `{image}` are filled in. Words may be quoted. */
  readonly run: string;
  /** Standard input: objects are sent as a List. */
  readonly input?: string | object | readonly object[];
  /** Exit code; default 0. */
  readonly code?: number;
  /** What both streams together must hold. */
  readonly out?: RegExp;
  /** What they must not hold. */
  readonly not?: RegExp;
  /** Repeated until it is so, at most for half a minute. */
  readonly eventually?: true;
}

/** Rows that follow each other, in a namespace of their own. */
export interface Scenario {
  readonly name: string;
  /** It needs pods that run: a cluster with a node that knows the image. */
  readonly pods?: true;
  readonly rows: readonly Row[];
}
