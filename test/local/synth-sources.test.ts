import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { sources } from '../../lib/local/synth';

const root = resolve(__dirname, '..', '..');

/** Files of the project that the programs are made of. */
const madeOf = (...entryPoints: string[]): string[] =>
  Object.keys(
    buildSync({
      absWorkingDir: root,
      entryPoints,
      outdir: 'nowhere',
      bundle: true,
      packages: 'external',
      platform: 'node',
      write: false,
      metafile: true,
      logLevel: 'error',
    }).metafile.inputs,
  );

const isSource = (file: string): boolean => sources.some((source) => file === source || file.startsWith(`${source}/`));

describe('an assembly is made anew when anything has changed that decides what it holds', () => {
  test('the app, and the functions and programs that it bundles, are made of such files only', () => {
    const functions = readdirSync(join(root, 'lambda')).map((name) => `lambda/${name}/index.ts`);
    const bundled = readdirSync(join(root, 'lib'))
      .filter((name) => existsSync(join(root, 'lib', name, 'main.ts')))
      .map((name) => `lib/${name}/main.ts`);
    expect(bundled).toEqual(expect.arrayContaining(['lib/attest/main.ts', 'lib/deploy/main.ts']));
    const files = madeOf('bin/app.ts', ...bundled, ...functions);
    expect(files.filter((file) => !isSource(file))).toEqual([]);
  });
});
