import type * as cc from '@aws-sdk/client-codecommit';
import { type CodeCommitPlace, repositoryArn } from '../events/codecommit-events';
import type { PullRequest } from '../git-server/pull-requests';

/** `CodeCommit Pull Request State Change` (CodeCommit user guide, monitoring-events). */
export function pullRequestEvent(
  place: CodeCommitPlace,
  request: PullRequest,
  event: string,
  caller: string,
  more: Readonly<Record<string, string>> = {},
) {
  return {
    source: 'aws.codecommit',
    'detail-type': 'CodeCommit Pull Request State Change',
    resources: [repositoryArn(place, request.repository)],
    detail: {
      event,
      pullRequestId: request.id,
      repositoryNames: [request.repository],
      title: request.title,
      ...(request.description !== undefined && { description: request.description }),
      author: request.author,
      callerUserArn: caller,
      pullRequestStatus: request.status === 'OPEN' ? 'Open' : 'Closed',
      isMerged: request.merged ? 'True' : 'False',
      sourceReference: request.source,
      destinationReference: request.destination,
      sourceCommit: request.sourceCommit,
      destinationCommit: request.destinationCommit,
      mergeBase: request.mergeBase,
      revisionId: request.revision,
      creationDate: request.created,
      lastModifiedDate: request.updated,
      ...(request.merged && { mergeOption: request.merged.option }),
      ...more,
    },
  };
}

/** A rule as the API tells it. */
export const describeRule = ({ id, name, content, created, by }: PullRequest['rules'][number]): cc.ApprovalRule => ({
  approvalRuleId: id,
  approvalRuleName: name,
  approvalRuleContent: content,
  creationDate: new Date(created),
  lastModifiedDate: new Date(created),
  lastModifiedUser: by,
});

/** A pull request as the API tells it. */
export function describePullRequest(request: PullRequest): cc.PullRequest {
  const { merged } = request;
  return {
    pullRequestId: request.id,
    title: request.title,
    ...(request.description !== undefined && { description: request.description }),
    lastActivityDate: new Date(request.updated),
    creationDate: new Date(request.created),
    pullRequestStatus: request.status,
    authorArn: request.author,
    pullRequestTargets: [
      {
        repositoryName: request.repository,
        sourceReference: request.source,
        destinationReference: request.destination,
        sourceCommit: request.sourceCommit,
        destinationCommit: request.destinationCommit,
        mergeBase: request.mergeBase,
        mergeMetadata: merged
          ? { isMerged: true, mergedBy: merged.by, mergeCommitId: merged.commit, mergeOption: merged.option }
          : { isMerged: false },
      },
    ],
    revisionId: request.revision,
    approvalRules: request.rules.map(describeRule),
    ...(request.token !== undefined && { clientRequestToken: request.token }),
  };
}
