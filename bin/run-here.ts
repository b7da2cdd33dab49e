import type { PipelineHost } from '../lib/local/pipelines/host';
import type { Reporter } from '../lib/local/reporters/reporter';
import { answerApprovals } from './approver';
import { holdFolder } from './folder';
import { type Hosting, openHosting } from './hosting';
import { watchInvoked } from './invoked';
import { type HoldOptions, pauseOf } from './pauser';
import { type Project, serviceFolder } from './project';
import { chooseReporter, type OutputOptions } from './reporter';
import type { RoomOptions } from './rooms';
import { checkSource } from './source';
import { untilStopped } from './stop';
import { endHosting, watchExecution } from './watch-execution';

/** What `run`, `resume` and `retry` have in common. */
export interface HereOptions extends OutputOptions, RoomOptions, HoldOptions {
  readonly config?: string;
  readonly dirty?: boolean;
  readonly keep?: boolean;
  readonly approve?: boolean;
  readonly context?: string;
  readonly realTime?: boolean;
}

/** What a command does with the pipelines, once they are open. */
export interface Work {
  /** What holds the folder meanwhile, for the one who finds it held. */
  readonly purpose: string;
  /** Tells what is wrong before anything is started. */
  check?(): Promise<void>;
  /** Says which pipeline it is about; throws a Failure if there is none. */
  choose(hosting: Hosting, reporter: Reporter, signal: AbortSignal): Chosen | Promise<Chosen>;
}

export interface Chosen {
  readonly host: PipelineHost;
  /** Lets an execution go, with everybody listening; gives its id. */
  begin(): Promise<string>;
}

/**
 * Opens the pipelines of this machine, shows an execution to its end, with its rollback and the pipelines that it invokes, and ends
 * everything again. The process's exit code tells how the execution ended.
 */
export async function runHere(project: Project, options: HereOptions, work: Work): Promise<void> {
  const source = { folder: serviceFolder(project), dirty: options.dirty ?? false };
  process.exitCode = await untilStopped(async (signal) => {
    await checkSource(source, signal);
    await work.check?.();
    const folder = holdFolder(project.state, work.purpose);
    const reporter = chooseReporter(options);
    try {
      const pause = pauseOf(reporter, project, options);
      const hosting = await openHosting({ ...options, ...pause, project, source, reporter }, signal);
      return await watched(hosting, options, work, reporter, signal);
    } finally {
      reporter.close();
      folder.release();
    }
  });
}

async function watched(
  hosting: Hosting,
  options: HereOptions,
  work: Work,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> {
  let code: number | undefined;
  try {
    const { host, begin } = await work.choose(hosting, reporter, signal);
    host.subscribe((event) => reporter.event(event));
    for (const each of hosting.hosts.values()) answerApprovals(each, reporter, options);
    const invoked = watchInvoked(hosting.hosts, host.plan.pipeline, reporter, signal);
    code = await watchExecution(host, await begin(), reporter, signal);
    await host.idle();
    await invoked();
    return code;
  } finally {
    const ended = code !== undefined && !signal.aborted;
    await endHosting(hosting, reporter, { ended, keep: options.keep ?? false });
  }
}
