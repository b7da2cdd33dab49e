import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../lib/local/executor';
import { codeCommitExecutor } from '../../../lib/local/executors/codecommit';
import { connectionExecutor } from '../../../lib/local/executors/connection';
import type { RepositoryLocation } from '../../../lib/local/source/revision';

let base: string;
let folder: string;
const environment: NodeJS.ProcessEnv = { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1' };
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'slipway-branch-'));
  environment['HOME'] = base;
  folder = join(base, 'repository.git');
  mkdirSync(folder);
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.com');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', folder, ...args], { env: environment })
    .toString()
    .trim();

function commit(text: string): string {
  writeFileSync(join(folder, 'a'), text);
  git('add', '--all');
  git('commit', '--quiet', '--message', text);
  return git('rev-parse', 'HEAD');
}

async function fetch(
  location: Partial<RepositoryLocation>,
  sourceRevision?: string,
  kind = 'codecommit',
): Promise<Outcome> {
  const workspace = mkdtempSync(join(base, 'workspace-'));
  const resolveRepository = (_: string, branch: string) => ({ folder, branch, ...location });
  const action = {
    id: 'Source/Source',
    stage: 'Source',
    name: 'Source',
    runOrder: 1,
    inputs: [],
    outputs: ['Source'],
    repository: 'visits',
    branch: 'develop',
  };
  const revision = sourceRevision === undefined ? {} : { sourceRevision };
  const context = { pipeline: 'p', execution: 'e', workspace, inputs: {}, revisions: {}, ...revision };
  const { signal } = new AbortController();
  const options = { resolveRepository, environment };
  return kind === 'codecommit'
    ? codeCommitExecutor(options).execute({ kind: 'codecommit', ...action }, context, () => {}, signal)
    : connectionExecutor(options).execute(
        { kind: 'connection', connectionArn: 'arn:c', ...action },
        context,
        () => {},
        signal,
      );
}

const variables = (outcome: Outcome) => (outcome.status === 'Succeeded' ? outcome.variables : outcome);

describe('where pushes come to, a source action takes', () => {
  test('the newest commit of its branch, whatever HEAD is', async () => {
    const develop = commit('one');
    git('branch', 'develop');
    commit('two');
    expect(variables(await fetch({}))).toMatchObject({ CommitId: develop, BranchName: 'develop' });
  });

  test('the commit that the execution was started with, though the branch has gone on', async () => {
    const first = commit('one');
    commit('two');
    git('branch', 'develop');
    expect(variables(await fetch({}, first))).toMatchObject({
      CommitId: first,
      CommitMessage: 'one',
      BranchName: 'develop',
    });
  });

  test('by a connection the name of the branch that has the commit', async () => {
    commit('one');
    git('branch', 'develop');
    git('checkout', '--quiet', '-b', 'feature/x');
    const pushed = commit('two');
    expect(variables(await fetch({}, pushed, 'connection'))).toMatchObject({
      CommitId: pushed,
      BranchName: 'feature/x',
    });
  });

  test('nothing where the branch has not been pushed yet, and says so', async () => {
    commit('one');
    expect(await fetch({})).toEqual({
      status: 'Failed',
      reason: `the git repository of ${folder} has no branch develop: push it first`,
    });
  });

  test.each([
    ['a'.repeat(40), `has no commit "${'a'.repeat(40)}"`],
    ['HEAD~1', 'the source revision HEAD~1 is no commit id'],
    ['--all', 'the source revision --all is no commit id'],
  ])('nothing for the revision %s', async (revision, reason) => {
    commit('one');
    git('branch', 'develop');
    expect(await fetch({}, revision)).toMatchObject({ status: 'Failed', reason: expect.stringContaining(reason) });
  });

  test('nothing of a work tree with its changes, where a commit was asked for', async () => {
    const first = commit('one');
    expect(await fetch({ dirty: true }, first)).toMatchObject({
      status: 'Failed',
      reason: expect.stringContaining('not both'),
    });
  });
});
