import { endProcesses } from '../codebuild/process-tree';
import { removeTemporaryFolders } from '../codebuild/temporary';
import { STATE_MARKER } from '../rooms/host-room';
import { forgetPaused } from '../rooms/paused';
import { removeStrayContainers } from '../rooms/records';

/**
 * Ends and removes what builds of an earlier, killed run with this state folder left behind: processes (on Linux; elsewhere
 * they cannot be told) and temporary folders. Only for the one who holds the run's lock: it would end
 * a running build too. `environment`: the user's, for the engine's command line.
 */
export async function endStrayBuilds(
  stateFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await endProcesses({ groups: [], marker: `${STATE_MARKER}=${stateFolder}` }, { grace: 3_000 });
  await removeStrayContainers(stateFolder, environment, AbortSignal.timeout(60_000));
  removeTemporaryFolders(stateFolder);
  forgetPaused(stateFolder);
}
