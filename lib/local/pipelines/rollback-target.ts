import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { Plan } from '../plan';
import { actionsOf } from '../run-state';
import type { Tracked } from './tracked';

/** What is written of a rollback: which execution is brought back, by which; or why there is none. */
export interface RollbackRequest {
  readonly target?: string;
  readonly reason: string;
  readonly execution?: string;
}

/**
 * The execution that a stage goes back to: the most recent one that succeeded in this stage, in the pipeline's present structure,
 * and is itself no rollback (CodePipeline, stage-rollback, stage-rollback-auto). Skipped is not succeeded.
 * `executions`: newest first.
 */
export function findTarget(plan: Plan, stage: string, executions: Iterable<Tracked>): Result<Tracked, string> {
  let older = 0;
  for (const tracked of executions) {
    const { brief } = tracked;
    if (brief.type === 'ROLLBACK' || brief.stages.get(stage)?.status !== 'Succeeded') continue;
    if (brief.structure === plan.structure) return withArtifacts(tracked);
    older++;
  }
  const why =
    older === 0
      ? `no execution of ${plan.pipeline} has succeeded in stage ${stage} yet: there is nothing to go back to`
      : `no execution has succeeded in stage ${stage} since the pipeline ${plan.pipeline} was changed: there is nothing to go back to`;
  return err([why, ...restoredBy(plan, stage)].join('; '));
}

/** The execution if all that it made is still there. */
export function withArtifacts(tracked: Tracked): Result<Tracked, string> {
  const gone = actionsOf(tracked.state).flatMap(({ artifacts }) =>
    Object.entries(artifacts).flatMap(([name, path]) => (existsSync(join(tracked.folder, path)) ? [] : [name])),
  );
  if (gone.length === 0) return ok(tracked);
  return err(`the artifacts of execution ${tracked.id} are gone (${gone.join(', ')}): it cannot be brought back`);
}

/** That there is no execution to go back to does not mean that nothing has been brought back. */
function restoredBy({ stages }: Plan, name: string): string[] {
  const rules = stages.find((stage) => stage.name === name)?.onFailure?.condition?.rules ?? [];
  return rules.length === 0 ? [] : [`${rules.map((rule) => rule.name).join(', ')} has succeeded all the same`];
}
