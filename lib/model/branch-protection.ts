import type { PipelineKind } from './pipeline';

/** How the branches that start pipelines change: by pull requests that so many people have approved, and in no other way. */
export interface BranchProtection {
  /** CodeCommit repository. */
  readonly repository: string;
  readonly branches: readonly string[];
  /** Name of the approval rule template, unique in its account and region as the repository's is. */
  readonly ruleName: string;
  /** At least 1. */
  readonly approvals: number;
  /** Whose approvals count: ARNs of users or role sessions, `*` for any text, or `CodeCommitApprovers:<account>:<name>`; none: anyone's. */
  readonly approvers: readonly string[];
}

export interface ProtectedSource {
  readonly source:
    | { readonly provider: 'connection' }
    | {
        readonly provider: 'codecommit';
        readonly repository: string;
        readonly existing: boolean;
        readonly pullRequests: { readonly approvals: number; readonly approvers: readonly string[] };
      };
  readonly branches: Readonly<Record<PipelineKind, string>>;
}

/** For a repository that Slipway makes; the rules of others are their owners'. */
export const branchProtection = ({ source, branches }: ProtectedSource): BranchProtection | undefined =>
  source.provider !== 'codecommit' || source.existing
    ? undefined
    : {
        repository: source.repository,
        branches: [branches.development, branches.production],
        ruleName: `${source.repository.slice(0, MOST - SUFFIX.length)}${SUFFIX}`,
        ...source.pullRequests,
      };

/** CodeCommit API, ApprovalRuleTemplateName: at most 100 characters. */
const MOST = 100;
const SUFFIX = '-protected';
