import * as cc from '@aws-sdk/client-codecommit';
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { GetTopicAttributesCommand, ListTopicsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codecommit } from '../../../lib/local/aws/codecommit';
import { events } from '../../../lib/local/aws/events';
import { followSource } from '../../../lib/local/aws/pull-requests';
import { sns } from '../../../lib/local/aws/sns';
import { openNotifications } from '../../../lib/local/events/notifications';
import { PullRequests } from '../../../lib/local/git-server/pull-requests';
import { PLACE, pushRule, recordingHost, remove, STILL, type Stand, stand } from '../git-server/fixture';
import { type Surroundings, surroundings } from './fixture';
import { Answers } from './model/checked';

const answers = new Answers();
const host = recordingHost();
const topicArn = 'arn:aws:sns:eu-west-1:111122223333:team';
const shown: string[] = [];
let here: Surroundings;
let made: Stand;
let first: string;
let second: string;

const PROTECTED = JSON.stringify({
  Version: '2018-11-08',
  DestinationReferences: ['refs/heads/main'],
  Statements: [{ Type: 'Approvers', NumberOfApprovalsNeeded: 2 }],
});

beforeAll(async () => {
  made = await stand({ rules: [pushRule('p', ['develop'])], hosts: { p: host } });
  first = await made.run(['rev-parse', 'HEAD']);
  second = await made.commit({ 'app.py': 'print(2)\n', 'docs/a b.md': 'a' }, 'Second\n\nwith a body');
  await made.run(['push', '--quiet', made.server.url('visits'), `${second}:refs/heads/develop`]);
  await made.bus.idle();
  const requests = new PullRequests(`${made.base}/pull-requests.jsonl`);
  made.git.onChange(followSource({ ...PLACE, requests, now: STILL.now }));
  const notifications = openNotifications({
    file: `${made.base}/notifications.jsonl`,
    topics: [{ name: 'team', arn: topicArn, displayName: 'Team' }],
    show: ({ message }) => shown.push(message),
    now: STILL.now,
  });
  here = await surroundings({
    services: {
      codecommit: codecommit({
        ...PLACE,
        git: () => made.git,
        bus: made.bus,
        requests,
        approvalRules: () => [{ name: 'visits-protected', content: PROTECTED }],
        now: STILL.now,
        cloneUrl: (name) => made.server.url(name),
        since: STILL.now(),
      }),
      events: events({ ...PLACE, bus: made.bus }),
      sns: sns({ ...PLACE, notifications }),
    },
  });
});
afterAll(async () => {
  await here.close();
  await made.close();
  remove(made.base);
});

