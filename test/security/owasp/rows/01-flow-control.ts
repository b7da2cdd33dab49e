import type { Json } from '../../../../lib/cloud/rules/rule';
import { configOf } from '../../../cloud/fixtures';
import { branchChecks, contributorPolicy } from '../flow/branches';
import { flowChecks } from '../flow/checks';
import { variablesOf } from '../flow/walk';
import { jobs } from '../jobs';
import { type Mutant, type Row, suite } from '../mutants';
import { add, type Found, only, type Templates, templates } from '../templates';

const input = configOf();
const { development, production } = input.branches;

const pipeline = (all: Templates, name = 'visits-production'): Found =>
  only(all, 'AWS::CodePipeline::Pipeline', ({ Name }) => Name === name);
const stages = (all: Templates): Json[] => pipeline(all).properties.Stages;
const stage = (all: Templates, name: string): Json => stages(all).find(({ Name }) => Name === name);
const action = (all: Templates, stageName: string, name: string): Json =>
  stage(all, stageName).Actions.find(({ Name }: Json) => Name === name);
const drop = (all: Templates, stageName: string, name: string): void => {
  const from = stage(all, stageName);
  from.Actions = from.Actions.filter(({ Name }: Json) => Name !== name);
};
const move = (all: Templates, name: string, to: number): void => {
  const list = stages(all);
  const [moved] = list.splice(list.indexOf(stage(all, name)), 1);
  list.splice(to, 0, moved);
};
const condition = (all: Templates): Json => stage(all, 'Test').BeforeEntry.Conditions[0].Rules[0];
const setVariable = (one: Json, name: string, value: string): void => {
  const variables = { ...variablesOf(one.Configuration), [name]: value };
  one.Configuration.EnvironmentVariables = JSON.stringify(
    Object.entries(variables).map(([key, text]) => ({ name: key, value: text, type: 'PLAINTEXT' })),
  );
};
const skipping = (variable: string): Json => ({
  Conditions: [
    {
      Result: 'SKIP',
      Rules: [
        {
          Name: 'Skip',
          RuleTypeId: { Category: 'Rule', Owner: 'AWS', Provider: 'VariableCheck', Version: '1' },
          Configuration: { Variable: variable, Operator: 'EQ', Value: 'no' },
        },
      ],
    },
  ],
});
const pushRule = (all: Templates): Found =>
  only(all, 'AWS::Events::Rule', ({ Name }) => Name === 'visits-production-push');

const mutant = (
  id: string,
  foundBy: string,
  description: string,
  apply: Mutant<Templates>['apply'],
): Mutant<Templates> => ({ id: `1-${id}`, foundBy, description, apply });

const gates = ['Image', 'Unit', 'Integration', 'Quality', 'Security', 'Attest'].map((name) =>
  mutant(`no-${name.toLowerCase()}`, 'release-after-checks', `pipeline without its action ${name}`, (all) =>
    drop(all, 'Test', name),
  ),
);

