import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { buildExecutors } from './builds';
import { oneProcess } from './engine';
import { openHost, runOnce } from './host';
import { type Figure, type NotRun, run, sideBySide } from './measure';
import { buildPlan, plainPlan } from './plans';
import { unused } from './unused';

type Shape = 'parallel' | 'chain';

export interface JobSizes {
  readonly jobs: number;
  readonly rounds: number;
}

const SIZES: JobSizes = { jobs: 100, rounds: 3 };

/** Trivial jobs against the same jobs in gitlab-ci-local's shell executor, if that is there. */
export async function gitlabFigures(root: string): Promise<readonly (Figure | NotRun)[]> {
  const program = join(root, 'node_modules', '.bin', 'gitlab-ci-local');
  const name = 'jobs against gitlab-ci-local';
  if (!existsSync(program)) return [{ name, why: 'gitlab-ci-local is not installed (npm ci)' }];
  if (!onPath('rsync')) return [{ name, why: 'gitlab-ci-local needs rsync, which is not on PATH' }];
  return jobFigures(program);
}

/**
 * Trivial jobs (`true`), once as builds with everything that a build has and once as an action of one process, against the
 * program's. A tool's own start is left out of the figure for parallel jobs: the time of one job is taken off, and the rest
 * divided.
 */
export async function jobFigures(program: string, { jobs, rounds }: JobSizes = SIZES): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-jobs-'));
  try {
    const theirs = (count: number, shape: Shape) =>
      gitlab(program, join(folder, `theirs-${shape}-${count}`), count, shape);
    const figures: Figure[] = [];
    for (const [kind, ours] of Object.entries({ build: builds, process: processes })) {
      const of = (count: number, shape: Shape) => ours(join(folder, `${kind}-${shape}-${count}`), count, shape);
      const one = await sideBySide(rounds, await of(1, 'parallel'), theirs(1, 'parallel'));
      const many = await sideBySide(rounds, await of(jobs, 'parallel'), theirs(jobs, 'parallel'));
      const chain = await sideBySide(1, await of(jobs, 'chain'), theirs(jobs, 'chain'));
      figures.push(
        {
          name: `a ${kind} more, of ${jobs} parallel`,
          ours: (many.ours - one.ours) / (jobs - 1),
          yardstick: (many.yardstick - one.yardstick) / (jobs - 1),
          against: 'gitlab-ci-local, shell executor: a job more',
          aim: 0.2,
        },
        { name: `a chain of ${jobs}, each a ${kind}`, ...chain, against: 'gitlab-ci-local, needs', aim: 0.05 },
      );
    }
    return figures;
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

async function builds(folder: string, jobs: number, shape: Shape): Promise<() => Promise<void>> {
  const executors = await buildExecutors(folder);
  const host = await openHost(buildPlan(shape, jobs), executors, join(folder, '.slipway'));
  return () => runOnce(host);
}

async function processes(folder: string, jobs: number, shape: Shape): Promise<() => Promise<void>> {
  const host = await openHost(plainPlan(shape, jobs), { ...unused, lambda: oneProcess }, folder);
  return () => runOnce(host);
}
