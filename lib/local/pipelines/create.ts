import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { RulePorts } from '../engine/rules/rule';
import type { Executors } from '../executor';
import type { Plan } from '../plan';
import { openRun } from '../run-folder';
import type { PipelineHost } from './host';
import { Ledger } from './ledger';
import { loadExecutions } from './load';
import { Host } from './pipeline';

export interface PipelineHostOptions {
  readonly plan: Plan;
  readonly executors: Executors;
  /** What rules ask of the machine; its clock is the pipeline's. */
  readonly rules: RulePorts;
  /** `.slipway`: executions are kept in `runs/`, the pipeline's own journal in `pipelines/<name>/`. */
  readonly stateFolder: string;
  /** Makes ids of executions and tokens: UUIDs. */
  readonly newId?: () => string;
  /** Opens an execution's folder and journal; default: on the disk. */
  readonly openRun?: typeof openRun;
  /** A journal of the past that cannot be read is told and left out. */
  readonly onUnreadable?: (reason: string) => void;
}

/** Opens a pipeline with all that its journals tell. Nothing runs until it is started or resumed. One process a folder at a time. */
export async function createPipelineHost(options: PipelineHostOptions): Promise<PipelineHost> {
  const { plan, stateFolder, onUnreadable = () => {} } = options;
  const runs = join(stateFolder, 'runs');
  const past = await loadExecutions(runs, plan, onUnreadable);
  const ledger = Ledger.open(stateFolder, plan, options.rules.clock.now());
  return new Host({ newId: randomUUID, openRun, ...options, onUnreadable, runs }, ledger, past);
}
