import { existsSync } from 'node:fs';
import { systemClock } from '../../lib/local/clock';
import { acquireLock } from '../../lib/local/lock';
import { isAlive } from '../../lib/local/process-identity';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { type GlobalOptions, locateConfig, stateFolder } from '../project';
import { untilStopped } from '../stop';

const LOOK = 200;

/** `slipway down`: ends the `slipway up` of this folder; what runs goes on with the next one. */
export async function down(options: GlobalOptions): Promise<void> {
  const state = stateFolder(locateConfig(options));
  const lock = existsSync(state) ? acquireLock(`${state}/lock`, 'slipway down') : undefined;
  if (lock === undefined || lock.held) {
    lock?.release();
    process.stdout.write('no slipway is up here\n');
    return;
  }
  const { by } = lock;
  if (by.purpose !== 'slipway up')
    throw new Failure(
      `${state} is in use by \`${by.purpose}\` (process ${by.pid}), which is no \`slipway up\`: end it by Ctrl-C`,
      exitCode['another run uses this folder'],
    );
  process.exitCode = await untilStopped(async (signal) => {
    process.kill(by.pid, 'SIGTERM');
    while (isAlive(by)) if ((await systemClock.sleep(LOOK, signal)) === 'aborted') return exitCode['stopped by Ctrl-C'];
    process.stdout.write('slipway is down; what ran goes on with the next `slipway up`\n');
    return exitCode['all done'];
  });
}
