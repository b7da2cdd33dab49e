import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A pull request as CodeCommit keeps it; plain data. Times are ISO 8601. */
export interface PullRequest {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly author: string;
  readonly status: 'OPEN' | 'CLOSED';
  readonly created: string;
  readonly updated: string;
  readonly repository: string;
  /** Full names. */
  readonly source: string;
  readonly destination: string;
  readonly sourceCommit: string;
  readonly destinationCommit: string;
  readonly mergeBase: string;
  readonly revision: string;
  readonly merged?: { readonly by: string; readonly commit: string; readonly option: MergeOption };
  readonly approvals: readonly Approval[];
  readonly rules: readonly ApprovalRule[];
  readonly comments: readonly Comment[];
  /** Of the request that made it. */
  readonly token?: string;
}

export type MergeOption = 'FAST_FORWARD_MERGE' | 'SQUASH_MERGE' | 'THREE_WAY_MERGE';

export interface Approval {
  readonly user: string;
  readonly revision: string;
  readonly state: 'APPROVE' | 'REVOKE';
}

/** CodeCommit user guide, approval rules: so many approvals, of these people if any are named. */
export interface ApprovalRule {
  readonly id: string;
  readonly name: string;
  /** JSON, as it was given. */
  readonly content: string;
  readonly needed: number;
  readonly pool: readonly string[];
  readonly created: string;
  readonly by: string;
}

export interface Comment {
  readonly id: string;
  readonly content: string;
  readonly author: string;
  readonly created: string;
  readonly token?: string;
}

/** Pull requests of all repositories; each change is a line of a file, the last line of an id counts. */
export class PullRequests {
  private readonly known = new Map<string, PullRequest>();

  constructor(private readonly file: string) {
    for (const line of read(file).split('\n').slice(0, -1)) {
      const request = JSON.parse(line) as PullRequest;
      this.known.set(request.id, request);
    }
  }

  all(): readonly PullRequest[] {
    return [...this.known.values()];
  }

  find(id: string): PullRequest | undefined {
    return this.known.get(id);
  }

  nextId(): string {
    return String(this.known.size + 1);
  }

  put(request: PullRequest): PullRequest {
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${JSON.stringify(request)}\n`);
    this.known.set(request.id, request);
    return request;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw cause;
  }
}

/** Changes with each push to the source branch: approvals are of a revision. */
export const revisionOf = (id: string, sourceCommit: string): string =>
  createHash('sha256').update(`${id}\n${sourceCommit}`).digest('hex');

/** Approval rules: APPROVALS of 1 to n people, who may be limited to a pool. Undefined: the content is none. */
export function parseApprovalRule(name: string, content: string, by: string, now: string): ApprovalRule | undefined {
  try {
    const parsed = JSON.parse(content) as {
      Version?: unknown;
      Statements?: { Type?: unknown; NumberOfApprovalsNeeded?: unknown; ApprovalPoolMembers?: unknown }[];
    };
    const [statement, second] = parsed.Statements ?? [];
    const needed = statement?.NumberOfApprovalsNeeded;
    const pool = statement?.ApprovalPoolMembers ?? [];
    if (parsed.Version !== '2018-11-08' || statement?.Type !== 'Approvers' || second !== undefined) return undefined;
    if (typeof needed !== 'number' || !Number.isInteger(needed) || needed < 1) return undefined;
    if (!Array.isArray(pool) || !pool.every((each) => typeof each === 'string')) return undefined;
    return { id: randomUUID(), name, content, needed, pool: pool as string[], created: now, by };
  } catch {
    return undefined;
  }
}

/** Whether an approval rule template speaks of pull requests to this reference; one that names none speaks of all. */
export function isFor(content: string, destination: string): boolean {
  try {
    const { DestinationReferences: references } = JSON.parse(content) as { DestinationReferences?: unknown };
    return references === undefined || (Array.isArray(references) && references.includes(destination));
  } catch {
    return false;
  }
}

/** Whether the approvals of the present revision are enough for a rule. */
export function satisfies({ approvals, revision }: PullRequest, { needed, pool }: ApprovalRule): boolean {
  const latest = new Map(approvals.filter((each) => each.revision === revision).map((each) => [each.user, each.state]));
  const approvers = [...latest].filter(([user, state]) => state === 'APPROVE' && isIn(pool, user));
  return approvers.length >= needed;
}

/** Members are ARNs, `*` for any end; `CodeCommitApprovers:<account>:<name>` stands for a user or a role's session. */
function isIn(pool: readonly string[], user: string): boolean {
  if (pool.length === 0) return true;
  return pool.some((member) => {
    const [, account = '', name = ''] = /^CodeCommitApprovers:(\d+):(.+)$/.exec(member) ?? [];
    const patterns =
      name === '' ? [member] : [`arn:aws:iam::${account}:user/${name}`, `arn:aws:sts::${account}:assumed-role/${name}`];
    return patterns.some((pattern) => {
      const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
      return new RegExp(`^${source}$`).test(user);
    });
  });
}
