import type { Executor, Outcome } from '../executor';
import type { CodeBuildAction, CommandsAction } from '../plan';
import { type ManagedPlace, managedBuild } from './managed-build';

/** CodePipeline user guide, action-reference-Commands: the timeout is fixed. */
const MINUTES = 55;

/** Variables that CodeBuild does not export and CodePipeline does: the region's. They go by another name through the build. */
const ALIAS = 'CODEPIPELINE_OUTPUT_';
const isAlias = (name: string): boolean => name.startsWith('AWS_');

/** Compute/AWS/Commands: the commands as one build phase of a build; the first input is where they begin. */
export const commandsExecutor = (builds: Executor<CodeBuildAction>, place: ManagedPlace): Executor<CommandsAction> => ({
  async execute(action, context, emit, signal) {
    return withOwnNames(await builds.execute(buildOfCommands(action, place), context, emit, signal), action);
  },
});

/** The build that runs the commands of an action, or of a rule. */
export function buildOfCommands(action: CommandsAction, place: ManagedPlace): CodeBuildAction {
  const aliases = action.outputVariables.filter(isAlias).map((name) => `${ALIAS}${name}="$${name}"`);
  return managedBuild(
    action,
    {
      commands: [...action.commands, ...aliases],
      environment: action.environment,
      exports: action.outputVariables.map((name) => (isAlias(name) ? ALIAS + name : name)),
      ...(action.outputs.length > 0 && { files: action.files.map(everything) }),
      computeType: action.computeType,
      timeoutMinutes: MINUTES,
    },
    place,
  );
}

/** The user guide writes all files as `**` and a slash. */
const everything = (pattern: string): string => (pattern.endsWith('/') ? `${pattern}*` : pattern);

function withOwnNames(outcome: Outcome, { outputVariables }: CommandsAction): Outcome {
  if (outcome.status !== 'Succeeded') return outcome;
  const variables = { ...outcome.variables };
  for (const name of outputVariables.filter(isAlias)) {
    const value = variables[ALIAS + name];
    delete variables[ALIAS + name];
    if (value !== undefined) variables[name] = value;
  }
  return { ...outcome, variables };
}
