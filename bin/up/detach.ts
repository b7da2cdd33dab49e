import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { systemClock } from '../../lib/local/clock';
import { exitCode } from '../exit-codes';

const LOOK = 200;

/**
 * Starts this command once more, in the background and without `--detach`, its output in `.slipway/up.log`; ends when it is up, or with
 * its exit code if it is not. A signal before that ends it too.
 */
export async function detach(state: string, signal: AbortSignal): Promise<number> {
  mkdirSync(state, { recursive: true });
  const log = `${state}/up.log`;
  const file = openSync(log, 'w', 0o600);
  const args = process.argv.slice(1).filter((argument) => argument !== '--detach');
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', file, file] });
  closeSync(file);
  let ended: number | undefined;
  child.once('exit', (code) => {
    ended = code ?? exitCode['slipway itself broke'];
  });
  child.once('error', () => {
    ended = exitCode['slipway itself broke'];
  });
  for (;;) {
    const text = readFileSync(log, 'utf8');
    if (ended !== undefined || /^slipway is up\.$/m.test(text)) {
      process.stdout.write(text.replace(/^Ctrl-C ends it;.*\n/m, ''));
      if (ended !== undefined) return ended;
      break;
    }
    if ((await systemClock.sleep(LOOK, signal)) === 'aborted') {
      child.kill('SIGTERM');
      return exitCode['stopped by Ctrl-C'];
    }
  }
  child.unref();
  process.stdout.write(
    `\nIt goes on in the background: ${relative('', log)} has its output, \`slipway down\` ends it.\n`,
  );
  return exitCode['all done'];
}
