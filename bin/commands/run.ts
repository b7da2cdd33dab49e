import { relative } from 'node:path';
import { systemClock } from '../../lib/local/clock';
import { type PipelineOutcome, RunnerBroke, runPlan } from '../../lib/local/engine';
import { endStrayBuilds } from '../../lib/local/executors/codebuild';
import { readHistory } from '../../lib/local/history';
import { readJournal } from '../../lib/local/journal';
import { copyContext } from '../../lib/local/kube-context';
import { type Machine, openMachine } from '../../lib/local/machine';
import type { Plan } from '../../lib/local/plan';
import type { Reporter } from '../../lib/local/reporters/reporter';
import { summary } from '../../lib/local/reporters/summary';
import { openRun, type Run } from '../../lib/local/run-folder';
import { runState } from '../../lib/local/run-state';
import type { RepositoryLocation } from '../../lib/local/source/revision';
import { ensureTools, type Tools } from '../../lib/local/tools/tools';
import { allOrNone } from '../all-or-none';
import { approver } from '../approver';
import { bindings } from '../bindings';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { holdFolder } from '../folder';
import { checkVariables, choosePipeline } from '../pipelines';
import { openProject, type Project, serviceFolder } from '../project';
import { choosePaint, chooseReporter, type OutputOptions } from '../reporter';
import { checkSource } from '../source';
import { untilStopped } from '../stop';
import { synthesizeProject } from '../synthesize';

export interface RunOptions extends OutputOptions {
  readonly config?: string;
  readonly dirty?: boolean;
  readonly keep?: boolean;
  readonly approve?: boolean;
  readonly context?: string;
  readonly realTime?: boolean;
  readonly variable?: Readonly<Record<string, string>>;
}

/** A bake of five minutes takes five seconds. */
const clockRate = 60;

export async function run(pipeline: string, options: RunOptions): Promise<void> {
  const project = openProject(options);
  const name = choosePipeline(project.config, pipeline);
  checkVariables(project.config, name, options.variable ?? {});
  const source: RepositoryLocation = {
    folder: serviceFolder(project),
    dirty: options.dirty ?? false,
  };
  process.exitCode = await untilStopped(async (signal) => {
    await checkSource(source, signal);
    const folder = holdFolder(project.state, `slipway run ${pipeline}`);
    const reporter = chooseReporter(options);
    try {
      return await runIn(project, name, { ...options, source }, reporter, signal);
    } finally {
      reporter.close();
      folder.release();
    }
  });
}

async function runIn(
  project: Project,
  pipeline: string,
  options: RunOptions & { readonly source: RepositoryLocation },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> {
  await endStrayBuilds(project.state);
  const preparing = preparations(reporter);
  const [tools, { plans, world }] = await allOrNone(
    signal,
    (either) => preparing('Tools', (progress) => provideTools(project, progress, either)),
    (either) =>
      preparing('Synthesis', async () => {
        const synthesized = await synthesizeProject(project, either);
        return [synthesized, synthesized.fresh ? 'cdk.out written' : 'cdk.out is up to date'];
      }),
  );
  signal.throwIfAborted();
  const plan = planOf(plans, pipeline);
  const { local } = project.config;
  const machine = await preparing('Cluster', async () => {
    const otherCluster =
      options.context === undefined ? undefined : await contextOf(project, options.context, tools, signal);
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
      source: options.source,
      ask: approver(reporter, options),
      clock: systemClock,
      clockRate: options.realTime ? 1 : clockRate,
      ...(otherCluster && { otherCluster }),
      signal,
    });
    return [
      opened,
      options.context
        ? `context ${options.context}, ${opened.cluster.url}`
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
            variables: options.variable ?? {},
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

async function contextOf(project: Project, context: string, tools: Tools, signal: AbortSignal) {
  const copied = await copyContext({ context, stateFolder: project.state, tools, environment: process.env, signal });
  if (!copied.ok) throw new Failure(copied.errors.join('\n'), exitCode['usage, configuration or template is wrong']);
  return copied.value;
}

function planOf(plans: readonly Plan[], pipeline: string): Plan {
  const plan = plans.find((each) => each.pipeline === pipeline);
  if (!plan) throw new Error(`the synthesized templates hold no pipeline ${pipeline}`);
  return plan;
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

/** What the builds call, installed if it is not. */
async function provideTools(
  project: Project,
  progress: (detail: string) => void,
  signal: AbortSignal,
): Promise<readonly [Tools, string]> {
  const result = await ensureTools({
    projectRoot: project.root,
    stateFolder: `${project.root}/.slipway`,
    environment: { ...process.env, SLIPWAY_STATE: project.state },
    onProgress: progress,
    signal,
  });
  const problems = result.ok
    ? result.value.missing.map(({ program, reason }) => `${program}: ${reason}`)
    : result.errors.map(({ message }) => message);
  if (!result.ok || problems.length > 0)
    throw new Failure(problems.join('\n'), exitCode['this machine lacks something (slipway doctor)']);
  const versions = Object.entries(result.value.versions).map(([name, version]) => `${name} ${version}`);
  return [result.value, versions.join(', ')];
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
