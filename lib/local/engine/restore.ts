import { join } from 'node:path';
import { actionsOf, type RunState } from '../run-state';
import { revisionOf } from './action-run';
import { shareArtifact } from './artifact-store';
import type { Execution } from './execution';

/** Gives an execution that goes on what its own actions have made so far. */
export function restoreOwn(execution: Execution): void {
  const state = execution.state();
  for (const { artifacts } of succeeded(state))
    for (const [name, path] of Object.entries(artifacts)) execution.artifacts.set(name, join(execution.folder, path));
  restoreVariables(execution, state);
}

/** Gives a rollback the artifacts, source revisions and action variables of its target. */
export async function restoreTarget(
  execution: Execution,
  target: { readonly state: RunState; readonly folder: string },
): Promise<void> {
  const own = new Set(succeeded(execution.state()).flatMap(({ artifacts }) => Object.keys(artifacts)));
  for (const { artifacts } of succeeded(target.state))
    for (const [name, path] of Object.entries(artifacts)) {
      if (own.has(name)) continue;
      const shared = await shareArtifact(execution.folder, name, join(target.folder, path));
      execution.artifacts.set(name, shared);
    }
  restoreVariables(execution, target.state);
}

const succeeded = (state: RunState) => actionsOf(state).filter(({ status }) => status === 'Succeeded');

function restoreVariables(execution: Execution, state: RunState): void {
  const states = new Map(succeeded(state).map((action) => [action.id, action]));
  for (const action of execution.plan.stages.flatMap((stage) => stage.actions)) {
    const made = states.get(action.id);
    if (made === undefined) continue;
    if (action.namespace !== undefined) execution.scope.set(action.namespace, made.variables);
    const revision = revisionOf(action, made);
    if (revision !== undefined) for (const name of action.outputs) execution.revisions.set(name, revision);
  }
}
