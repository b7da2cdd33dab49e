import { type Inventory, readInventory } from '../lib/inventory';
import { readAssembly } from '../lib/local/assembly';
import { bindings } from './bindings';
import { exitCode } from './exit-codes';
import { Failure } from './failure';
import type { Project } from './project';
import { readSynthesized } from './synthesize';

/** What the project's templates create, synthesized anew if they are out of date; or those of another `assembly` (cdk.out). */
export async function projectInventory(
  project: Project,
  signal: AbortSignal,
  assembly: string | undefined,
): Promise<Inventory> {
  if (assembly === undefined) await readSynthesized(project, signal);
  const read = readAssembly(assembly ?? `${project.state}/cdk.out`);
  if (read.ok) return readInventory(read.value, bindings(project.config));
  throw new Failure(
    read.errors.map(({ file, path, message }) => `${file}: ${path}: ${message}`).join('\n'),
    exitCode['usage, configuration or template is wrong'],
  );
}
