import { exitCode } from '../exit-codes';
import { type GlobalOptions, openProject } from '../project';
import { untilStopped } from '../stop';
import { readSynthesized } from '../synthesize';

/** Reads what `slipway run` would read, and says of each pipeline how large it is. */
export async function validate(options: GlobalOptions): Promise<void> {
  const project = openProject(options);
  process.exitCode = await untilStopped(async (signal) => {
    const { plans } = await readSynthesized(project, signal);
    for (const plan of plans) {
      const actions = plan.stages.reduce((sum, stage) => sum + stage.actions.length, 0);
      process.stdout.write(`✓ ${plan.pipeline}: ${plan.stages.length} stages, ${actions} actions\n`);
    }
    process.stdout.write(`✓ ${project.configFile} and its templates are valid\n`);
    return exitCode['all done'];
  });
}
