import { spawnSync } from 'node:child_process';

const python = process.env['SLIPWAY_PYTHON'] ?? 'python3';

/** Whether there is a Python for the emulated AWS and for the linters. */
export const there = spawnSync(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).status === 0;
if (!there) console.error('NOT RUN: the deploy proof, cfn-lint and checkov need Python 3.11 or newer');

/** A test that runs where it can; elsewhere its name says NOT RUN and why, and it counts as to do, not as passed. */
export function proves(name: string, test: Parameters<typeof it>[1], timeout = 300_000): void {
  if (there) it(name, test, timeout);
  else it.todo(`NOT RUN (needs Python 3.11 or newer): ${name}`);
}
