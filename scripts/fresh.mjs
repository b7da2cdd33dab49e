// Bundles that are missing or older than their sources are made anew, so that nobody runs yesterday's program.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = new URL('../dist/', import.meta.url);

/** The URL of a bundle that is up to date; ends the process with 3, and says why, where it cannot be had. */
export async function freshBundle(name) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20)
    lack(`slipway needs Node 20 or newer; this is ${process.version}. Install it from https://nodejs.org.`);
  const bundle = new URL(name, dist);
  if (stale(bundle)) await makeBundles();
  return bundle;
}

/** A bundle that is cut short has no list of inputs: that is written last. */
function stale(bundle) {
  try {
    const made = statSync(new URL('inputs.json', dist)).mtimeMs;
    const inputs = JSON.parse(readFileSync(new URL('inputs.json', dist), 'utf8'));
    const changed = (file) =>
      statSync(new URL(`../${file}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    return !existsSync(bundle) || inputs.some((file) => changed(file) > made);
  } catch {
    return true;
  }
}

/** Ends with 3: this machine lacks something. */
function lack(message) {
  process.stderr.write(`${message}\n`);
  process.exit(3);
}

async function makeBundles() {
  try {
    await (await import('./build.mjs')).bundle();
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND')
      lack(
        `the packages of slipway are not installed: run \`npm ci\` in ${fileURLToPath(new URL('..', import.meta.url))}`,
      );
    if (['EACCES', 'EPERM', 'EROFS'].includes(error.code))
      lack(
        `slipway's own folder can't be written and its program, dist/, is not there or older than its sources (${error.code}: ${error.path}): run \`node scripts/build.mjs\` there as a user who can`,
      );
    throw error;
  }
}
