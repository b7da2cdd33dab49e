import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fromBuffer } from 'yauzl';
import type { ActionReport, Outcome } from '../../../lib/local/executor';
import { codeCommitExecutor } from '../../../lib/local/executors/codecommit';
import { connectionExecutor } from '../../../lib/local/executors/connection';
import type { RepositoryLocation } from '../../../lib/local/source/revision';

let base: string;
let repository: string;
const ENVIRONMENT = { PATH: process.env['PATH'], HOME: '' };
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'slipway source é-'));
  repository = join(base, 'repository');
  mkdirSync(join(base, 'home'));
  ENVIRONMENT.HOME = join(base, 'home');
  mkdirSync(repository);
  git('init', '--quiet', '--initial-branch=develop');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.com');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', repository, ...args], {
    env: {
      ...ENVIRONMENT,
      GIT_AUTHOR_DATE: '2026-01-01T12:00:00+02:00',
      GIT_COMMITTER_DATE: '2026-01-01T13:00:00+02:00',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
    .toString()
    .trim();

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
}

function commit(files: Record<string, string>, message = 'First'): string {
  write(files);
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
  return git('rev-parse', 'HEAD');
}

interface Fetched {
  readonly outcome: Outcome;
  /** Path -> text, or the target of a link. */
  readonly files: Record<string, string>;
  readonly modes: Record<string, string>;
  readonly bytes: Buffer;
  readonly output: string[];
  readonly facts: Record<string, string>;
}

async function fetch(
  location: Partial<RepositoryLocation> = {},
  { environment = ENVIRONMENT as NodeJS.ProcessEnv, kind = 'codecommit', signal = new AbortController().signal } = {},
): Promise<Fetched> {
  const workspace = mkdtempSync(join(base, 'workspace-'));
  const reports: ActionReport[] = [];
  const options = {
    resolveRepository: (name: string) => (name === 'visits' ? { folder: repository, ...location } : undefined),
    environment,
  };
  const common = {
    id: 'Source/Source',
    stage: 'Source',
    name: 'Source',
    runOrder: 1,
    inputs: [],
    outputs: ['Source'],
    repository: 'visits',
    branch: 'develop',
  };
  const context = { pipeline: 'p', execution: 'e', workspace, inputs: {}, revisions: {} };
  const emit = (report: ActionReport) => void reports.push(report);
  const outcome =
    kind === 'codecommit'
      ? await codeCommitExecutor(options).execute({ kind: 'codecommit', ...common }, context, emit, signal)
      : await connectionExecutor(options).execute(
          { kind: 'connection', connectionArn: 'arn:c', ...common },
          context,
          emit,
          signal,
        );
  const bytes = outcome.status === 'Succeeded' ? readFileSync(outcome.artifacts['Source'] ?? '') : Buffer.alloc(0);
  expect(readdirSync(workspace)).toEqual(
    outcome.status === 'Succeeded' ? ['Source.zip'] : expect.not.arrayContaining(['git']),
  );
  return {
    outcome,
    ...(await unzip(bytes)),
    bytes,
    output: reports.flatMap((report) => (report.kind === 'output' ? [report.text] : [])),
    facts: Object.fromEntries(
      reports.flatMap((report) => (report.kind === 'fact' ? [[report.name, report.value]] : [])),
    ),
  };
}

async function unzip(bytes: Buffer): Promise<Pick<Fetched, 'files' | 'modes'>> {
  const files: Record<string, string> = {};
  const modes: Record<string, string> = {};
  if (bytes.length === 0) return { files, modes };
  await new Promise<void>((resolve, reject) =>
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('end', resolve).on('error', reject);
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, async (failure, stream) => {
          if (failure) return reject(failure);
          files[entry.fileName] = Buffer.concat(await stream.toArray()).toString();
          modes[entry.fileName] = (entry.externalFileAttributes >>> 16).toString(8);
          zip.readEntry();
        }),
      );
      zip.readEntry();
    }),
  );
  return { files, modes };
}

const variablesOf = (outcome: Outcome) => (outcome.status === 'Succeeded' ? outcome.variables : outcome);

