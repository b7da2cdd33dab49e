import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { buildExecutors } from './builds';
import { oneProcess } from './engine';
import { openHost, runOnce } from './host';
import { type Figure, median, type NotRun, run, timed } from './measure';
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
export async function jobFigures(program: string, sizes: JobSizes = SIZES): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-jobs-'));
  const { jobs, rounds } = sizes;
  try {
    const one = await measure(program, join(folder, 'one'), 1, 'parallel', rounds);
    const many = await measure(program, join(folder, 'many'), jobs, 'parallel', rounds);
    const chain = await measure(program, join(folder, 'chain'), jobs, 'chain', 1);
    return (['builds', 'processes'] as const).flatMap((kind) => [
      {
        name: `a job more of ${jobs} parallel, ${kind}`,
        ours: (many[kind] - one[kind]) / (jobs - 1),
        yardstick: (many.theirs - one.theirs) / (jobs - 1),
        against: 'gitlab-ci-local, shell executor: a job more',
        aim: 0.2,
      },
      {
        name: `a chain of ${jobs} jobs, ${kind}`,
        ours: chain[kind],
        yardstick: chain.theirs,
        against: 'gitlab-ci-local, needs',
        aim: 0.05,
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Medians of all three, alternating. Only what stays in this process has to warm up. */
async function measure(program: string, folder: string, jobs: number, shape: Shape, rounds: number) {
  const works = {
    builds: await builds(join(folder, 'builds'), jobs, shape),
    processes: await processes(join(folder, 'processes'), jobs, shape),
    theirs: gitlab(program, join(folder, 'theirs'), jobs, shape),
  };
  const times = { builds: [] as number[], processes: [] as number[], theirs: [] as number[] };
  await works.builds();
  await works.processes();
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['builds', 'processes', 'theirs'] as const) times[kind].push(await timed(works[kind]));
  }
  return { builds: median(times.builds), processes: median(times.processes), theirs: median(times.theirs) };
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