const flow: Mutant<Templates>[] = [
  ...gates,
  mutant('no-release', 'tests-and-scans', 'pipeline that deploys what nobody has released', (all) =>
    drop(all, 'Test', 'Release'),
  ),
  mutant('test-late', 'tests-and-scans', 'Test stage that comes after production', (all) => move(all, 'Test', 5)),
  mutant('security-late', 'release-after-checks', 'scan that ends after the release', (all) => {
    action(all, 'Test', 'Security').RunOrder = 3;
  }),
  mutant('other-image', 'release-after-checks', 'release of an image that was not built here', (all) =>
    setVariable(action(all, 'Test', 'Release'), 'IMAGE_DIGEST', '#{Source.CommitMessage}'),
  ),
  mutant('skip-by-variable', 'tests-and-scans', 'skip of the tests by a variable that anyone may set', (all) => {
    condition(all).Configuration.Variable = '#{variables.IgnoreAlarms}';
  }),
  mutant('skip-ne', 'tests-and-scans', 'skip of the tests of what was never tested', (all) => {
    condition(all).Configuration.Operator = 'NE';
  }),
  mutant('skip-value', 'tests-and-scans', 'skip of the tests unless the answer is another', (all) => {
    condition(all).Configuration.Value = 'maybe';
  }),
  mutant('skip-lambda', 'tests-and-scans', 'skip of the tests that a function decides', (all) => {
    condition(all).RuleTypeId.Provider = 'LambdaInvoke';
  }),
  mutant('skip-second', 'tests-and-scans', 'second reason to skip the tests', (all) => {
    stage(all, 'Test').BeforeEntry.Conditions.push(...skipping('#{Source.BranchName}').Conditions);
  }),
  mutant('skip-build', 'tests-and-scans', 'skip of the build that says what was tested', (all) => {
    stage(all, 'Build').BeforeEntry = skipping('#{Source.BranchName}');
  }),
  mutant('skip-sign-off', 'sign-off', 'sign-off that may be skipped', (all) => {
    stage(all, 'SignOff').BeforeEntry = skipping('#{Build.TESTED}');
  }),
  mutant('skip-staging', 'earlier-environment', 'staging that may be skipped', (all) => {
    stage(all, 'Staging').BeforeEntry = skipping('#{Build.TESTED}');
  }),
  mutant('no-sign-off', 'sign-off', 'pipeline without sign-off', (all) => {
    pipeline(all).properties.Stages = stages(all).filter(({ Name }) => Name !== 'SignOff');
  }),
  mutant('late-sign-off', 'sign-off', 'sign-off after the deploy', (all) => move(all, 'SignOff', 5)),
  mutant('early-sign-off', 'sign-off', 'sign-off before staging has been verified', (all) => move(all, 'SignOff', 3)),
  mutant('sign-off-beside', 'sign-off', 'sign-off beside the deploy', (all) => {
    stage(all, 'Production').Actions.push(...stage(all, 'SignOff').Actions);
    pipeline(all).properties.Stages = stages(all).filter(({ Name }) => Name !== 'SignOff');
  }),
  mutant('no-staging', 'earlier-environment', 'production without staging before it', (all) => {
    pipeline(all).properties.Stages = stages(all).filter(({ Name }) => Name !== 'Staging');
  }),
  mutant('staging-unverified', 'earlier-environment', 'staging that nobody verifies', (all) =>
    drop(all, 'Staging', 'Verify'),
  ),
  mutant('unverified', 'verified-or-restored', 'production that nobody verifies', (all) =>
    drop(all, 'Production', 'Verify'),
  ),
  mutant('verified-early', 'verified-or-restored', 'verification beside the deploy', (all) => {
    action(all, 'Production', 'Verify').RunOrder = 1;
  }),
  mutant('verifies-other', 'verified-or-restored', 'verification of another version', (all) =>
    setVariable(action(all, 'Production', 'Verify'), 'VERSION', '1.0.0'),
  ),
  mutant('no-restore', 'verified-or-restored', 'stage that stays when it fails', (all) => {
    delete stage(all, 'Production').OnFailure;
  }),
  mutant('restore-other', 'verified-or-restored', 'failure that deploys again instead of restoring', (all) => {
    const [rule] = stage(all, 'Production').OnFailure.Conditions[0].Rules;
    setVariable(rule, 'MODE', 'deploy');
  }),
  mutant('other-version', 'verified-or-restored', 'deploy of a version that whoever starts it may choose', (all) =>
    setVariable(action(all, 'Production', 'Deploy'), 'VERSION', '#{variables.Version}'),
  ),
  mutant('second-source', 'one-source', 'second source', (all) => {
    const [source] = stage(all, 'Source').Actions;
    stage(all, 'Source').Actions.push({ ...source, Name: 'More', OutputArtifacts: [{ Name: 'More' }] });
  }),
  mutant('late-source', 'one-source', 'source in the middle', (all) => {
    stage(all, 'Production').Actions.push(...stage(all, 'Source').Actions);
  }),
  mutant('short-cut', 'known-pipelines', 'second pipeline from the source to production', (all) => {
    const { properties } = pipeline(all);
    const Stages = properties.Stages.filter(({ Name }: Json) => ['Source', 'Production'].includes(Name));
    add(all, pipeline(all), 'Mutant', 'AWS::CodePipeline::Pipeline', { ...properties, Name: 'visits-hotfix', Stages });
  }),
  mutant('short-cut-path', 'tests-and-scans', 'second pipeline that deploys without tests', (all) => {
    const { properties } = pipeline(all);
    const Stages = properties.Stages.filter(({ Name }: Json) => ['Source', 'Production'].includes(Name));
    add(all, pipeline(all), 'Mutant', 'AWS::CodePipeline::Pipeline', { ...properties, Name: 'visits-hotfix', Stages });
  }),
  mutant('starts-deployer', 'known-pipelines', 'role beside the pipelines that may start the deployer', (all) => {
    const rule = pushRule(all);
    const role = rule.properties.Targets[0].RoleArn['Fn::GetAtt'][0];
    const PolicyDocument = { Statement: [{ Effect: 'Allow', Action: 'codebuild:StartBuild', Resource: '*' }] };
    add(all, rule, 'Mutant', 'AWS::IAM::Policy', { PolicyName: 'more', PolicyDocument, Roles: [{ Ref: role }] });
  }),
  mutant('webhook', 'known-pipelines', 'deployer that a webhook starts', (all) => {
    only(
      all,
      'AWS::CodeBuild::Project',
      ({ Name }) => Name === 'visits-production-production-deploy',
    ).properties.Triggers = { Webhook: true };
  }),
  mutant('any-branch', 'who-starts', 'pipeline that every branch starts', (all) => {
    delete pushRule(all).properties.EventPattern.detail.referenceName;
  }),
  mutant('develop-too', 'who-starts', 'production pipeline that the other branch starts too', (all) => {
    pushRule(all).properties.EventPattern.detail.referenceName = [production, development];
  }),
  mutant('tag', 'who-starts', 'production pipeline that a tag starts', (all) => {
    pushRule(all).properties.EventPattern.detail.referenceType.push('tag');
  }),
  mutant('head', 'who-starts', 'start with whatever is there by then', (all) => {
    delete pushRule(all).properties.Targets[0].InputTransformer;
  }),
  mutant('second-rule', 'who-starts', 'second rule that starts production', (all) => {
    const rule = pushRule(all);
    const EventPattern = { source: ['visits.chat'] };
    add(all, rule, 'Mutant', rule.type, { ...rule.properties, Name: 'visits-chat', EventPattern });
  }),
  mutant('schedule', 'who-starts', 'start by the clock', (all) => {
    const rule = pushRule(all);
    const { EventPattern: _, ...rest } = rule.properties;
    add(all, rule, 'Mutant', rule.type, { ...rest, Name: 'visits-nightly', ScheduleExpression: 'rate(1 day)' });
  }),
  mutant('ignores-alarms', 'alarms-count', 'pipeline that ignores alarms unless told', (all) => {
    pipeline(all).properties.Variables[0].DefaultValue = 'yes';
  }),
];

