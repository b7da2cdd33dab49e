// Bundles the command line and the programs that a local run starts. esbuild takes a fraction of a second; the result
// starts several times faster than the sources through a loader.
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Each file appears whole, the list of inputs last: a stop halfway or a second bundling at the same time does no harm. Chunks have
 * their content's hash in their names; those of older bundles stay for a day, since a program that started from them may want them.
 */
export async function bundle() {
  const outdir = join(root, 'dist');
  await mkdir(outdir, { recursive: true });
  const results = await Promise.all([build(programs(outdir)), build(app(outdir)), build(deployer(outdir))]);
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  const inputs = results
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .filter((file) => !file.includes('node_modules'));
  for (const { path, contents } of files) await put(path, contents);
  await put(join(outdir, 'inputs.json'), JSON.stringify([...new Set(inputs)]));
  await removeOld(outdir, new Set(files.map(({ path }) => basename(path))));
}

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  metafile: true,
  write: false,
  logLevel: 'warning',
};

/** The command line and the programs that a local run starts: whole, since their start must be quick. */
function programs(outdir) {
  return {
    ...common,
    entryPoints: {
      slipway: 'bin/slipway.ts',
      cluster: 'lib/local/cluster/main.ts',
      docker: 'lib/local/image/docker.ts',
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    minifyWhitespace: true,
    format: 'esm',
    // Packages in CommonJS call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  };
}

/** The CDK app; its packages stay where they are, since aws-cdk-lib finds its own files beside its code. */
function app(outdir) {
  return {
    ...common,
    entryPoints: ['bin/app.ts'],
    outfile: join(outdir, 'app.cjs'),
    format: 'cjs',
    packages: 'external',
  };
}

/** The program of the Deploy action: one file, with the options that its asset in the stack is bundled with. */
function deployer(outdir) {
  const options = JSON.parse(readFileSync(join(root, 'lib', 'bundle.json'), 'utf8'));
  return { ...common, ...options, entryPoints: ['lib/deploy/main.ts'], outfile: join(outdir, 'deploy.mjs') };
}

async function put(path, contents) {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, contents);
  await rename(draft, path);
}

const DAY = 24 * 3600 * 1000;

async function removeOld(outdir, current) {
  for (const name of await readdir(outdir)) {
    if (current.has(name) || name === 'inputs.json') continue;
    const { mtimeMs } = await stat(join(outdir, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > DAY) await rm(join(outdir, name), { recursive: true, force: true });
  }
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
