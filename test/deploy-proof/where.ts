import { spawnSync } from 'node:child_process';

const python = process.env['SLIPWAY_PYTHON'] ?? 'python3';

/** Whether there is a Python for the emulated AWS and for the linters. */
export const there = spawnSync(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).status === 0;
if (!there) console.error('NOT RUN: the deploy proof, cfn-lint and checkov need Python 3.11 or newer');

/** Set by `npm run deploy-proof`; `npm test` leaves out what takes minutes, and says so. */
export const everything = process.env['DEPLOY_PROOF'] === 'all';

interface Options {
  /** Part of the whole proof only. */
  readonly whole?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** A test that runs where it can; elsewhere its name says NOT RUN and why, and it counts as to do, not as passed. */
export function proves(
  name: string,
  test: Parameters<typeof it>[1],
  { whole = false, timeout = 300_000 }: Options = {},
): void {
  if (!there) it.todo(`NOT RUN (needs Python 3.11 or newer): ${name}`);
  else if (whole && !everything) it.todo(`NOT RUN (npm run deploy-proof runs it): ${name}`);
  else it(name, test, timeout);
}