/** Everything of the repository that a run must not touch. */
function fingerprint(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      // git renews the time of an object that it would have written.
      const time = path.includes('/.git/objects/') ? '' : statSync(path).mtimeMs;
      return `${path} ${time} ${readFileSync(path).toString('base64')}`;
    })
    .sort()
    .join('\n');
}

describe('a source artifact of a commit', () => {
  test('holds the files of the commit, without .git, and the variables of CodeCommit', async () => {
    const id = commit({ 'app.py': 'print(1)\n', 'a b/ü.txt': 'ü', empty: '' }, 'Count visits\n\nMore of it');
    const { outcome, files } = await fetch();
    expect(files).toEqual({ 'app.py': 'print(1)\n', 'a b/ü.txt': 'ü', empty: '' });
    expect(outcome).toMatchObject({ status: 'Succeeded', externalId: id });
    expect(variablesOf(outcome)).toEqual({
      RepositoryName: 'visits',
      BranchName: 'develop',
      CommitId: id,
      CommitMessage: 'Count visits\n\nMore of it',
      AuthorDate: '2026-01-01T10:00:00Z',
      CommitterDate: '2026-01-01T11:00:00Z',
    });
  });

  test('by a connection has the names of that provider', async () => {
    const id = commit({ a: 'a' });
    const { outcome } = await fetch({}, { kind: 'connection' });
    expect(variablesOf(outcome)).toEqual({
      ConnectionArn: 'arn:c',
      FullRepositoryName: 'visits',
      BranchName: 'develop',
      CommitId: id,
      CommitMessage: 'First',
      AuthorDate: '2026-01-01T10:00:00Z',
    });
  });

  test('has no executable bits, keeps links, and is the same bytes each time', async () => {
    write({ 'run.sh': '#!/bin/sh\n' });
    chmodSync(join(repository, 'run.sh'), 0o755);
    symlinkSync('run.sh', join(repository, 'link'));
    commit({});
    const first = await fetch();
    expect(first.modes).toEqual({ 'run.sh': '100644', link: '120777' });
    expect(first.files['link']).toBe('run.sh');
    expect((await fetch()).bytes.equals(first.bytes)).toBe(true);
  });

  test('is what was committed, and says what was not', async () => {
    commit({ a: 'old', b: 'b' });
    write({ a: 'new', c: 'c' });
    const before = fingerprint(repository);
    const { files, output, facts } = await fetch();
    expect(files).toEqual({ a: 'old', b: 'b' });
    expect(output).toContainEqual(expect.stringContaining('2 uncommitted change(s) are not part of this run'));
    expect(facts).toMatchObject({ dirty: 'no', branch: 'develop' });
    expect(fingerprint(repository)).toBe(before);
  });

  test('takes no attribute of git into account: nothing is left out, nothing replaced', async () => {
    const files = {
      '.gitattributes': 'hidden export-ignore\nv export-subst\nt text eol=crlf\n',
      hidden: 'h',
      v: '$Format:%H$',
      t: 'a\nb\n',
    };
    commit(files);
    expect((await fetch()).files).toEqual(files);
  });

  test('is of a folder below, wherever the repository begins', async () => {
    commit({ 'examples/visits/app.py': 'app', 'examples/v*/app.py': 'decoy', 'README.md': 'r' });
    write({ 'README.md': 'changed' });
    const { files, output } = await fetch({ subfolder: 'examples/visits' });
    expect(files).toEqual({ 'app.py': 'app' });
    expect(output.join('\n')).not.toContain('uncommitted');
    expect((await fetch({ folder: join(repository, 'examples'), subfolder: './visits/' })).files).toEqual({
      'app.py': 'app',
    });
    expect((await fetch({ folder: join(repository, 'examples/visits') })).files).toEqual({ 'app.py': 'app' });
    write({ 'examples/visits/new.py': 'n' });
    expect((await fetch({ subfolder: 'examples/visits' })).output.join('\n')).toContain('1 uncommitted');
    expect((await fetch({ subfolder: 'examples/v*' })).output.join('\n')).not.toContain('uncommitted');
  });

  test('is of another revision, or of a bare repository, if told so', async () => {
    const first = commit({ a: '1' });
    commit({ a: '2' }, 'Second');
    const old = await fetch({ revision: first.slice(0, 10) });
    expect(old.files).toEqual({ a: '1' });
    expect(variablesOf(old.outcome)).toMatchObject({ CommitId: first });
    git('clone', '--quiet', '--bare', '.', join(base, 'bare.git'));
    expect((await fetch({ folder: join(base, 'bare.git') })).files).toEqual({ a: '2' });
  });

  test('says from which branch it is, if not the one of the pipeline', async () => {
    commit({ a: 'a' });
    expect((await fetch()).output.join('\n')).not.toContain('Taken from');
    git('checkout', '--quiet', '-b', 'feature/x');
    const { output, outcome } = await fetch();
    expect(output).toContainEqual('Taken from branch feature/x, as the pipeline takes branch develop on AWS');
    expect(variablesOf(outcome)).toMatchObject({ BranchName: 'develop' });
    git('checkout', '--quiet', '--detach');
    expect((await fetch()).output.join('\n')).toContain('Taken from no branch');
  });

  test('tells of submodules and of files in Git LFS', async () => {
    commit({ 'big.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' });
    git('update-index', '--add', '--cacheinfo', `160000,${git('rev-parse', 'HEAD')},libs/sub`);
    git('commit', '--quiet', '--message', 'Sub');
    const { files, output } = await fetch();
    expect(Object.keys(files)).toEqual(['big.bin']);
    expect(output).toContainEqual('Submodules are not part of a source artifact: libs/sub');
    expect(output).toContainEqual('Git LFS files are in the source artifact as pointers only: big.bin');
  });

  test('of large and many files is whole', async () => {
    const big = 'x0123456789'.repeat(100_000);
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`d${n % 7}/f${n}`, `${n}\n`]));
    commit({ ...many, big });
    expect((await fetch()).files).toEqual({ ...many, big });
  });

  test('is not turned by GIT_* of the user', async () => {
    commit({ a: 'a' });
    const environment = { ...ENVIRONMENT, GIT_DIR: '/nowhere', GIT_WORK_TREE: '/nowhere', GIT_INDEX_FILE: '/nowhere' };
    expect((await fetch({}, { environment })).files).toEqual({ a: 'a' });
  });
});