const ruleOf = (all: Templates, kind = ''): Json =>
  only(all, `Custom::CodeCommitApprovalRuleTemplate${kind}`).properties;
/** Changes the content of the approval rule wherever it stands. */
const changeRule = (all: Templates, change: (content: Json) => void): void => {
  const properties = ruleOf(all);
  for (const [call, key] of [
    ['Create', 'approvalRuleTemplateContent'],
    ['Update', 'newRuleContent'],
  ] as const) {
    const parsed = JSON.parse(properties[call]);
    const content = JSON.parse(parsed.parameters[key]);
    change(content);
    parsed.parameters[key] = JSON.stringify(content);
    properties[call] = JSON.stringify(parsed);
  }
};
const denials = (all: Templates): Json[] =>
  contributorPolicy(all).PolicyDocument.Statement.filter(({ Effect }: Json) => Effect === 'Deny');

const branches: Mutant<Templates>[] = [
  mutant('one-approval', 'two-approvals', 'rule of one approval', (all) =>
    changeRule(all, (content) => {
      content.Statements[0].NumberOfApprovalsNeeded = 1;
    }),
  ),
  mutant('main-only', 'two-approvals', 'rule for one branch of the two', (all) =>
    changeRule(all, (content) => {
      content.DestinationReferences = [`refs/heads/${production}`];
    }),
  ),
  mutant('short-reference', 'two-approvals', 'rule for references that there are none of', (all) =>
    changeRule(all, (content) => {
      content.DestinationReferences = [development, production];
    }),
  ),
  mutant('no-rule', 'two-approvals', 'repository without the rule', (all) => {
    const parsed = JSON.parse(ruleOf(all, 'Association').Create);
    parsed.parameters.repositoryName = 'other';
    ruleOf(all, 'Association').Create = JSON.stringify(parsed);
  }),
  mutant('update-weakens', 'same-rule-on-update', 'update that makes the rule weaker', (all) => {
    ruleOf(all).Update = ruleOf(all)
      .Update.replace('Needed\\\\\\":2', 'Needed\\\\\\":1')
      .replace('Needed\\":2', 'Needed\\":1');
  }),
  mutant('no-deny', 'no-direct-push', 'policy without its denials', (all) => {
    const { PolicyDocument } = contributorPolicy(all);
    PolicyDocument.Statement = PolicyDocument.Statement.filter(({ Effect }: Json) => Effect === 'Allow');
  }),
  ...['GitPush', 'PutFile', 'CreateCommit', 'DeleteBranch', 'MergeBranchesByFastForward', 'CreateBranch'].map((name) =>
    mutant(`may-${name.toLowerCase()}`, 'no-direct-push', `policy that forgets ${name}`, (all) => {
      const [push] = denials(all);
      push.Action = push.Action.filter((one: string) => one !== `codecommit:${name}`);
    }),
  ),
  mutant('override', 'no-direct-push', 'policy that lets one override the rules', (all) => {
    const [, rules] = denials(all);
    rules.Action = rules.Action.filter((one: string) => !one.includes('Override'));
  }),
  mutant('short-branch', 'no-direct-push', 'denial for a reference without refs/heads', (all) => {
    const [push] = denials(all);
    push.Condition.StringEqualsIfExists['codecommit:References'] = [development, production];
  }),
  mutant('one-branch', 'no-direct-push', 'denial for one branch of the two', (all) => {
    const [push] = denials(all);
    push.Condition.StringEqualsIfExists['codecommit:References'].pop();
  }),
  mutant('other-repository', 'no-direct-push', 'denial for another repository', (all) => {
    const [push] = denials(all);
    push.Resource = 'arn:aws:codecommit:eu-west-1:111122223333:other';
  }),
  mutant('no-null', 'work-goes-on', 'denial that meets the first request of every push', (all) => {
    const [push] = denials(all);
    delete push.Condition.Null;
  }),
  mutant('no-merge', 'work-goes-on', 'denial of the merge of a pull request', (all) => {
    const [push] = denials(all);
    push.Action.push('codecommit:MergePullRequestByFastForward');
  }),
];

export const flowControl: Row = {
  number: 1,
  risk: 'Insufficient flow control mechanisms',
  controls: [
    'A branch that starts a pipeline changes by pull requests with two approvals (an approval rule in CodeCommit), and the policy for people denies every other way.',
    'Every path from a commit to production passes build, tests, scans, attestation, release, the verification of the environment before, and sign-off; tests are left out only for a version that has passed them.',
    'A pipeline is started by its own branch only, and a failed stage brings the last good release back.',
  ],
  suites: [
    suite<Templates>({
      name: 'paths through the pipelines',
      subject: () => templates(),
      checks: flowChecks(input, jobs()),
      mutants: flow,
    }),
    suite<Templates>({
      name: 'changes of branches',
      subject: () => templates(),
      checks: branchChecks(input),
      mutants: branches,
    }),
  ],
  notRun: [
    'Branch protection behind a connection: it is set at the provider, where Slipway does not look.',
    'That people have the policy of contributors: Slipway makes no roles for people.',
  ],
};
