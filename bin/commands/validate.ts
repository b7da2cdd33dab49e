import { readAssembly } from '../../lib/local/assembly';
import type { Diagnostic, Plan } from '../../lib/local/plan';
import { readPlan } from '../../lib/local/read-plan';
import { readWorld, type World } from '../../lib/local/world';
import { bindings } from '../bindings';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { type GlobalOptions, openProject, type Project } from '../project';
import { synthesizeProject } from '../synthesize';

/** What the synthesized templates say, evaluated for this machine. */
export interface Synthesized {
  readonly plans: readonly Plan[];
  readonly world: World;
}

/** Reads the assembly; every diagnostic at once ends the command. */
export function readAssemblyOf(project: Project): Synthesized {
  const assembly = readAssembly(`${project.state}/cdk.out`);
  if (!assembly.ok) throw rejected(assembly.errors);
  const at = bindings(project.config);
  const plans = readPlan(assembly.value, at);
  const world = readWorld(assembly.value, at);
  if (!plans.ok || !world.ok) throw rejected([...(plans.ok ? [] : plans.errors), ...(world.ok ? [] : world.errors)]);
  return { plans: plans.value, world: world.value };
}

function rejected(diagnostics: readonly Diagnostic[]): Failure {
  const lines = diagnostics.map(({ file, path, message }) => `${file}: ${path}: ${message}`);
  return new Failure(
    `the synthesized template can't run here:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    exitCode['usage, configuration or template is wrong'],
  );
}

export async function validate(options: GlobalOptions): Promise<void> {
  const project = openProject(options);
  await synthesizeProject(project, new AbortController().signal);
  const { plans } = readAssemblyOf(project);
  for (const plan of plans) {
    const actions = plan.stages.reduce((sum, stage) => sum + stage.actions.length, 0);
    process.stdout.write(`✓ ${plan.pipeline}: ${plan.stages.length} stages, ${actions} actions\n`);
  }
  process.stdout.write(`✓ ${project.configFile} and its templates are valid\n`);
}
