import { renderPlanTree } from '../../lib/local/plan-tree';
import type { World } from '../../lib/local/world';
import { exitCode } from '../exit-codes';
import { choosePipeline } from '../pipelines';
import { type GlobalOptions, openProject } from '../project';
import { untilStopped } from '../stop';
import { readSynthesized } from '../synthesize';

/** Prints what would run: one pipeline, or all of them. */
export async function plan(name: string | undefined, options: GlobalOptions & { json?: boolean }): Promise<void> {
  const project = openProject(options);
  const wanted = name === undefined ? undefined : choosePipeline(project.config, name);
  process.exitCode = await untilStopped(async (signal) => {
    const { plans, world } = await readSynthesized(project, signal);
    const chosen = plans.filter(({ pipeline }) => wanted === undefined || pipeline === wanted);
    if (options.json) process.stdout.write(`${JSON.stringify(chosen, null, 2)}\n`);
    else process.stdout.write(`${[...chosen.map((one) => renderPlanTree(one)), ...notStoodUp(world)].join('\n\n')}\n`);
    return exitCode['all done'];
  });
}

/** What the templates stand up beside the pipelines and this machine does not, each thing once. */
function notStoodUp({ notices }: World): string[] {
  const told = [...new Set(notices.map(({ path, message }) => `  ${path}: ${message}`))];
  return told.length > 0 ? [['Not stood up on this machine, and no pipeline needs it here:', ...told].join('\n')] : [];
}