describe('CodeCommit', () => {
  const client = () => answers.check('codecommit', new cc.CodeCommitClient(here.client()));
  const repositoryName = 'visits';

  test('tells of repositories and branches', async () => {
    const send = client();
    const { repositories } = await send.send(new cc.ListRepositoriesCommand({}));
    expect(repositories?.map((each) => each.repositoryName)).toEqual(['visits']);
    const { repositoryMetadata } = await send.send(new cc.GetRepositoryCommand({ repositoryName }));
    expect(repositoryMetadata).toMatchObject({
      defaultBranch: 'develop',
      Arn: 'arn:aws:codecommit:eu-west-1:111122223333:visits',
      cloneUrlHttp: made.server.url('visits'),
    });
    expect((await send.send(new cc.ListBranchesCommand({ repositoryName }))).branches).toEqual(['develop']);
    const { branch } = await send.send(new cc.GetBranchCommand({ repositoryName, branchName: 'develop' }));
    expect(branch).toEqual({ branchName: 'develop', commitId: second });
  });

  test('tells of commits, differences and files', async () => {
    const send = client();
    const { commit } = await send.send(new cc.GetCommitCommand({ repositoryName, commitId: second }));
    expect(commit).toMatchObject({
      commitId: second,
      parents: [first],
      message: 'Second\n\nwith a body',
      author: { name: 'Ada', email: 'ada@example.com', date: '1767268800 +0000' },
    });
    const range = { beforeCommitSpecifier: first, afterCommitSpecifier: 'develop' };
    const { differences } = await send.send(new cc.GetDifferencesCommand({ repositoryName, ...range }));
    expect(differences?.map(({ changeType, afterBlob }) => [changeType, afterBlob?.path, afterBlob?.mode])).toEqual([
      ['M', 'app.py', '100644'],
      ['A', 'docs/a b.md', '100644'],
    ]);
    const one = await send.send(new cc.GetDifferencesCommand({ repositoryName, ...range, MaxResults: 1 }));
    const rest = await send.send(
      new cc.GetDifferencesCommand({ repositoryName, ...range, MaxResults: 1, NextToken: one.NextToken }),
    );
    expect([one.differences?.length, rest.differences?.[0]?.afterBlob?.path, rest.NextToken]).toEqual([
      1,
      'docs/a b.md',
      undefined,
    ]);
    const file = await send.send(new cc.GetFileCommand({ repositoryName, filePath: 'app.py', commitSpecifier: first }));
    expect(Buffer.from(file.fileContent ?? []).toString()).toBe('print(1)\n');
    expect(file).toMatchObject({ commitId: first, fileMode: 'NORMAL', fileSize: 9 });
  });

  test('makes and deletes branches, each with its event', async () => {
    const send = client();
    const started = host.started.length;
    await send.send(new cc.CreateBranchCommand({ repositoryName, branchName: 'side', commitId: first }));
    await expect(
      send.send(new cc.CreateBranchCommand({ repositoryName, branchName: 'side', commitId: second })),
    ).rejects.toThrow(cc.BranchNameExistsException);
    const { deletedBranch } = await send.send(new cc.DeleteBranchCommand({ repositoryName, branchName: 'side' }));
    expect(deletedBranch?.commitId).toBe(first);
    expect(made.bus.refs('visits')).toEqual({ 'refs/heads/develop': second });
    await made.bus.idle();
    expect(host.started).toHaveLength(started);
  });

  test.each([
    ['another repository', new cc.GetRepositoryCommand({ repositoryName: 'x' }), cc.RepositoryDoesNotExistException],
    ['another branch', new cc.GetBranchCommand({ repositoryName, branchName: 'x' }), cc.BranchDoesNotExistException],
    [
      'another commit',
      new cc.GetCommitCommand({ repositoryName, commitId: 'a'.repeat(40) }),
      cc.CommitIdDoesNotExistException,
    ],
    ['another file', new cc.GetFileCommand({ repositoryName, filePath: 'x' }), cc.FileDoesNotExistException],
    [
      'the default branch',
      new cc.DeleteBranchCommand({ repositoryName, branchName: 'develop' }),
      cc.DefaultBranchCannotBeDeletedException,
    ],
    [
      'no name of a branch',
      new cc.CreateBranchCommand({ repositoryName, branchName: 'a..b', commitId: 'a'.repeat(40) }),
      cc.InvalidBranchNameException,
    ],
    [
      'a commit that is not there',
      new cc.CreateBranchCommand({ repositoryName, branchName: 'b', commitId: 'a'.repeat(40) }),
      cc.CommitDoesNotExistException,
    ],
  ])('refuses %s', async (_, command, exception) => {
    await expect(client().send(command as cc.GetBranchCommand)).rejects.toThrow(exception);
  });
});

