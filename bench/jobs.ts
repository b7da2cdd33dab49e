import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { systemClock } from '../lib/local/clock';
import { secretsFile } from '../lib/local/codebuild/secrets';
import { writeZip } from '../lib/local/codebuild/zip';
import { noAlarms } from '../lib/local/engine/rules/rule';
import type { Executor, Executors } from '../lib/local/executor';
import { codeBuildExecutor } from '../lib/local/executors/codebuild';
import { createPipelineHost } from '../lib/local/pipelines/create';
import type { CodeBuildAction, Plan, PlannedAction } from '../lib/local/plan';
import { type Figure, run, sideBySide } from './measure';
import { unused } from './unused';

const JOBS = 100;
const ROUNDS = 3;
type Shape = 'parallel' | 'chain';

/**
 * Trivial jobs (`true`) as builds with everything that a build has, against the same jobs in gitlab-ci-local's shell executor. A
 * tool's own start is left out of the figure for parallel jobs: the time of one job is taken off, and the rest divided.
 */
export async function jobFigures(root: string): Promise<readonly Figure[] | string> {
  const program = join(root, 'node_modules', '.bin', 'gitlab-ci-local');
  if (!existsSync(program)) return 'gitlab-ci-local is not installed (npm ci)';
  if (!onPath('rsync')) return 'gitlab-ci-local needs rsync, which is not on PATH';
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-jobs-'));
  try {
    const ours = async (jobs: number, shape: Shape) => slipway(join(folder, `ours-${shape}-${jobs}`), jobs, shape);
    const theirs = (jobs: number, shape: Shape) =>
      gitlab(program, join(folder, `theirs-${shape}-${jobs}`), jobs, shape);
    const one = await sideBySide(ROUNDS, await ours(1, 'parallel'), theirs(1, 'parallel'));
    const many = await sideBySide(ROUNDS, await ours(JOBS, 'parallel'), theirs(JOBS, 'parallel'));
    const chain = await sideBySide(1, await ours(JOBS, 'chain'), theirs(JOBS, 'chain'));
    return [
      {
        name: `a job more, of ${JOBS} parallel`,
        ours: (many.ours - one.ours) / (JOBS - 1),
        yardstick: (many.yardstick - one.yardstick) / (JOBS - 1),
        against: 'gitlab-ci-local, shell executor',
        aim: 0.2,
      },
      { name: `a chain of ${JOBS} jobs`, ...chain, against: 'gitlab-ci-local, needs', aim: 0.05 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const onPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

function gitlab(program: string, folder: string, jobs: number, shape: Shape): () => Promise<void> {
  mkdirSync(folder, { recursive: true });
  const text = Array.from({ length: jobs }, (_, index) => [
    `job${index}:`,
    '  script: ["true"]',
    ...(shape === 'chain' && index > 0 ? [`  needs: [job${index - 1}]`] : []),
  ]);
  writeFileSync(join(folder, '.gitlab-ci.yml'), `${text.flat().join('\n')}\n`);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], { cwd: folder });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Jobs');
  git('remote', 'add', 'origin', 'git@gitlab.example.com:bench/jobs.git');
  return () => run(program, ['--shell-executor-no-image', '--quiet'], { cwd: folder });
}

async function slipway(folder: string, jobs: number, shape: Shape): Promise<() => Promise<void>> {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const text = join(folder, 'README.md');
  writeFileSync(text, 'bench\n');
  const archive = join(folder, 'source.zip');
  await writeZip(archive, [{ name: 'README.md', path: text }], { links: false });
  const source: Executor<PlannedAction> = {
    execute: async () => ({ status: 'Succeeded', variables: {}, artifacts: { Source: archive } }),
  };
  const codebuild = codeBuildExecutor({
    stateFolder: join(folder, '.slipway'),
    tools: { binFolder: join(folder, 'bin') },
    endpoint: {
      url: 'http://127.0.0.1:1',
      credentialsFor: () => ({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' }),
    },
    account: '111122223333',
    region: 'eu-west-1',
    partition: 'aws',
    secrets: secretsFile(join(folder, 'secrets.yaml')),
    extraEnvironment: {},
    userEnvironment: process.env,
    clock: systemClock,
  });
  const executors: Executors = { ...unused, codecommit: source, codebuild };
  const host = await createPipelineHost({
    plan: planOf(jobs, shape),
    executors,
    rules: noAlarms,
    stateFolder: join(folder, '.slipway'),
  });
  return async () => {
    const started = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'bench' } });
    if (!started.ok) throw new Error(started.errors.map(({ message }) => message).join('; '));
    const outcome = await host.ended(started.value.execution);
    if (outcome.status !== 'Succeeded') throw new Error(`the run ${outcome.status}: ${outcome.reason}`);
  };
}

function planOf(jobs: number, shape: Shape): Plan {
  const base = { inputs: [] as string[], outputs: [] as string[] };
  const job = (index: number): CodeBuildAction => ({
    ...base,
    kind: 'codebuild',
    id: `Jobs/Job${index}`,
    stage: 'Jobs',
    name: `Job${index}`,
    runOrder: shape === 'chain' ? index + 1 : 1,
    inputs: ['Source'],
    environment: [],
    project: {
      name: 'bench',
      logicalId: 'Bench',
      arn: 'arn:aws:codebuild:eu-west-1:111122223333:project/bench',
      roleArn: 'arn:aws:iam::111122223333:role/bench',
      image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
      computeType: 'BUILD_GENERAL1_SMALL',
      privileged: false,
      buildspec: 'version: 0.2\nphases:\n  build:\n    commands:\n      - "true"\n',
      environment: [],
      timeoutMinutes: 60,
    },
  });
  return {
    pipeline: `bench-${shape}`,
    logicalId: 'Bench',
    stack: 'Bench',
    structure: `bench-${shape}-${jobs}`,
    executionMode: 'QUEUED',
    variables: [],
    stages: [
      {
        name: 'Source',
        actions: [
          {
            ...base,
            kind: 'codecommit',
            id: 'Source/Source',
            stage: 'Source',
            name: 'Source',
            runOrder: 1,
            outputs: ['Source'],
            repository: 'bench',
            branch: 'main',
          },
        ],
      },
      { name: 'Jobs', actions: Array.from({ length: jobs }, (_, index) => job(index)) },
    ],
  };
}
