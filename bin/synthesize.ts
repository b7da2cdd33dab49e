import { readAssembly } from '../lib/local/assembly';
import type { Diagnostic, Plan } from '../lib/local/plan';
import { readPlan } from '../lib/local/read-plan';
import { isUpToDate, type SynthOptions, synthesize } from '../lib/local/synth';
import { readWorld, type World } from '../lib/local/world';
import { err, ok, type Result } from '../lib/result';
import { bindings } from './bindings';
import { exitCode } from './exit-codes';
import { Failure } from './failure';
import { holdFolder } from './folder';
import type { Project } from './project';

/** What the synthesized templates say, evaluated for this machine. */
export interface Synthesized {
  readonly plans: readonly Plan[];
  readonly world: World;
  /** Whether the app had to be run for it. */
  readonly fresh: boolean;
}

/**
 * Brings `.slipway/cdk.out` up to date and reads it; every diagnostic at once ends the command. An assembly that was kept and can't
 * be read (cut short, changed by hand) is made anew. For the one who holds the folder.
 */
export async function synthesizeProject(project: Project, signal: AbortSignal): Promise<Synthesized> {
  const options = optionsOf(project, signal);
  const first = await written(options, false);
  const read = evaluate(project);
  if (read.ok) return { ...read.value, fresh: first };
  if (first) throw rejected(read.errors);
  await written(options, true);
  const again = evaluate(project);
  if (again.ok) return { ...again.value, fresh: true };
  throw rejected(again.errors);
}

/** The same for a command that only looks: it waits for nobody, and holds the folder only where something has to be written. */
export async function readSynthesized(project: Project, signal: AbortSignal): Promise<Synthesized> {
  if (isUpToDate(optionsOf(project, signal))) {
    const read = evaluate(project);
    if (read.ok) return { ...read.value, fresh: false };
  }
  const folder = holdFolder(project.state, 'slipway plan or validate');
  try {
    return await synthesizeProject(project, signal);
  } finally {
    folder.release();
  }
}

const optionsOf = (project: Project, signal: AbortSignal): SynthOptions => ({
  projectRoot: project.root,
  output: `${project.state}/cdk.out`,
  config: project.configFile,
  environment: { ...process.env, SLIPWAY_STATE: project.state },
  signal,
});

async function written(options: SynthOptions, anew: boolean): Promise<boolean> {
  const result = await synthesize(options, { anew });
  if (result.ok) return result.value.fresh;
  throw new Failure(
    `the CDK app could not be synthesized:\n${result.errors.map(({ message }) => message).join('\n')}`,
    exitCode['usage, configuration or template is wrong'],
  );
}

function evaluate(project: Project): Result<{ readonly plans: readonly Plan[]; readonly world: World }, Diagnostic> {
  const assembly = readAssembly(`${project.state}/cdk.out`);
  if (!assembly.ok) return assembly;
  const at = bindings(project.config);
  const plans = readPlan(assembly.value, at);
  const world = readWorld(assembly.value, at);
  if (plans.ok && world.ok) return ok({ plans: plans.value, world: world.value });
  return err(...(plans.ok ? [] : plans.errors), ...(world.ok ? [] : world.errors));
}

function rejected(diagnostics: readonly Diagnostic[]): Failure {
  const lines = diagnostics.map(({ file, path, message }) => `${file}: ${path}: ${message}`);
  return new Failure(
    `the synthesized template can't run here:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    exitCode['usage, configuration or template is wrong'],
  );
}
