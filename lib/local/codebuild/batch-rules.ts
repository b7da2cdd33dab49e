import type { CodeBuildAction, PlannedBatch } from '../plan';
import type { BatchTask } from './batch-spec';

/** Says what of the batch cannot be: restrictions of the project, outputs that no build gives. */
export function batchProblem(
  action: Pick<CodeBuildAction, 'outputs' | 'project'>,
  batch: PlannedBatch,
  tasks: readonly BatchTask[],
): string | undefined {
  const { mostBuilds, computeTypes, combineArtifacts: combined } = batch;
  if (mostBuilds !== undefined && tasks.length > mostBuilds)
    return `the batch has ${tasks.length} builds, and the project allows ${mostBuilds} (Restrictions.MaximumBuildsAllowed)`;
  for (const { identifier, environment } of tasks) {
    const type = environment.computeType ?? action.project.computeType;
    if (computeTypes !== undefined && !computeTypes.includes(type))
      return `build ${identifier} wants ${type}, and the project allows ${computeTypes.join(', ')} (Restrictions.ComputeTypesAllowed)`;
  }
  if (combined) return action.outputs.length > 1 ? 'combined artifacts are one output, the action has more' : undefined;
  const lost = action.outputs.find((output) => !tasks.some((task) => isOutputOf(output, task)));
  const known = tasks.map((task) => task.identifier).join(', ');
  return lost === undefined
    ? undefined
    : `output ${lost} is of no build: expected IDENTIFIER or IDENTIFIER_ARTIFACT of the builds ${known}`;
}

/** The longest identifier that fits has it: `a_b` belongs to build `a_b` before it is artifact `b` of build `a`. */
export function outputsOfTask(outputs: readonly string[], task: BatchTask, tasks: readonly BatchTask[]): string[] {
  return outputs.filter((output) => {
    const owners = tasks.filter((candidate) => isOutputOf(output, candidate));
    return owners.sort((a, b) => b.identifier.length - a.identifier.length)[0]?.identifier === task.identifier;
  });
}

const isOutputOf = (output: string, { identifier }: BatchTask): boolean =>
  output === identifier || output.startsWith(`${identifier}_`);