describe('a pull request', () => {
  const as = (person: string) => {
    const credentials = here.endpoint.credentialsFor(`arn:aws:iam::111122223333:role/${person}`, 'session');
    return answers.check('codecommit', new cc.CodeCommitClient({ ...here.client(), credentials }));
  };
  const repositoryName = 'visits';
  const author = () => as('author');
  const push = (commit: string, branch: string) =>
    made.run(['push', '--quiet', '--force', made.server.url('visits'), `${commit}:refs/heads/${branch}`]);
  const create = async (branch: string): Promise<cc.PullRequest> => {
    const targets = [{ repositoryName, sourceReference: branch, destinationReference: 'develop' }];
    const { pullRequest } = await author().send(new cc.CreatePullRequestCommand({ title: 'Improve', targets }));
    return pullRequest as cc.PullRequest;
  };
  const branchCommit = async (name: string, files: Record<string, string>): Promise<string> => {
    await made.run([
      'checkout',
      '--quiet',
      '--force',
      '-B',
      name,
      made.bus.refs('visits')?.['refs/heads/develop'] ?? '',
    ]);
    const commit = await made.commit(files);
    await push(commit, name);
    return commit;
  };
  const tip = async () =>
    (await author().send(new cc.GetBranchCommand({ repositoryName, branchName: 'develop' }))).branch?.commitId;
  const twoApprovals = JSON.stringify({
    Version: '2018-11-08',
    Statements: [
      {
        Type: 'Approvers',
        NumberOfApprovalsNeeded: 2,
        ApprovalPoolMembers: ['CodeCommitApprovers:111122223333:reviewer*/*'],
      },
    ],
  });

  test('with a rule of two approvals is merged when two others of the pool have approved this revision', async () => {
    await branchCommit('topic', { topic: '1' });
    const { pullRequestId, revisionId } = await create('topic');
    const { approvalRule } = await author().send(
      new cc.CreatePullRequestApprovalRuleCommand({
        pullRequestId,
        approvalRuleName: 'Two',
        approvalRuleContent: twoApprovals,
      }),
    );
    expect(approvalRule?.approvalRuleName).toBe('Two');
    const approve = (person: string, revision = revisionId) =>
      as(person).send(
        new cc.UpdatePullRequestApprovalStateCommand({ pullRequestId, revisionId: revision, approvalState: 'APPROVE' }),
      );
    const approved = async (revision = revisionId) =>
      (await author().send(new cc.EvaluatePullRequestApprovalRulesCommand({ pullRequestId, revisionId: revision })))
        .evaluation?.approved;
    const merge = () => author().send(new cc.MergePullRequestByFastForwardCommand({ pullRequestId, repositoryName }));

    await expect(approve('author')).rejects.toThrow(cc.PullRequestCannotBeApprovedByAuthorException);
    await approve('reviewer1');
    await approve('reviewer1');
    await approve('stranger');
    expect(await approved()).toBe(false);
    await expect(merge()).rejects.toThrow(cc.PullRequestApprovalRulesNotSatisfiedException);
    await approve('reviewer2');
    expect(await approved()).toBe(true);

    // A push is another revision, which nobody has approved.
    const pushed = await made.commit({ topic: '2' });
    await push(pushed, 'topic');
    await expect(approve('reviewer1')).rejects.toThrow(cc.RevisionNotCurrentException);
    const { pullRequest } = await author().send(new cc.GetPullRequestCommand({ pullRequestId }));
    expect(pullRequest?.pullRequestTargets?.[0]?.sourceCommit).toBe(pushed);
    expect(await approved(pullRequest?.revisionId)).toBe(false);
    await approve('reviewer1', pullRequest?.revisionId);
    await approve('reviewer2', pullRequest?.revisionId);

    const started = host.started.length;
    const merged = await merge();
    expect(merged.pullRequest?.pullRequestTargets?.[0]?.mergeMetadata).toMatchObject({
      isMerged: true,
      mergeCommitId: pushed,
      mergeOption: 'FAST_FORWARD_MERGE',
    });
    expect(await tip()).toBe(pushed);
    await made.bus.idle();
    expect(host.started.slice(started).map(({ sourceRevisions }) => sourceRevisions?.[0]?.value)).toEqual([pushed]);
    await expect(merge()).rejects.toThrow(cc.PullRequestAlreadyClosedException);
  });

  test('to a protected branch has its rule from the beginning, and nobody can merge it without', async () => {
    await branchCommit('feature', { feature: '1' });
    const targets = [{ repositoryName, sourceReference: 'feature', destinationReference: 'main' }];
    await push((await tip()) ?? '', 'main');
    const { pullRequest } = await author().send(new cc.CreatePullRequestCommand({ title: 'Release', targets }));
    expect(pullRequest?.approvalRules?.map(({ approvalRuleName }) => approvalRuleName)).toEqual(['visits-protected']);
    const { pullRequestId, revisionId } = pullRequest ?? {};
    const merge = () => author().send(new cc.MergePullRequestByFastForwardCommand({ pullRequestId, repositoryName }));
    for (const person of ['reviewer1', 'reviewer2']) {
      await expect(merge()).rejects.toThrow(cc.PullRequestApprovalRulesNotSatisfiedException);
      await as(person).send(
        new cc.UpdatePullRequestApprovalStateCommand({ pullRequestId, revisionId, approvalState: 'APPROVE' }),
      );
    }
    expect((await merge()).pullRequest?.pullRequestStatus).toBe('CLOSED');
  });

  test('is merged by squash, and by a merge commit; what conflicts is not', async () => {
    const parents = async () =>
      made.run(['show', '--no-patch', '--format=%P', (await tip()) ?? ''], `${made.base}/state/git/visits.git`);
    await branchCommit('one', { one: '1' });
    await branchCommit('two', { two: '1' });
    await branchCommit('three', { one: 'other' });
    const [one, two, three] = [await create('one'), await create('two'), await create('three')];
    const merging = (request: cc.PullRequest) => ({ pullRequestId: request.pullRequestId, repositoryName });
    await author().send(new cc.MergePullRequestBySquashCommand(merging(one)));
    expect((await parents()).split(' ')).toHaveLength(1);
    await expect(author().send(new cc.MergePullRequestByFastForwardCommand(merging(two)))).rejects.toThrow(
      cc.ManualMergeRequiredException,
    );
    await author().send(new cc.MergePullRequestByThreeWayCommand(merging(two)));
    expect((await parents()).split(' ')).toHaveLength(2);
    await expect(author().send(new cc.MergePullRequestByThreeWayCommand(merging(three)))).rejects.toThrow(
      cc.ManualMergeRequiredException,
    );
    const { pullRequestIds } = await author().send(
      new cc.ListPullRequestsCommand({ repositoryName, pullRequestStatus: 'OPEN' }),
    );
    expect(pullRequestIds).toEqual([three.pullRequestId]);
    const { comment } = await as('reviewer1').send(
      new cc.PostCommentForPullRequestCommand({
        ...merging(three),
        beforeCommitId: first,
        afterCommitId: second,
        content: 'Please rebase',
      }),
    );
    expect(comment).toMatchObject({ content: 'Please rebase', authorArn: expect.stringContaining('reviewer1') });
  });
});

