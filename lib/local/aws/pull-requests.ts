import { randomUUID } from 'node:crypto';
import type * as cc from '@aws-sdk/client-codecommit';
import { err, ok, type Result } from '../../result';
import type { EventBus } from '../events/bus';
import type { CodeCommitPlace } from '../events/codecommit-events';
import { findCommit } from '../git-server/contents';
import { mergeCommit } from '../git-server/merge';
import {
  isFor,
  type MergeOption,
  type PullRequest,
  type PullRequests,
  parseApprovalRule,
  revisionOf,
  satisfies,
} from '../git-server/pull-requests';
import type { ChangeListener, GitService } from '../git-server/service';
import { pageOf } from './paging';
import { describePullRequest, describeRule, pullRequestEvent } from './pull-request-shapes';
import { type AwsError, type Operation, takes } from './service';

export interface PullRequestContext extends CodeCommitPlace {
  /** Undefined while the repositories are not open; none: there are no repositories. */
  readonly git?: () => GitService | undefined;
  readonly bus?: EventBus;
  readonly requests?: PullRequests;
  /** Approval rule templates of a repository: content as JSON. */
  readonly approvalRules?: (repository: string) => readonly { readonly name: string; readonly content: string }[];
  readonly now: () => Date;
}

type Found = GitService['repositories'][number];

const refused = (code: string, message: string): Result<never, AwsError> => err({ code, message });

