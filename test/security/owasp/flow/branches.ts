import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Json } from '../../../../lib/cloud/rules/rule';
import { parseApprovalRule } from '../../../../lib/local/git-server/pull-requests';
import type { DeliveryInput } from '../../../../lib/model/delivery-input';
import type { Check } from '../mutants';
import { only, readable, resources, type Templates } from '../templates';

const TEMPLATE = 'Custom::CodeCommitApprovalRuleTemplate';
const ASSOCIATION = `${TEMPLATE}Association`;
const APPROVALS = 2;

export const contributorPolicy = (all: Templates): Json =>
  only(all, 'AWS::IAM::ManagedPolicy', ({ ManagedPolicyName }) =>
    readable(ManagedPolicyName ?? '').includes('-contributor-'),
  ).properties;

const ARN = 'arn:aws:codecommit:eu-west-1:111122223333:visits';

/** What IAM says to a person who has this policy and, beside it, may do everything in CodeCommit. */
async function allows(document: Json, action: string, reference?: string): Promise<boolean> {
  const all = { Effect: 'Allow', Action: 'codecommit:*', Resource: '*' };
  const own = JSON.parse(JSON.stringify(document), (_, value) =>
    value?.['Fn::Join'] ? readable(value).replace(/^.*:codecommit:.*:visits$/, ARN) : value,
  );
  const answer = await runSimulation(
    {
      request: {
        principal: 'arn:aws:iam::111122223333:role/someone',
        action: `codecommit:${action}`,
        resource: { resource: ARN, accountId: '111122223333' },
        contextVariables: reference === undefined ? {} : { 'codecommit:References': `refs/heads/${reference}` },
      },
      identityPolicies: [
        { name: 'contributor', policy: own },
        { name: 'everything', policy: { Version: '2012-10-17', Statement: [all] } },
      ],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}

const ROUND_A_REVIEW = [
  'CreateBranch',
  'CreateCommit',
  'DeleteBranch',
  'DeleteFile',
  'GitPush',
  'MergeBranchesByFastForward',
  'MergeBranchesBySquash',
  'MergeBranchesByThreeWay',
  'PutFile',
];
const LIFTING = [
  'BatchDisassociateApprovalRuleTemplateFromRepositories',
  'DeletePullRequestApprovalRule',
  'DisassociateApprovalRuleTemplateFromRepository',
  'OverridePullRequestApprovalRules',
  'UpdatePullRequestApprovalRuleContent',
];
const MERGES = ['MergePullRequestByFastForward', 'MergePullRequestBySquash', 'MergePullRequestByThreeWay'];

/** The checks of how the branches of a CodeCommit repository change that Slipway makes. */
export function branchChecks({ branches, source }: DeliveryInput): Check<Templates>[] {
  const guarded = Object.values(branches);
  return [
    {
      name: 'two-approvals',
      holds: 'A pull request to a branch that starts a pipeline needs two approvals before CodeCommit merges it.',
      findings: (all) => {
        const made = resources(all, TEMPLATE).map(
          ({ properties }) => JSON.parse(readable(properties.Create)).parameters,
        );
        const pairs = resources(all, ASSOCIATION).map(
          ({ properties }) => JSON.parse(readable(properties.Create)).parameters,
        );
        const mine = made.filter(({ approvalRuleTemplateName: name }) =>
          pairs.some((pair) => pair.approvalRuleTemplateName === name && pair.repositoryName === source.repository),
        );
        return guarded.flatMap((branch) => {
          const needed = mine.map(({ approvalRuleTemplateContent: content }) => {
            const references: string[] = JSON.parse(content).DestinationReferences ?? [];
            const rule = parseApprovalRule('', content, '', '');
            return references.includes(`refs/heads/${branch}`) ? (rule?.needed ?? 0) : 0;
          });
          return Math.max(0, ...needed) >= APPROVALS ? [] : [`${branch} needs ${Math.max(0, ...needed)} approvals`];
        });
      },
    },
    {
      name: 'same-rule-on-update',
      holds: 'A change of the configuration changes the rule to the same content that a new one gets.',
      findings: (all) =>
        resources(all, TEMPLATE).flatMap(({ id, properties }) => {
          const [create, update] = [properties.Create, properties.Update].map((call) =>
            JSON.parse(readable(call ?? '{}')),
          );
          return create.parameters?.approvalRuleTemplateContent === update.parameters?.newRuleContent
            ? []
            : [`${id} is updated to something else`];
        }),
    },
    {
      name: 'no-direct-push',
      holds:
        'Whoever has the policy of contributors changes those branches by pull requests only, whatever else they may.',
      findings: async (all) => {
        const { PolicyDocument: document } = contributorPolicy(all);
        const found: string[] = [];
        for (const branch of guarded)
          for (const action of ROUND_A_REVIEW)
            if (await allows(document, action, branch)) found.push(`${action} changes ${branch}`);
        for (const action of LIFTING) if (await allows(document, action)) found.push(`${action} lifts the rules`);
        return found;
      },
    },
    {
      name: 'work-goes-on',
      holds: 'Contributors push to branches of their own, in the two requests of a push, and merge what is approved.',
      findings: async (all) => {
        const { PolicyDocument: document } = contributorPolicy(all);
        const found: string[] = [];
        for (const action of ['GitPush', 'CreateBranch', 'DeleteBranch'])
          if (!(await allows(document, action, 'feature'))) found.push(`${action} is denied on a branch of one's own`);
        if (!(await allows(document, 'GitPush'))) found.push('the first request of every push is denied');
        for (const branch of guarded)
          for (const action of MERGES)
            if (!(await allows(document, action, branch))) found.push(`${action} to ${branch} is denied`);
        return found;
      },
    },
  ];
}