describe('a source artifact of a work tree', () => {
  const files = { 'app/a': 'old', 'app/gone': 'g', '.gitignore': 'ignored\n', other: 'o' };

  test('has what is changed, new and deleted, and not what is ignored; the repository is not touched', async () => {
    commit(files);
    write({ 'app/a': 'new', 'app/b': 'b', ignored: 'i' });
    write({ staged: 'index' });
    git('add', 'staged');
    write({ staged: 'work tree' });
    rmSync(join(repository, 'app/gone'));
    const before = fingerprint(repository);
    const { files: taken, outcome, output, facts } = await fetch({ dirty: true });
    expect(taken).toEqual({ 'app/a': 'new', 'app/b': 'b', '.gitignore': 'ignored\n', other: 'o', staged: 'work tree' });
    expect(fingerprint(repository)).toBe(before);
    expect(variablesOf(outcome)).toMatchObject({
      CommitMessage: `Uncommitted changes on top of ${git('rev-parse', 'HEAD').slice(0, 12)}: First`,
    });
    expect(output[0]).toMatch(/^Work tree [0-9a-f]{12}: Uncommitted changes/);
    expect(facts).toMatchObject({ dirty: 'yes' });
  });

  test('has an id that is that of its content alone', async () => {
    const head = commit(files);
    const idOf = async () => (await fetch({ dirty: true, subfolder: 'app' })).facts['commit'];
    expect(await idOf()).toBe(head);
    write({ other: 'changed elsewhere' });
    expect(await idOf()).toBe(head);
    write({ 'app/a': 'new' });
    const changed = await idOf();
    expect(changed).toMatch(/^[0-9a-f]{40}$/);
    expect(changed).not.toBe(head);
    expect(await idOf()).toBe(changed);
    git('add', '--all');
    expect(await idOf()).toBe(changed);
    write({ 'app/a': 'newer' });
    expect(await idOf()).not.toBe(changed);
    write({ 'app/a': 'old' });
    expect(await idOf()).toBe(head);
  });

  test('may have a folder that is in no commit yet', async () => {
    commit({ a: 'a' });
    write({ 'service/app.py': 'app' });
    expect((await fetch({ subfolder: 'service', dirty: true })).files).toEqual({ 'app.py': 'app' });
  });

  test('sees a change of the same size in the same moment as the index', async () => {
    commit({ a: 'one' });
    for (const text of ['two', 'six', 'ten']) {
      write({ a: text });
      expect((await fetch({ dirty: true })).files).toEqual({ a: text });
    }
  });
});

