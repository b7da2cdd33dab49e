import type { OutcomeStatus } from '../deploy/outcome';
import type { Ended } from './deployer';
import type { Stage } from './stage';

/** The version that is deployed and accepted before a drill begins, and the one that the drill deploys. */
export const GOOD = '1.0.0';
export const NEXT = '2.0.0';

export type Family = 'bad-release' | 'not-what-it-seems' | 'cluster-in-the-way' | 'uncertain-verdict';

/** One fault, put in on purpose, and the one way in which a deploy may end. */
export interface Drill {
  readonly number: number;
  /** `image-missing`: what `slipway drill` takes, beside the number. */
  readonly name: string;
  readonly family: Family;
  /** What goes wrong, in one line. */
  readonly summary: string;
  readonly expects: Expected;
  /** Faults of the API server, or a node of one's own: only the embedded cluster has them. The reason, for a real cluster. */
  readonly onlyEmbedded?: string;
  /** It must be alone in its cluster, since its fault meets everybody. */
  readonly alone?: boolean;
  /** Without a good release to begin with. */
  readonly fromNothing?: boolean;
  /** Brings the fault about; gives the end of the deployer that is judged. What else must hold is told to `stage.check`. */
  run(stage: Stage): Promise<Ended>;
}

export interface Expected {
  readonly outcome: OutcomeStatus | readonly OutcomeStatus[];
  /** In the last line that the deployer prints. */
  readonly reason: RegExp;
  /** The version that answers in the end; `nothing`: there is none to answer. */
  readonly serves: string | 'nothing';
  /** `any`: the release itself answers with errors, or nothing serves before it. */
  readonly failedRequests: 0 | 'any';
}

export type DrillStatus = 'PASS' | 'FAIL' | 'NOT RUN';

export interface DrillResult {
  readonly drill: Drill;
  readonly status: DrillStatus;
  /** `RolledBack, exit 10`; absent: it did not run. */
  readonly got?: string;
  /** Last line of the deployer. */
  readonly said?: string;
  /** Why it failed or did not run. */
  readonly complaints: readonly string[];
  readonly seconds: number;
  readonly requests: number;
  readonly failedRequests: number;
  /** What the deployers printed. */
  readonly log: string;
}
