// Bundles the command line and the programs that a local run starts. esbuild takes a fraction of a second; the result
// starts several times faster than the sources through a loader.
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export async function bundle() {
  const outdir = join(root, 'dist');
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: {
      slipway: 'bin/slipway.ts',
      cluster: 'lib/local/cluster/main.ts',
      docker: 'lib/local/image/docker.ts',
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minifyWhitespace: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    metafile: true,
    logLevel: 'warning',
    // Packages in CommonJS call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  const inputs = Object.keys(result.metafile.inputs).filter((file) => !file.includes('node_modules'));
  await writeFile(join(outdir, 'inputs.json'), JSON.stringify(inputs));
}

// So that `npx slipway` in the clone finds the command at once.
async function link() {
  const command = join(root, 'node_modules', '.bin', 'slipway');
  await rm(command, { force: true });
  await symlink(join('..', '..', 'bin', 'slipway.mjs'), command);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundle();
  await link();
}
