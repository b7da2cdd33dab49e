import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(__dirname, '..');

/** What `npm run check` runs, one by one: the whole tree is formatted, linted, typed, and without dead code. */
test.each([
  ['lint and format', 'biome', ['check', '--error-on-warnings', '.']],
  ['types', 'tsc', ['--noEmit']],
  ['dead code', 'knip', ['--no-progress', '--treat-config-hints-as-errors']],
])(
  '%s',
  (_name, program, args) => {
    const { status, stdout, stderr } = spawnSync(resolve(root, 'node_modules', '.bin', program), args, {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  },
  180_000,
);
