import { synthesize } from '../lib/local/synth';
import { exitCode } from './exit-codes';
import { Failure } from './failure';
import type { Project } from './project';

/** Brings `.slipway/cdk.out` up to date; says whether anything had to be done. */
export async function synthesizeProject(project: Project, signal: AbortSignal): Promise<{ readonly fresh: boolean }> {
  const result = await synthesize({
    projectRoot: project.root,
    output: `${project.state}/cdk.out`,
    config: project.configFile,
    signal,
  });
  if (!result.ok) {
    throw new Failure(
      `the CDK app could not be synthesized:\n${result.errors.map(({ message }) => message).join('\n')}`,
      exitCode['usage, configuration or template is wrong'],
    );
  }
  return result.value;
}
