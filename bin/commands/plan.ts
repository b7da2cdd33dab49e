import type { Plan } from '../../lib/local/plan';
import { renderPlanTree } from '../../lib/local/plan-tree';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { type GlobalOptions, openProject } from '../project';
import { synthesizeProject } from '../synthesize';
import { readAssemblyOf } from './validate';

/** The plan of that name, of that kind (`development`), or an error that lists what there is. */
export function choosePlan(plans: readonly Plan[], name: string): Plan {
  const found =
    plans.find(({ pipeline }) => pipeline === name) ?? plans.find(({ pipeline }) => pipeline.endsWith(`-${name}`));
  if (found) return found;
  throw new Failure(
    `no pipeline ${name}; there are: ${plans.map(({ pipeline }) => pipeline).join(', ')}`,
    exitCode['usage, configuration or template is wrong'],
  );
}

export async function plan(name: string | undefined, options: GlobalOptions & { json?: boolean }): Promise<void> {
  const project = openProject(options);
  await synthesizeProject(project, new AbortController().signal);
  const { plans } = readAssemblyOf(project);
  const chosen = name === undefined ? plans : [choosePlan(plans, name)];
  if (options.json) process.stdout.write(`${JSON.stringify(chosen, null, 2)}\n`);
  else process.stdout.write(chosen.map((one) => `${renderPlanTree(one)}\n`).join('\n'));
}
