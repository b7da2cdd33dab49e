import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { History, PastRun } from '../history';
import type { Plan } from '../plan';
import { actionsOf } from '../run-state';
import { revisionOf } from './action-run';
import { shareArtifact } from './artifact-store';
import type { Execution } from './execution';

/**
 * The execution that a stage goes back to: the most recent one that succeeded in this stage, in the pipeline's present structure,
 * and is itself no rollback (CodePipeline, stage-rollback, stage-rollback-auto). Skipped is not succeeded.
 */
export async function findRollbackTarget(
  plan: Plan,
  stage: string,
  history: History,
): Promise<Result<PastRun, string>> {
  let older = 0;
  for await (const run of history.runs()) {
    const { state } = run;
    if (state.pipeline !== plan.pipeline || state.type === 'ROLLBACK') continue;
    if (!state.stages.some(({ name, status }) => name === stage && status === 'Succeeded')) continue;
    if (state.structure === plan.structure) return withArtifacts(run);
    older++;
  }
  return err(
    older === 0
      ? `no execution of ${plan.pipeline} has succeeded in stage ${stage} yet: there is nothing to go back to`
      : `no execution has succeeded in stage ${stage} since the pipeline ${plan.pipeline} was changed: there is nothing to go back to`,
  );
}

function withArtifacts(run: PastRun): Result<PastRun, string> {
  const gone = artifactsOf(run).filter(({ path }) => !existsSync(path));
  if (gone.length === 0) return ok(run);
  const names = gone.map(({ name }) => name).join(', ');
  return err(`the artifacts of execution ${run.execution} are gone (${names}): it cannot be brought back`);
}

const artifactsOf = (run: PastRun) =>
  actionsOf(run.state).flatMap((action) =>
    Object.entries(action.artifacts).map(([name, path]) => ({ name, path: join(run.folder, path) })),
  );

/** Gives an execution the artifacts, source revisions and action variables of its target. */
export async function restore(execution: Execution, target: PastRun): Promise<void> {
  for (const { name, path } of artifactsOf(target))
    execution.artifacts.set(name, await shareArtifact(execution.run.folder, name, path));
  const states = new Map(actionsOf(target.state).map((action) => [action.id, action]));
  for (const action of execution.plan.stages.flatMap((stage) => stage.actions)) {
    const state = states.get(action.id);
    if (state?.status !== 'Succeeded') continue;
    if (action.namespace !== undefined) execution.scope.set(action.namespace, state.variables);
    const revision = revisionOf(action, state);
    if (revision !== undefined) for (const name of action.outputs) execution.revisions.set(name, revision);
  }
}