describe('EventBridge', () => {
  const client = () => answers.check('events', new EventBridgeClient(here.client()));

  test('tells of rules and targets', async () => {
    const send = client();
    const { Rules } = await send.send(new ListRulesCommand({}));
    expect(Rules?.map(({ Name, State }) => [Name, State])).toEqual([['p-push', 'ENABLED']]);
    expect((await send.send(new DescribeRuleCommand({ Name: 'p-push' }))).Arn).toMatch(/rule\/p-push$/);
    const { Targets } = await send.send(new ListTargetsByRuleCommand({ Rule: 'p-push' }));
    expect(Targets).toMatchObject([
      { Id: 'Pipeline', InputTransformer: { InputPathsMap: { commit: '$.detail.commitId' } } },
    ]);
    await expect(send.send(new DescribeRuleCommand({ Name: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('disables and enables a rule', async () => {
    const send = client();
    await send.send(new DisableRuleCommand({ Name: 'p-push' }));
    expect((await send.send(new DescribeRuleCommand({ Name: 'p-push' }))).State).toBe('DISABLED');
    await send.send(new EnableRuleCommand({ Name: 'p-push' }));
    expect((await send.send(new DescribeRuleCommand({ Name: 'p-push' }))).State).toBe('ENABLED');
  });

  test('takes events of others, and none in the name of AWS', async () => {
    const entry = { Source: 'team.deploy', DetailType: 'Ready', Detail: '{"a":1}' };
    const put = await client().send(
      new PutEventsCommand({
        Entries: [
          entry,
          { ...entry, Source: 'aws.codecommit' },
          { ...entry, Detail: '[1]' },
          { ...entry, EventBusName: 'x' },
        ],
      }),
    );
    expect(put.FailedEntryCount).toBe(3);
    expect(put.Entries?.map(({ EventId, ErrorCode }) => EventId !== undefined || ErrorCode)).toEqual([
      true,
      'NotAuthorizedForSourceException',
      'MalformedDetail',
      'InvalidArgument',
    ]);
  });

  test('tests a pattern', async () => {
    const send = client();
    const Event = JSON.stringify({ source: 'a' });
    const test = async (pattern: object) =>
      (await send.send(new TestEventPatternCommand({ EventPattern: JSON.stringify(pattern), Event }))).Result;
    expect([await test({ source: ['a'] }), await test({ source: ['b'] })]).toEqual([true, false]);
    await expect(test({ source: 'a' })).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });
});

test('SNS publishes to the topics of the templates', async () => {
  const send = answers.check('sns', new SNSClient(here.client()));
  expect((await send.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: topicArn }]);
  const { Attributes } = await send.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
  expect(Attributes).toMatchObject({ TopicArn: topicArn, DisplayName: 'Team' });
  const { MessageId } = await send.send(new PublishCommand({ TopicArn: topicArn, Subject: 'S', Message: 'Hello' }));
  expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
  expect(shown).toEqual(['Hello']);
  await expect(send.send(new PublishCommand({ TopicArn: `${topicArn}x`, Message: 'm' }))).rejects.toMatchObject({
    name: 'NotFoundException',
  });
});

test('every operation of these services was answered as its model says', () => {
  const services = {
    codecommit: codecommit({ ...PLACE, since: new Date(0) }),
    events: events(PLACE),
    sns: sns(PLACE),
  };
  const all = Object.entries(services).flatMap(([name, { operations }]) =>
    Object.keys(operations).map((operation) => `${name}:${operation}`),
  );
  expect([...answers.succeeded()].sort()).toEqual(all.sort());
});
