import { expect, test } from '@jest/globals';
import type { Plan } from '../../../lib/local/plan';
import { renderPlanTree } from '../../../lib/local/plan-tree';
import { pipelineOf, planOf } from './delivery-assembly';
import { onFailure } from './mutants';

test('the tree shows stages, order, parallel actions, projects, roles, artifacts, variables and hooks', () => {
  const { ignored: _, ...plan } = planOf();
  expect(renderPlanTree(plan)).toBe(
    `
visits-development  QUEUED, stack VisitsDelivery
│  variable REASON = push
├─ Source
│  └─ Source  CodeCommit visits, branch develop
│        out SourceArtifact
│        gives variables #{Source.…}
│        role VisitsDelivery-ActionRole
├─ Build
│  └─ Build  CodeBuild visits-build
│        in SourceArtifact → out Package
│        with COMMIT=#{Source.CommitId}
│        as VisitsDelivery-BuildRole, at most 15 min, cache visits
│        gives variables #{Build.…}
│        role VisitsDelivery-ActionRole
├─ Test
│  │  before entry: skip unless #{Build.TESTED} is "no" (NotTested)
│  ├─ 1.  2 in parallel
│  │  ├─ Image  CodeBuild visits-image
│  │  │     in SourceArtifact
│  │  │     with VERSION=#{Build.VERSION}
│  │  │     as VisitsDelivery-BuildRole, privileged, at most 15 min
│  │  │     gives variables #{Image.…}
│  │  │     role VisitsDelivery-ActionRole
│  │  └─ Unit  CodeBuild visits-unit
│  │        in SourceArtifact
│  │        as VisitsDelivery-BuildRole, at most 15 min
│  │        role VisitsDelivery-ActionRole
│  └─ 2. Release  CodeBuild visits-unit
│        in SourceArtifact
│        with VERSION=#{Build.VERSION} IMAGE_DIGEST=#{Image.IMAGE_DIGEST}
│        as VisitsDelivery-BuildRole, at most 15 min
│        role VisitsDelivery-ActionRole
├─ SignOff
│  └─ ClientSignOff  manual approval, within 1 d
│        asks "Release #{Build.VERSION}?"
│        see https://visits.example.com
│        role VisitsDelivery-ActionRole
└─ Dev
   │  on failure: roll back to the last execution that succeeded
   ├─ 1. Deploy  CodeBuild visits-deploy-dev
   │     in SourceArtifact
   │     with VERSION=#{Build.VERSION}
   │     as VisitsDelivery-BuildRole, at most 15 min
   │     role VisitsDelivery-ActionRole
   └─ 2. Bake  Lambda VisitsDelivery-Bake4B9C
         with {"alarm":"visits-dev","minutes":1}
         as VisitsDelivery-BakeRole, index.handler on nodejs22.x
         role VisitsDelivery-ActionRole`.slice(1),
  );
});

test('the tree ends with what has no effect here, one line a property', () => {
  const lines = renderPlanTree(planOf()).split('\n');
  const start = lines.indexOf('Without effect in a run on this machine:');
  expect(start).toBeGreaterThan(0);
  expect(lines.slice(start).filter((line) => line.includes('EncryptionKey'))).toHaveLength(1);
});

test('other hooks and sources are shown too', () => {
  const plan = planOf((templates) => {
    const { Stages } = pipelineOf(templates);
    Stages[0].Actions[0].ActionTypeId.Provider = 'CodeStarSourceConnection';
    Stages[0].Actions[0].Configuration = { ConnectionArn: 'arn:x', FullRepositoryId: 'me/visits', BranchName: 'main' };
    Stages[3].OnSuccess = Stages[2].BeforeEntry;
    Stages[3].OnSuccess.Conditions[0].Result = 'FAIL';
    delete Stages[2].BeforeEntry;
    Stages[3].OnFailure = onFailure(templates);
    Stages[4].OnFailure = { Result: 'RETRY', RetryConfiguration: { RetryMode: 'ALL_ACTIONS' } };
  });
  const tree = renderPlanTree(plan);
  expect(tree).toContain('connection me/visits, branch main');
  expect(tree).toContain('on success: fail unless #{Build.TESTED} is "no" (NotTested)');
  expect(tree).toContain('on failure: retry all actions once');
  expect(tree.replace(/\n[│ ]*/g, ' ')).toMatch(
    /on failure: roll back to the last execution that succeeded, after CodeBuild \S+ VERSION=\S+ succeeds \(Restore\)/,
  );
});