describe('a source that cannot be had', () => {
  const reasonOf = async (...args: Parameters<typeof fetch>) => {
    const { outcome } = await fetch(...args);
    return outcome.status === 'Failed' ? outcome.reason : outcome.status;
  };

  test.each([{ dirty: false }, { dirty: true }])('without a commit says what to do (%j)', async (location) => {
    expect(await reasonOf(location)).toMatch(/has no commit yet: commit first/);
  });

  test('names the folder that is in no repository or not there', async () => {
    expect(await reasonOf({ folder: base })).toBe(
      `${base} is not in a git repository: the source is what git has committed; make one with git init, git add and git commit`,
    );
    expect(await reasonOf({ folder: join(base, 'none') })).toContain('cannot change to');
  });

  test('names the folder that the commit does not have, that is a file, or that lies outside', async () => {
    const id = commit({ a: 'a' }).slice(0, 12);
    for (const subfolder of ['service', 'a'])
      expect(await reasonOf({ subfolder })).toBe(
        `commit ${id} has no folder ${subfolder}: commit it first, or correct the path`,
      );
    expect(await reasonOf({ subfolder: '../x' })).toContain('outside the git repository');
    expect(await reasonOf({ subfolder: '/etc' })).toContain('outside the git repository');
    expect(await reasonOf({ subfolder: 'service', dirty: true })).toContain('service');
  });

  test('without any file says so', async () => {
    git('commit', '--quiet', '--allow-empty', '--message', 'Nothing');
    expect(await reasonOf()).toBe('the source has no files');
  });

  test('names the revision that there is not', async () => {
    commit({ a: 'a' });
    expect(await reasonOf({ revision: 'nope' })).toContain('has no commit "nope"');
    expect(await reasonOf({ revision: '--all' })).toContain('has no commit "--all"');
    expect(await reasonOf({ revision: 'HEAD', dirty: true })).toContain('not both');
  });

  test('says that git is missing', async () => {
    commit({ a: 'a' });
    expect(await reasonOf({}, { environment: { ...ENVIRONMENT, PATH: join(base, 'home') } })).toContain(
      'git was not found on PATH',
    );
  });

  test('of an unknown repository names it', async () => {
    commit({ a: 'a' });
    const options = { resolveRepository: () => undefined, environment: ENVIRONMENT };
    const outcome = await codeCommitExecutor(options).execute(
      {
        kind: 'codecommit',
        id: 'S/S',
        stage: 'S',
        name: 'S',
        runOrder: 1,
        inputs: [],
        outputs: ['Source'],
        repository: 'other',
        branch: 'b',
      },
      { pipeline: 'p', execution: 'e', workspace: base, inputs: {}, revisions: {} },
      () => {},
      new AbortController().signal,
    );
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('repository other') });
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('of another owner says how to trust it', async () => {
    commit({ a: 'a' });
    execFileSync('chown', ['-R', '12345', repository]);
    expect(await reasonOf()).toContain(`git config --global --add safe.directory '${repository}'`);
  });

  test('in time is stopped', async () => {
    commit({ a: 'a' });
    expect(await reasonOf({}, { signal: AbortSignal.abort() })).toBe('Stopped');
  });
});
