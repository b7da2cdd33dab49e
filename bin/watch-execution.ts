import { RunnerBroke } from '../lib/local/engine';
import type { PipelineHost } from '../lib/local/pipelines/host';
import type { Reporter } from '../lib/local/reporters/reporter';
import { summary } from '../lib/local/reporters/summary';
import { exitCode } from './exit-codes';
import { type Hosting, shown } from './hosting';
import { choosePaint } from './reporter';

/**
 * Waits for an execution's end, the rollback included, and shows what came of it; gives the exit code. When the signal aborts, what
 * runs is stopped.
 */
export async function watchExecution(
  host: PipelineHost,
  execution: string,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> {
  const stop = () => void host.close('stopped');
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    const outcome = await host.ended(execution);
    reporter.text(summaryOf(host, outcome.execution));
    if (signal.aborted) return exitCode['stopped by Ctrl-C'];
    return outcome.status === 'Succeeded' ? exitCode['all done'] : exitCode['the pipeline failed'];
  } catch (cause) {
    if (cause instanceof RunnerBroke) reporter.text(summaryOf(host, cause.outcome.execution));
    throw cause;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Ends what a command has opened, and says what is left of it. `ended`: the execution came to an end; else nothing is kept. */
export async function endHosting(
  hosting: Hosting,
  reporter: Reporter,
  { ended, keep }: { readonly ended: boolean; readonly keep: boolean },
): Promise<void> {
  const { stays, kubeconfig } = hosting.machine.cluster;
  if (ended && keep)
    reporter.text(
      `\nThe cluster and the service stay up; \`slipway clean --cluster\` ends them. kubectl: KUBECONFIG=${shown(kubeconfig)}`,
    );
  else if (ended && !stays)
    reporter.text('\nThe cluster and the service have ended with the run; `slipway run --keep` leaves them up.');
  await hosting.close('stopped', { keepCluster: ended && keep });
}

function summaryOf(host: PipelineHost, execution: string): string {
  const view = host.execution(execution);
  if (view === undefined) return '';
  const folder = shown(view.folder);
  return summary(view.state, { run: folder, artifacts: `${folder}/artifacts` }, choosePaint());
}