test('rules of every kind, mode and triggers are shown', () => {
  const plan = planOf((templates) => {
    const pipeline = pipelineOf(templates);
    const { Stages } = pipeline;
    pipeline.ExecutionMode = 'PARALLEL';
    pipeline.DisableInboundStageTransitions = [{ StageName: 'Dev', Reason: 'freeze' }];
    delete Stages[4].OnFailure;
    Stages[0].Actions[0].ActionTypeId.Provider = 'CodeStarSourceConnection';
    Stages[0].Actions[0].Configuration = { ConnectionArn: 'arn:x', FullRepositoryId: 'me/visits', BranchName: 'main' };
    const Push = [
      { Tags: { Includes: ['v*'] } },
      { Branches: { Includes: ['main'] }, FilePaths: { Excludes: ['docs/**'] } },
    ];
    const PullRequest = [{ Branches: { Includes: ['main'] } }, { Events: ['CLOSED'], Branches: { Includes: ['x'] } }];
    const GitConfiguration = { SourceActionName: 'Source', Push, PullRequest };
    pipeline.Triggers = [{ ProviderType: 'CodeStarSourceConnection', GitConfiguration }];
    const [condition] = Stages[2].BeforeEntry.Conditions;
    const rule = (Name: string, Provider: string, Configuration: object, more: object = {}) => {
      condition.Rules.push({
        ...condition.Rules[0],
        Name,
        RuleTypeId: { ...condition.Rules[0].RuleTypeId, Provider },
        Configuration,
        ...more,
      });
    };
    condition.Result = 'FAIL';
    rule('Quiet', 'CloudWatchAlarm', { AlarmName: 'visits-dev', WaitTime: '60' });
    rule('Hours', 'DeploymentWindow', { Cron: '* * 9-17 ? * MON-FRI' });
    rule('Ask', 'LambdaInvoke', { FunctionName: { Ref: 'Bake4B9C' } });
    rule('Smoke', 'Commands', {}, { Commands: ['make smoke'], InputArtifacts: [{ Name: 'SourceArtifact' }] });
  });
  const tree = renderPlanTree(plan).replace(/\n[│ ]*/g, ' ');
  expect(tree).toContain('visits-development  PARALLEL, stack VisitsDelivery');
  expect(tree).toContain('transition to Dev disabled: freeze');
  expect(tree).toContain('started by a push of a tag v* in Source');
  expect(tree).toContain('started by a push to a branch main that changes anything but docs/** in Source');
  expect(tree).toContain('started by any event of a pull request to main in Source');
  expect(tree).toContain('started by CLOSED of a pull request to x in Source');
  expect(tree).toContain(
    'before entry: fail unless #{Build.TESTED} is "no" (NotTested) and alarm visits-dev is OK or INSUFFICIENT_DATA within 1 h (Quiet) and it is time by "* * 9-17 ? * MON-FRI" in UTC (Hours) and Lambda VisitsDelivery-Bake4B9C succeeds (Ask) and "make smoke" succeeds (Smoke)',
  );
});

test('no line is wider than 100 columns where it can be broken', () => {
  const base = planOf();
  const message = 'Is everything in place for the release that so many people have been waiting for? '.repeat(4);
  const stages = base.stages.map((stage) => ({
    ...stage,
    actions: stage.actions.map((action) => (action.kind === 'approval' ? { ...action, message } : action)),
  }));
  const plan: Plan = { ...base, stages };
  expect(
    Math.max(
      ...renderPlanTree(plan)
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(100);
});

test('colours are left to the caller', () => {
  const painted = renderPlanTree(planOf(), (part, text) => (part === 'stage' ? `<${text}>` : text));
  expect(painted).toContain('├─ <Build>\n');
});
