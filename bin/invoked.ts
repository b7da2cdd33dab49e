import type { Event } from '../lib/local/event';
import type { PipelineHost } from '../lib/local/pipelines/host';
import type { Reporter } from '../lib/local/reporters/reporter';

/** What it needs of a hosting: every host by its pipeline's name. */
type Hosts = ReadonlyMap<string, Pick<PipelineHost, 'subscribe' | 'ended'>>;

/**
 * Hears of executions of the other pipelines, which an action of `pipeline` starts (Invoke/AWS/CodePipeline). The function that it
 * gives waits for their ends and tells them: the command would end them otherwise. When the signal aborts, it waits no longer.
 */
export function watchInvoked(
  hosts: Hosts,
  pipeline: string,
  reporter: Pick<Reporter, 'text'>,
  signal: AbortSignal,
): () => Promise<void> {
  const waiting: { readonly name: string; readonly execution: string }[] = [];
  const ends: (() => void)[] = [];
  for (const [name, host] of hosts) {
    if (name === pipeline) continue;
    const hear = (event: Event): void => {
      if (event.kind === 'pipeline-started') waiting.push({ name, execution: event.execution });
    };
    ends.push(host.subscribe(hear));
  }
  const aborted = new Promise<'aborted'>((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  return async () => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const { name, execution } = next;
      const outcome = await Promise.race([hosts.get(name)?.ended(execution), aborted]);
      if (outcome === 'aborted' || outcome === undefined) break;
      const reason = outcome.status !== 'Succeeded' && outcome.reason ? `: ${outcome.reason}` : '';
      reporter.text(`${name}, started by this run, ${outcome.status.toLowerCase()} (${execution})${reason}`);
    }
    for (const end of ends) end();
  };
}
