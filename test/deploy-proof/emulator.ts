import type { Json } from '../../lib/cloud/rules/rule';
import { runCommand } from '../../lib/local/tools/command';
import { REGION } from './account';
import { installedPython } from './installation';

/** What a module of the emulator says, as JSON. It deploys without the CDK CLI, in a process of its own. */
export async function emulated(module: 'faults' | 'strictness' | 'variants', parameter: string): Promise<Json> {
  const { signal } = new AbortController();
  const done = await runCommand(await installedPython(signal), ['-B', '-m', `emulator.${module}`, parameter], {
    cwd: __dirname,
    environment: { PATH: process.env['PATH'], AWS_REGION: REGION },
    signal,
    timeout: 10 * 60_000,
  });
  if (done.code !== 0) throw new Error(done.said);
  return JSON.parse(done.stdout);
}
