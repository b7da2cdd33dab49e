import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { BranchProtection } from '../model/branch-protection';
import { allow } from './statement';

const READ = [
  'codecommit:BatchGetCommits',
  'codecommit:GetBlob',
  'codecommit:GetBranch',
  'codecommit:GetCommit',
  'codecommit:GetCommitHistory',
  'codecommit:GetDifferences',
  'codecommit:GetFile',
  'codecommit:GetFolder',
  'codecommit:GetReferences',
  'codecommit:GetRepository',
  'codecommit:GetTree',
  'codecommit:GitPull',
  'codecommit:ListBranches',
];

const REVIEW = [
  'codecommit:BatchGetPullRequests',
  'codecommit:CreatePullRequest',
  'codecommit:DescribePullRequestEvents',
  'codecommit:EvaluatePullRequestApprovalRules',
  'codecommit:GetCommentsForPullRequest',
  'codecommit:GetMergeCommit',
  'codecommit:GetMergeConflicts',
  'codecommit:GetMergeOptions',
  'codecommit:GetPullRequest',
  'codecommit:GetPullRequestApprovalStates',
  'codecommit:ListPullRequests',
  'codecommit:PostCommentForPullRequest',
  'codecommit:PostCommentReply',
  'codecommit:UpdatePullRequestApprovalState',
  'codecommit:UpdatePullRequestDescription',
  'codecommit:UpdatePullRequestStatus',
  'codecommit:UpdatePullRequestTitle',
];

/** Merges that the approval rules of a pull request stop. */
const MERGE_REVIEWED = [
  'codecommit:MergePullRequestByFastForward',
  'codecommit:MergePullRequestBySquash',
  'codecommit:MergePullRequestByThreeWay',
];

/** Every other action that changes a branch; all know the condition key codecommit:References. */
const CHANGE_BRANCH = [
  'codecommit:CreateBranch',
  'codecommit:CreateCommit',
  'codecommit:DeleteBranch',
  'codecommit:DeleteFile',
  'codecommit:GitPush',
  'codecommit:MergeBranchesByFastForward',
  'codecommit:MergeBranchesBySquash',
  'codecommit:MergeBranchesByThreeWay',
  'codecommit:PutFile',
];

/** What would take the rules off a repository or off one pull request. */
const LIFT_RULES = [
  'codecommit:BatchDisassociateApprovalRuleTemplateFromRepositories',
  'codecommit:DeletePullRequestApprovalRule',
  'codecommit:DeleteRepository',
  'codecommit:DisassociateApprovalRuleTemplateFromRepository',
  'codecommit:OverridePullRequestApprovalRules',
  'codecommit:UpdatePullRequestApprovalRuleContent',
];

/**
 * For people who work on a service: they push to their own branches, review, and merge what is approved. The denials hold whatever
 * else they are allowed. A push is two requests, and only the second says where to: without the Null condition the first would be
 * denied, and with it every push. Source: CodeCommit user guide, how-to-conditional-branch.
 */
export class ContributorPolicy extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { service, protection }: { service: string; protection: BranchProtection },
  ) {
    super(scope, id);
    const repository = Stack.of(this).formatArn({ service: 'codecommit', resource: protection.repository });
    const deny = (actions: readonly string[], conditions: Record<string, unknown>) =>
      new PolicyStatement({ effect: Effect.DENY, actions: [...actions], resources: [repository], conditions });
    const policy = new ManagedPolicy(this, 'Resource', {
      // IAM is one for all regions; IAM Identity Center knows policies by their names.
      managedPolicyName: `${service}-contributor-${Aws.REGION}`,
      description: `For people who work on ${service}: protected branches change by approved pull requests only`,
      statements: [
        allow([...READ, ...REVIEW, ...MERGE_REVIEWED, ...CHANGE_BRANCH], [repository]),
        deny(CHANGE_BRANCH, {
          StringEqualsIfExists: {
            'codecommit:References': protection.branches.map((branch) => `refs/heads/${branch}`),
          },
          Null: { 'codecommit:References': 'false' },
        }),
        deny(LIFT_RULES, {}),
      ],
    });
    new CfnOutput(this, 'Arn', {
      description: 'Attach it to everyone who works on the service',
      value: policy.managedPolicyArn,
    });
  }
}
