import { gitIn } from '../lib/local/source/git';
import { checkRevision, type RepositoryLocation } from '../lib/local/source/revision';
import { findProgram } from '../lib/local/tools/kubectl';
import { exitCode } from './exit-codes';
import { Failure } from './failure';

/** Ends the command before anything is made if there is no git, no repository or no commit to run. */
export async function checkSource(location: RepositoryLocation, signal: AbortSignal): Promise<void> {
  if (findProgram('git', process.env['PATH'] ?? '') === undefined)
    throw new Failure(
      'git was not found on PATH, and the source comes from a git repository; `slipway doctor` says how to install it',
      exitCode['this machine lacks something (slipway doctor)'],
    );
  const checked = await checkRevision(gitIn(location.folder, process.env, signal), location);
  signal.throwIfAborted();
  if (!checked.ok) throw new Failure(checked.errors.join('\n'), exitCode['usage, configuration or template is wrong']);
}
