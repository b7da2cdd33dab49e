import { mkdirSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { systemClock } from '../../lib/local/clock';
import { type PipelineOutcome, RunnerBroke, runPlan } from '../../lib/local/engine';
import { readHistory } from '../../lib/local/history';
import { readJournal } from '../../lib/local/journal';
import { acquireLock } from '../../lib/local/lock';
import { type Machine, openMachine } from '../../lib/local/machine';
import type { Reporter } from '../../lib/local/reporters/reporter';
import { summary } from '../../lib/local/reporters/summary';
import { openRun, type Run } from '../../lib/local/run-folder';
import { runState } from '../../lib/local/run-state';
import { ensureTools } from '../../lib/local/tools/tools';
import { approver } from '../approver';
import { bindings } from '../bindings';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { openProject, type Project } from '../project';
import { choosePaint, chooseReporter, type OutputOptions } from '../reporter';
import { untilStopped } from '../stop';
import { synthesizeProject } from '../synthesize';
import { choosePlan } from './plan';
import { readAssemblyOf } from './validate';

export interface RunOptions extends OutputOptions {
  readonly config?: string;
  readonly dirty?: boolean;
  readonly keep?: boolean;
  readonly approve?: boolean;
  readonly context?: string;
  readonly realTime?: boolean;
}

/** A bake of five minutes takes five seconds. */
const clockRate = 60;

export async function run(pipeline: string, options: RunOptions): Promise<void> {
  const project = openProject(options);
  mkdirSync(project.state, { recursive: true });
  const lock = acquireLock(`${project.state}/lock`, `slipway run ${pipeline}`);
  if (!lock.held) {
    throw new Failure(
      `${project.state} is in use by \`${lock.by.purpose}\` (process ${lock.by.pid}): wait until it has ended, or end it; or run in another clone`,
      exitCode['another run uses this folder'],
    );
  }
  const reporter = chooseReporter(options);
  try {
    process.exitCode = await untilStopped((signal) => runIn(project, pipeline, options, reporter, signal));
  } finally {
    reporter.close();
    lock.release();
  }
}

async function runIn(
  project: Project,
  pipeline: string,
  options: RunOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> {
  const preparing = preparations(reporter);
  const [tools] = await Promise.all([
    preparing('Tools', async (progress) => {
      const result = await ensureTools({
        projectRoot: project.root,
        stateFolder: `${project.root}/.slipway`,
        environment: process.env,
        onProgress: progress,
        signal,
      });
      if (!result.ok)
        throw new Failure(
          result.errors.map(({ message }) => message).join('\n'),
          exitCode['this machine lacks something (slipway doctor)'],
        );
      return [
        result.value,
        Object.entries(result.value.versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ];
    }),
    preparing('Synthesis', async () => {
      const { fresh } = await synthesizeProject(project, signal);
      return [undefined, fresh ? 'cdk.out written' : 'cdk.out is up to date'];
    }),
  ]);
  signal.throwIfAborted();
  const { plans, world } = readAssemblyOf(project);
  const plan = choosePlan(plans, pipeline);
  const { local } = project.config;
  const machine = await preparing('Cluster', async () => {
    const opened = await openMachine({
      projectRoot: project.root,
      stateFolder: project.state,
      bindings: bindings(project.config),
      world,
      tools,
      environment: process.env,
      images: local.images,
      ...(local.prepare === undefined ? {} : { prepare: local.prepare }),
      auditOutage: local.auditOutage,
      source: {
        folder: resolve(dirname(project.configFile), project.config.service.path),
        dirty: options.dirty ?? false,
      },
      ask: approver(reporter, options),
      clock: systemClock,
      clockRate: options.realTime ? 1 : clockRate,
      ...(options.context === undefined ? {} : { context: options.context }),
      signal,
    });
    return [
      opened,
      options.context
        ? `context ${options.context}`
        : `embedded: pods are processes of this machine, ${opened.cluster.url}`,
    ];
  });

  let kept = false;
  try {
    const runs = `${project.state}/runs`;
    const open = async (): Promise<Run> => {
      const opened = await openRun(runs);
      opened.journal.subscribe((event) => reporter.event(event));
      return opened;
    };
    const first = await open();
    const outcome = await execute();
    reporter.text(summaryOf(outcome.execution, runs, reporterPaint));
    kept = Boolean(options.keep) && !signal.aborted;
    if (kept)
      reporter.text(
        `\nThe cluster and the service stay up; \`slipway clean --cluster\` ends them. kubectl: KUBECONFIG=${relative('', machine.cluster.kubeconfig)}`,
      );
    if (signal.aborted) return exitCode['stopped by Ctrl-C'];
    return outcome.status === 'Succeeded' ? exitCode['all done'] : exitCode['the pipeline failed'];

    async function execute(): Promise<PipelineOutcome> {
      try {
        return await runPlan(
          plan,
          machine.executors,
          {
            run: first,
            newRun: open,
            variables: {},
            trigger: `slipway run ${pipeline}`,
            history: readHistory(runs),
            now: () => new Date(),
          },
          signal,
        );
      } catch (cause) {
        if (cause instanceof RunnerBroke) reporter.text(summaryOf(cause.outcome.execution, runs, reporterPaint));
        throw cause;
      } finally {
        await first.journal.close();
      }
    }
  } finally {
    await close(machine, kept);
  }
}

const reporterPaint = choosePaint();

const close = (machine: Machine, keepCluster: boolean): Promise<void> => machine.close({ keepCluster });

function summaryOf(execution: string, runs: string, paint: ReturnType<typeof choosePaint>): string {
  const folder = `${runs}/${execution}`;
  const journal = readJournal(`${folder}/journal.jsonl`);
  if (!journal.ok) return journal.errors.join('\n');
  const shown = relative('', folder);
  return summary(runState(journal.value), { run: shown, artifacts: `${shown}/artifacts` }, paint);
}

/** Wraps a step of getting ready so that it is shown, with what came of it. */
function preparations(reporter: Reporter) {
  return async <T>(
    name: string,
    work: (progress: (detail: string) => void) => Promise<readonly [T, string]>,
  ): Promise<T> => {
    reporter.prepare({ kind: 'preparation', name, status: 'started' });
    try {
      const [value, detail] = await work((step) =>
        reporter.prepare({ kind: 'preparation', name, status: 'progress', detail: step }),
      );
      reporter.prepare({ kind: 'preparation', name, status: 'done', detail });
      return value;
    } catch (cause) {
      reporter.prepare({ kind: 'preparation', name, status: 'failed' });
      throw cause;
    }
  };
}
