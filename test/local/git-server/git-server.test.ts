import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../../lib/local/events/bus-event';
import type { EventRecord } from '../../../lib/local/events/journal';
import type { ConnectionAction, Plan, PlannedTrigger } from '../../../lib/local/plan';
import { pipelineArn, pushRule, recordingHost, remove, type Stand, type StandOptions, stand } from './fixture';

let open: Stand[] = [];
afterEach(async () => {
  for (const each of open) await each.close();
  for (const { base } of open) remove(base);
  open = [];
});
const stood = async (options?: StandOptions): Promise<Stand> => {
  const made = await stand(options);
  open.push(made);
  return made;
};
/** Closes the stand as a killed process would leave it, with the same folder for the next one. */
const ended = async (made: Stand): Promise<string> => {
  await made.close();
  open = open.filter((each) => each !== made);
  return made.base;
};

/** With one pipeline, started by pushes to develop. */
const develop = () => {
  const host = recordingHost();
  return {
    host,
    options: { rules: [pushRule('visits-development', ['develop'])], hosts: { 'visits-development': host } },
  };
};

const records = ({ base }: Stand): EventRecord[] =>
  readFileSync(join(base, 'state/events/journal.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const events = (made: Stand): BusEvent[] =>
  records(made).flatMap((record) => (record.kind === 'events' ? record.events : []));
const details = (made: Stand) => events(made).map(({ detail }) => detail);

describe('git push', () => {
  test('to the branch of a rule starts the pipeline once, with the pushed commit', async () => {
    const { host, options } = develop();
    const made = await stood(options);
    const commit = await made.commit({ a: '1' });
    await made.run(['push', '--quiet', made.server.url('visits'), 'develop']);
    await made.bus.idle();
    expect(host.started).toEqual([
      {
        trigger: {
          type: 'CloudWatchEvent',
          detail: 'arn:aws:events:eu-west-1:111122223333:rule/visits-development-push',
        },
        token: expect.stringMatching(/^[0-9a-f-]{36}$/),
        sourceRevisions: [{ action: 'Source', type: 'COMMIT_ID', value: commit }],
      },
    ]);
    expect(events(made)).toEqual([
      {
        version: '0',
        id: expect.any(String),
        'detail-type': 'CodeCommit Repository State Change',
        source: 'aws.codecommit',
        account: '111122223333',
        time: '2026-01-01T00:00:00Z',
        region: 'eu-west-1',
        resources: ['arn:aws:codecommit:eu-west-1:111122223333:visits'],
        detail: {
          event: 'referenceCreated',
          repositoryName: 'visits',
          repositoryId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          referenceType: 'branch',
          referenceName: 'develop',
          referenceFullName: 'refs/heads/develop',
          commitId: commit,
          callerUserArn: 'arn:aws:iam::111122223333:role/slipway-operator',
        },
      },
    ]);
  });

  test('of a tag, of another branch, and of nothing new starts nothing', async () => {
    const { host, options } = develop();
    const made = await stood(options);
    const url = made.server.url('visits');
    await made.run(['tag', 'develop']);
    await made.run(['tag', '--annotate', '--message', 'One', 'v1']);
    await made.run([
      'push',
      '--quiet',
      url,
      'refs/tags/develop',
      'refs/tags/v1',
      'refs/heads/develop:refs/heads/other',
    ]);
    await made.bus.idle();
    expect(host.started).toEqual([]);
    const commitId = await made.run(['rev-parse', 'HEAD']);
    expect(
      details(made).map(({ referenceType, referenceName, commitId: id }) => [referenceType, referenceName, id]),
    ).toEqual([
      ['branch', 'other', commitId],
      ['tag', 'develop', commitId],
      ['tag', 'v1', commitId],
    ]);
    const before = records(made).length;
    await made.run(['push', '--quiet', url, 'refs/tags/v1']);
    expect(records(made)).toHaveLength(before);
  });

  test('tells of updates, forced ones too, and of deletions, several in one push', async () => {
    const made = await stood();
    const url = made.server.url('visits');
    const first = await made.run(['rev-parse', 'HEAD']);
    const second = await made.commit({ a: '1' });
    await made.run(['push', '--quiet', url, 'HEAD:refs/heads/one', 'HEAD:refs/heads/two']);
    await made.run(['push', '--quiet', '--force', url, `${first}:refs/heads/one`, ':refs/heads/two']);
    expect(
      details(made).map(({ event, referenceName, commitId, oldCommitId }) => [
        event,
        referenceName,
        commitId,
        oldCommitId,
      ]),
    ).toEqual([
      ['referenceCreated', 'one', second, undefined],
      ['referenceCreated', 'two', second, undefined],
      ['referenceUpdated', 'one', first, second],
      ['referenceDeleted', 'two', undefined, second],
    ]);
  });

  test('of more than fits into one message of git, from a shallow clone', async () => {
    const made = await stood();
    await made.commit({ b: '1' }, 'Second');
    const clone = join(made.base, 'shallow');
    await made.run(['clone', '--quiet', '--depth=1', `file://${made.user}`, clone], made.base);
    writeFileSync(join(clone, 'large'), randomBytes(3 * 1024 * 1024));
    await made.run(['add', '--all'], clone);
    await made.run(['-c', 'user.name=Ada', '-c', 'user.email=a@b', 'commit', '--quiet', '--message', 'Large'], clone);
    await made.run(['push', '--quiet', made.server.url('visits'), 'HEAD:refs/heads/large'], clone);
    expect(details(made)).toMatchObject([
      { referenceName: 'large', commitId: await made.run(['rev-parse', 'HEAD'], clone) },
    ]);
  });

  test('that is refused tells nothing, and says why', async () => {
    const made = await stood();
    const url = made.server.url('visits');
    await made.run(['push', '--quiet', url, 'develop']);
    const before = records(made).length;
    await expect(made.run(['push', url, 'HEAD:refs/notes/x'])).rejects.toThrow(/only branches and tags can be pushed/);
    await made.run(['reset', '--quiet', '--hard', 'HEAD']);
    await made.run(['checkout', '--quiet', '--orphan', 'unrelated']);
    await made.commit({ b: '1' });
    await expect(made.run(['push', url, 'HEAD:refs/heads/develop'])).rejects.toThrow(/rejected|fetch first|non-fast/);
    expect(records(made)).toHaveLength(before);
  });

  test.each([
    [4000, 0],
    [4001, 1],
  ])('of %d references ends with %d before anything is taken', async (count, status) => {
    const made = await stood();
    const hook = join(made.base, 'state/git/visits.git/hooks/pre-receive');
    const input = Array.from({ length: count }, (_, index) => `old new refs/heads/b${index}\n`).join('');
    const ended = spawnSync(hook, { input });
    expect(ended.status).toBe(status);
    expect(String(ended.stderr)).toContain(
      status === 0 ? '' : '4001 references in one push; CodeCommit takes at most 4000',
    );
  });
});

describe('the remote', () => {
  test('can be cloned, with the history that the user had', async () => {
    const made = await stood();
    await made.run(['clone', '--quiet', made.server.url('visits'), join(made.base, 'clone')], made.base);
    expect(await made.run(['log', '--format=%s'], join(made.base, 'clone'))).toBe('First');
  });

  test('has all branches and tags of the user from the start, but for those whose push starts a pipeline', async () => {
    const { options } = develop();
    const made = await stood({
      ...options,
      prepare: async ({ run }) => [await run(['branch', 'side']), await run(['tag', 'v0'])],
    });
    const listed = await made.run(['ls-remote', made.server.url('visits')]);
    expect(listed.split('\n').map((line) => line.split('\t')[1])).toEqual(['refs/heads/side', 'refs/tags/v0']);
    expect(details(made)).toEqual([]);
  });

  test('is for those who know its address alone', async () => {
    const made = await stood();
    const url = made.server.url('visits');
    await expect(made.run(['ls-remote', url.replace(/:[^:@]+@/, ':wrong@')])).rejects.toThrow(
      /Authentication failed|could not read/,
    );
    const bare = url.replace(/\/\/.*@/, '//');
    expect((await fetch(`${bare}/info/refs?service=git-receive-pack`)).status).toBe(401);
    await expect(made.run(['ls-remote', made.server.url('other')])).rejects.toThrow(/not found/);
    const authorization = `Basic ${Buffer.from(url.replace(/^http:\/\/|@.*/g, '')).toString('base64')}`;
    const status = async (path: string, method = 'GET') =>
      (await fetch(`${bare}/${path}`, { method, headers: { authorization } })).status;
    expect(await status('HEAD')).toBe(404);
    expect(await status('info/refs')).toBe(403);
    expect(await status('git-receive-pack')).toBe(405);
    expect(await status('git-receive-pack', 'POST')).toBe(415);
    expect(await status('../../../etc/passwd')).toBe(404);
  });

  test('keeps its address from one start to the next, unless the port is taken', async () => {
    const first = await stood();
    const url = first.server.url('visits');
    const base = await ended(first);
    const second = await stood({ base });
    expect([second.server.url('visits'), second.server.moved]).toEqual([url, false]);
    await ended(second);
    const port = Number(new URL(url).port);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const third = await stood({ base });
    expect(third.server.moved).toBe(true);
    expect(new URL(third.server.url('visits')).password).toBe(new URL(url).password);
    await new Promise((resolve) => other.close(resolve));
  });

  test("leaves the user's repository as it was", async () => {
    const made = await stood();
    expect(await made.run(['status', '--porcelain'])).toBe('');
    expect(await made.run(['for-each-ref', '--format=%(refname)'])).toBe('refs/heads/develop');
    expect(await made.run(['remote'])).toBe('');
  });
});

test('what changed while nobody looked is told at the next start', async () => {
  const { host, options } = develop();
  const first = await stood(options);
  const commit = await first.commit({ a: '1' });
  await first.run(['push', '--quiet', first.server.url('visits'), 'HEAD:refs/heads/side']);
  const base = await ended(first);
  // As a process leaves it that is killed between the change of the ref and the journal.
  await first.run(['update-ref', 'refs/heads/develop', commit], join(base, 'state/git/visits.git'));
  const second = await stood({ base, ...options });
  await second.bus.idle();
  expect(host.started.map(({ sourceRevisions }) => sourceRevisions?.[0]?.value)).toEqual([commit]);
});

describe('a push to the repository of a connection', () => {
  const connection = (action: Partial<ConnectionAction>, triggers?: readonly PlannedTrigger[]) => {
    const host = recordingHost();
    const source = {
      kind: 'connection',
      name: 'Source',
      repository: 'acme/shop',
      branch: 'main',
      connectionArn: 'arn:c',
    };
    const plan = { pipeline: 'shop', stages: [{ name: 'Source', actions: [{ ...source, ...action }] }], triggers };
    const served = { name: 'acme/shop', provider: 'connection' as const, defaultBranch: 'main' };
    const options = { plans: [plan as unknown as Plan], hosts: { shop: host }, repositories: [served] };
    return { host, options };
  };
  const filter = (push: PlannedTrigger['push']): PlannedTrigger[] => [
    { sourceAction: 'Source', push, pullRequest: [] },
  ];

  test('starts the pipeline if it is to the branch of the action, without an event on the bus', async () => {
    const { host, options } = connection({});
    const made = await stood(options);
    const commit = await made.commit({ a: '1' });
    await made.run(['push', '--quiet', made.server.url('acme/shop'), 'HEAD:refs/heads/main', 'HEAD:refs/heads/other']);
    await made.bus.idle();
    expect(host.started).toEqual([
      {
        trigger: { type: 'WebhookV2', detail: 'arn:c' },
        token: expect.any(String),
        sourceRevisions: [{ action: 'Source', type: 'COMMIT_ID', value: commit }],
      },
    ]);
    expect(details(made)).toEqual([]);
    expect(records(made).flatMap((record) => (record.kind === 'events' ? record.deliveries : []))).toMatchObject([
      { target: pipelineArn('shop') },
    ]);
  });

  test('that detects no changes starts nothing', async () => {
    const { host, options } = connection({ detectsChanges: false });
    const made = await stood(options);
    await made.run(['push', '--quiet', made.server.url('acme/shop'), 'HEAD:refs/heads/main']);
    await made.bus.idle();
    expect(host.started).toEqual([]);
  });

  test('is judged by the files that changed', async () => {
    const paths = { branches: { includes: ['main'], excludes: [] }, filePaths: { includes: ['src/**'], excludes: [] } };
    const { host, options } = connection({}, filter([paths]));
    const made = await stood(options);
    const push = async (files: Record<string, string>): Promise<string> => {
      const commit = await made.commit(files);
      await made.run(['push', '--quiet', made.server.url('acme/shop'), 'HEAD:refs/heads/main']);
      await made.bus.idle();
      return commit;
    };
    await push({ 'src/a': '1' });
    await push({ 'docs/a': '1' });
    const third = await push({ 'src/a': '2', 'docs/a': '2' });
    expect(host.started.map(({ sourceRevisions }) => sourceRevisions?.[0]?.value)).toEqual([third]);
  });

  test('of a tag starts what is triggered by tags, with the commit that is tagged', async () => {
    const { host, options } = connection({}, filter([{ tags: { includes: ['v*'], excludes: [] } }]));
    const made = await stood(options);
    await made.run(['tag', '--annotate', '--message', 'One', 'v1']);
    await made.run(['push', '--quiet', made.server.url('acme/shop'), 'HEAD:refs/heads/main', 'refs/tags/v1']);
    await made.bus.idle();
    const commit = await made.run(['rev-parse', 'HEAD']);
    expect(host.started.map(({ sourceRevisions }) => sourceRevisions?.[0]?.value)).toEqual([commit]);
  });
});
