import { noAlarms } from '../lib/local/engine/rules/rule';
import type { Executors } from '../lib/local/executor';
import { createPipelineHost } from '../lib/local/pipelines/create';
import type { PipelineHost } from '../lib/local/pipelines/host';
import type { Plan } from '../lib/local/plan';

/** A pipeline with its journal on the disk. */
export const openHost = (plan: Plan, executors: Executors, stateFolder: string): Promise<PipelineHost> =>
  createPipelineHost({ plan, executors, rules: noAlarms, stateFolder });

/** One execution from its start to its end; throws if it does not succeed: the figure would be worth nothing. */
export async function runOnce(host: PipelineHost): Promise<void> {
  const started = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'bench' } });
  if (!started.ok) throw new Error(started.errors.map(({ message }) => message).join('; '));
  await succeeded(host, started.value.execution);
}

export async function succeeded(host: PipelineHost, execution: string): Promise<void> {
  const outcome = await host.ended(execution);
  if (outcome.status !== 'Succeeded') throw new Error(`the run ${outcome.status}: ${outcome.reason}`);
}
