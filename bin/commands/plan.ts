import { renderPlanTree } from '../../lib/local/plan-tree';
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
    const { plans } = await readSynthesized(project, signal);
    const chosen = plans.filter(({ pipeline }) => wanted === undefined || pipeline === wanted);
    if (options.json) process.stdout.write(`${JSON.stringify(chosen, null, 2)}\n`);
    else process.stdout.write(chosen.map((one) => `${renderPlanTree(one)}\n`).join('\n'));
    return exitCode['all done'];
  });
}
