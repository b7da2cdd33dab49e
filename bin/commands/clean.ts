import { existsSync, readdirSync, rmSync } from 'node:fs';
import { stopCluster } from '../../lib/local/cluster/daemon';
import { endStrayBuilds } from '../../lib/local/executors/stray-builds';
import { holdFolder } from '../folder';
import { type GlobalOptions, locateConfig, stateFolder } from '../project';

interface CleanOptions extends GlobalOptions {
  readonly cluster?: boolean;
  readonly runs?: boolean;
}

/** What each option removes from `.slipway`; neither option: everything. */
const parts = { cluster: ['cluster'], runs: ['runs'] } as const;

/** Ends what runs left running and removes what they wrote. Refuses while a run is under way. */
export async function clean(options: CleanOptions): Promise<void> {
  const state = stateFolder(locateConfig(options));
  if (!existsSync(state)) {
    process.stdout.write('nothing to clean\n');
    return;
  }
  const folder = holdFolder(state, 'slipway clean');
  try {
    const all = !options.cluster && !options.runs;
    if (all || options.cluster) await stopCluster(state);
    await endStrayBuilds(state, process.env);
    const names = all
      ? readdirSync(state).filter((name) => name !== 'lock')
      : [...(options.cluster ? parts.cluster : []), ...(options.runs ? parts.runs : [])];
    for (const name of names) rmSync(`${state}/${name}`, { recursive: true, force: true });
    process.stdout.write(`removed ${names.length ? names.map((name) => `${state}/${name}`).join(', ') : 'nothing'}\n`);
  } finally {
    folder.release();
  }
}