/** Pull requests of CodeCommit (CodeCommit API reference); what happens to one is an event on the bus. */
export function pullRequestOperations(context: PullRequestContext): Readonly<Record<string, Operation>> {
  const { requests, now } = context;
  const time = (): string => now().toISOString();

  const repositoryOf = (name = ''): Result<Found, AwsError> => {
    const found = context.git?.()?.find(name);
    return found?.provider === 'codecommit'
      ? ok(found)
      : refused('RepositoryDoesNotExistException', `${name} does not exist`);
  };
  const find = (id = ''): Result<PullRequest, AwsError> => {
    const found = requests?.find(id);
    return found ? ok(found) : refused('PullRequestDoesNotExistException', `There is no pull request ${id}`);
  };
  const findOpen = (id: string | undefined, revision?: string): Result<PullRequest, AwsError> => {
    const found = find(id);
    if (!found.ok) return found;
    if (found.value.status === 'CLOSED')
      return refused('PullRequestAlreadyClosedException', `Pull request ${id} is closed`);
    return revision !== undefined && revision !== found.value.revision
      ? refused('RevisionNotCurrentException', `Pull request ${id} has another revision: ${found.value.revision}`)
      : found;
  };
  const keep = (request: PullRequest): PullRequest => (requests as PullRequests).put({ ...request, updated: time() });
  const tell = async (request: PullRequest, event: string, caller: string, more = {}): Promise<void> => {
    await context.bus?.publish([pullRequestEvent(context, request, event, caller, more)]);
  };

  const merge = (option: MergeOption): Operation =>
    takes<cc.MergePullRequestByThreeWayInput, cc.MergePullRequestByThreeWayOutput>()(
      ['pullRequestId', 'repositoryName', 'sourceCommitId', 'commitMessage', 'authorName', 'email'],
      async ({ pullRequestId, repositoryName, sourceCommitId, commitMessage, authorName, email }, caller) => {
        const found = findOpen(pullRequestId);
        if (!found.ok) return found;
        const repository = repositoryOf(repositoryName);
        if (!repository.ok) return repository;
        const request = found.value;
        if (sourceCommitId !== undefined && sourceCommitId !== request.sourceCommit)
          return refused('TipOfSourceReferenceIsDifferentException', `The source is at ${request.sourceCommit}`);
        if (!request.rules.every((rule) => satisfies(request, rule)))
          return refused(
            'PullRequestApprovalRulesNotSatisfiedException',
            `Approval rules of pull request ${pullRequestId} are not satisfied`,
          );
        const git = context.git?.() as GitService;
        const outcome = await git.change(
          repository.value,
          async (): Promise<Result<string, AwsError>> => {
            const tip = await findCommit(repository.value.git, request.destination);
            if (tip === undefined) return refused('ReferenceDoesNotExistException', `${request.destination} is gone`);
            const made = await mergeCommit(repository.value.git, {
              destination: tip,
              source: request.sourceCommit,
              option,
              message: commitMessage ?? `Merge pull request ${request.id}: ${request.title}`,
              author: { name: authorName ?? caller.arn.split('/').at(-1) ?? '', email: email ?? '' },
            });
            if (!made.ok) return refused('ManualMergeRequiredException', made.errors.join('; '));
            const moved = await repository.value.git.run(['update-ref', request.destination, made.value, tip]);
            return moved.ok ? made : refused('ConcurrentReferenceUpdateException', moved.errors.join('; '));
          },
          { mergeOption: option },
        );
        if (!outcome.ok) return outcome;
        const merged = keep({
          ...request,
          status: 'CLOSED',
          merged: { by: caller.arn, commit: outcome.value, option },
        });
        await tell(merged, 'pullRequestMergeStatusUpdated', caller.arn);
        return ok({ pullRequest: describePullRequest(merged) });
      },
    );

  return {
    CreatePullRequest: takes<cc.CreatePullRequestInput, cc.CreatePullRequestOutput>()(
      ['title', 'description', 'targets', 'clientRequestToken'],
      async ({ title = '', description, targets = [], clientRequestToken }, caller) => {
        const before = requests?.all().find(({ token }) => token !== undefined && token === clientRequestToken);
        if (before) return ok({ pullRequest: describePullRequest(before) });
        const [target, second] = targets;
        if (!target || second) return refused('MultipleRepositoriesInPullRequestException', 'One target is expected');
        const repository = repositoryOf(target.repositoryName);
        if (!repository.ok || !requests)
          return repository.ok ? refused('RepositoryDoesNotExistException', 'No repository is served') : repository;
        const { git, name, defaultBranch } = repository.value;
        const source = fullName(target.sourceReference ?? '');
        const destination = fullName(target.destinationReference ?? defaultBranch);
        const [sourceCommit, destinationCommit] = await Promise.all([
          findCommit(git, source),
          findCommit(git, destination),
        ]);
        if (sourceCommit === undefined || destinationCommit === undefined)
          return refused('ReferenceDoesNotExistException', `${sourceCommit ? destination : source} does not exist`);
        if (source === destination)
          return refused('SourceAndDestinationAreSameException', `${source} is the source and the destination`);
        const base = await git.run(['merge-base', destinationCommit, sourceCommit]);
        const id = requests.nextId();
        const made = keep({
          id,
          title,
          ...(description !== undefined && { description }),
          author: caller.arn,
          status: 'OPEN',
          created: time(),
          updated: time(),
          repository: name,
          source,
          destination,
          sourceCommit,
          destinationCommit,
          mergeBase: base.ok ? base.value.trim() : destinationCommit,
          revision: revisionOf(id, sourceCommit),
          approvals: [],
          rules: (context.approvalRules?.(name) ?? [])
            .filter(({ content }) => isFor(content, destination))
            .flatMap((rule) => parseApprovalRule(rule.name, rule.content, caller.arn, time()) ?? []),
          comments: [],
          ...(clientRequestToken !== undefined && { token: clientRequestToken }),
        });
        await tell(made, 'pullRequestCreated', caller.arn);
        return ok({ pullRequest: describePullRequest(made) });
      },
    ),
    GetPullRequest: takes<cc.GetPullRequestInput, cc.GetPullRequestOutput>()(['pullRequestId'], ({ pullRequestId }) => {
      const found = find(pullRequestId);
      return found.ok ? ok({ pullRequest: describePullRequest(found.value) }) : found;
    }),
    ListPullRequests: takes<cc.ListPullRequestsInput, cc.ListPullRequestsOutput>()(
      ['repositoryName', 'pullRequestStatus', 'authorArn', 'nextToken', 'maxResults'],
      ({ repositoryName, pullRequestStatus, authorArn, nextToken, maxResults }) => {
        const repository = repositoryOf(repositoryName);
        if (!repository.ok) return repository;
        const ids = (requests?.all() ?? [])
          .filter((each) => each.repository === repositoryName)
          .filter((each) => pullRequestStatus === undefined || each.status === pullRequestStatus)
          .filter((each) => authorArn === undefined || each.author === authorArn)
          .map(({ id }) => id)
          .reverse();
        const part = pageOf(ids, (id) => id, maxResults ?? 100, nextToken);
        if (!part.ok) return refused('InvalidContinuationTokenException', part.errors.join('; '));
        const { items, nextToken: next } = part.value;
        return ok({ pullRequestIds: [...items], ...(next !== undefined && { nextToken: next }) });
      },
    ),
    CreatePullRequestApprovalRule: takes<
      cc.CreatePullRequestApprovalRuleInput,
      cc.CreatePullRequestApprovalRuleOutput
    >()(
      ['pullRequestId', 'approvalRuleName', 'approvalRuleContent'],
      async ({ pullRequestId, approvalRuleName = '', approvalRuleContent = '' }, caller) => {
        const found = findOpen(pullRequestId);
        if (!found.ok) return found;
        if (found.value.rules.some(({ name }) => name === approvalRuleName))
          return refused('ApprovalRuleNameAlreadyExistsException', `There is a rule ${approvalRuleName} already`);
        const rule = parseApprovalRule(approvalRuleName, approvalRuleContent, caller.arn, time());
        if (!rule) return refused('InvalidApprovalRuleContentException', 'The content is no approval rule');
        const kept = keep({ ...found.value, rules: [...found.value.rules, rule] });
        await tell(kept, 'pullRequestApprovalRuleCreated', caller.arn, { approvalRuleName });
        return ok({ approvalRule: describeRule(rule) });
      },
    ),
    UpdatePullRequestApprovalState: takes<cc.UpdatePullRequestApprovalStateInput, object>()(
      ['pullRequestId', 'revisionId', 'approvalState'],
      async ({ pullRequestId, revisionId = '', approvalState = 'APPROVE' }, caller) => {
        const found = findOpen(pullRequestId, revisionId);
        if (!found.ok) return found;
        if (found.value.author === caller.arn)
          return refused('PullRequestCannotBeApprovedByAuthorException', 'Authors cannot approve their own request');
        const approval = { user: caller.arn, revision: revisionId, state: approvalState };
        const kept = keep({ ...found.value, approvals: [...found.value.approvals, approval] });
        await tell(kept, 'pullRequestApprovalStateChanged', caller.arn, { approvalStatus: approvalState });
        return ok({});
      },
    ),
    EvaluatePullRequestApprovalRules: takes<
      cc.EvaluatePullRequestApprovalRulesInput,
      cc.EvaluatePullRequestApprovalRulesOutput
    >()(['pullRequestId', 'revisionId'], ({ pullRequestId, revisionId }) => {
      const found = find(pullRequestId);
      if (!found.ok) return found;
      if (revisionId !== found.value.revision)
        return refused('RevisionNotCurrentException', `The revision is ${found.value.revision}`);
      const satisfied = found.value.rules.filter((rule) => satisfies(found.value, rule));
      const open = found.value.rules.filter((rule) => !satisfied.includes(rule));
      return ok({
        evaluation: {
          approved: open.length === 0,
          overridden: false,
          approvalRulesSatisfied: satisfied.map(({ name }) => name),
          approvalRulesNotSatisfied: open.map(({ name }) => name),
        },
      });
    }),
    MergePullRequestByFastForward: merge('FAST_FORWARD_MERGE'),
    MergePullRequestBySquash: merge('SQUASH_MERGE'),
    MergePullRequestByThreeWay: merge('THREE_WAY_MERGE'),
    PostCommentForPullRequest: takes<cc.PostCommentForPullRequestInput, cc.PostCommentForPullRequestOutput>()(
      ['pullRequestId', 'repositoryName', 'beforeCommitId', 'afterCommitId', 'content', 'clientRequestToken'],
      ({ pullRequestId, repositoryName, beforeCommitId, afterCommitId, content = '', clientRequestToken }, caller) => {
        const found = find(pullRequestId);
        if (!found.ok) return found;
        if (content.length > 10_240)
          return refused('CommentContentSizeLimitExceededException', 'A comment has at most 10,240 characters');
        const known = found.value.comments.find(({ token }) => token !== undefined && token === clientRequestToken);
        const comment = known ?? {
          id: randomUUID(),
          content,
          author: caller.arn,
          created: time(),
          ...(clientRequestToken !== undefined && { token: clientRequestToken }),
        };
        if (!known) keep({ ...found.value, comments: [...found.value.comments, comment] });
        return ok({
          repositoryName,
          pullRequestId,
          beforeCommitId,
          afterCommitId,
          comment: {
            commentId: comment.id,
            content: comment.content,
            authorArn: comment.author,
            creationDate: new Date(comment.created),
            lastModifiedDate: new Date(comment.created),
            deleted: false,
          },
        });
      },
    ),
  };
}

const fullName = (reference: string): string => (reference.startsWith('refs/') ? reference : `refs/heads/${reference}`);

/** A push to the source of an open pull request is a new revision of it, whose approvals begin anew. */
export const followSource =
  (context: PullRequestContext): ChangeListener =>
  async (repository, changes) =>
    (context.requests?.all() ?? []).flatMap((request) => {
      const change = changes.find(({ ref }) => ref === request.source);
      if (request.status !== 'OPEN' || request.repository !== repository.name || change?.commit === undefined)
        return [];
      const sourceCommit = change.commit;
      const kept = context.requests?.put({
        ...request,
        sourceCommit,
        revision: revisionOf(request.id, sourceCommit),
        updated: context.now().toISOString(),
      });
      return kept ? [pullRequestEvent(context, kept, 'pullRequestSourceBranchUpdated', kept.author)] : [];
    });
