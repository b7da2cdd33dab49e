import { ownersIn } from '../inventory';
import type { CostLine, Estate } from './estate';
import { idleLines } from './idle';
import { type PipelineRun, pipelineRuns } from './runs';

export interface Estimate {
  /** A month of 730 hours in which nothing is delivered. */
  readonly idle: readonly CostLine[];
  /** One for each pipeline, and one more for each whose stages may be skipped. */
  readonly runs: readonly PipelineRun[];
  /** What has no price in the table: resource types, compute types. Its cost is in no sum. */
  readonly unpriced: readonly string[];
}

/** What the estate costs, in US dollars, free tiers not deducted. */
export function estimate(estate: Estate): Estimate {
  const owner = ownersIn(estate.resources, estate.environments);
  const idle = idleLines(estate, owner);
  const runs = pipelineRuns(estate, owner);
  return { idle: idle.lines, runs: runs.runs, unpriced: [...new Set([...idle.unpriced, ...runs.unpriced])].sort() };
}
