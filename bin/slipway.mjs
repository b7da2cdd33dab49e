#!/usr/bin/env node
// Starts the bundled command line; makes the bundle first where it is missing or older than its sources.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bundle = new URL('../dist/slipway.mjs', import.meta.url);

/** A bundle that is cut short has no list of inputs: that is written last. */
function stale() {
  try {
    const made = statSync(new URL('../dist/inputs.json', import.meta.url)).mtimeMs;
    const inputs = JSON.parse(readFileSync(new URL('../dist/inputs.json', import.meta.url), 'utf8'));
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

async function makeBundle() {
  try {
    await (await import('../scripts/build.mjs')).bundle();
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

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) lack(`slipway needs Node 20 or newer; this is ${process.version}. Install it from https://nodejs.org.`);
if (stale()) await makeBundle();
await import(bundle);
