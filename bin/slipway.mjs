#!/usr/bin/env node
// Starts the bundled command line; makes the bundle first where it is missing or older than its sources.
import { existsSync, readFileSync, statSync } from 'node:fs';

const bundle = new URL('../dist/slipway.mjs', import.meta.url);

function stale() {
  if (!existsSync(bundle)) return true;
  const made = statSync(bundle).mtimeMs;
  const inputs = JSON.parse(readFileSync(new URL('../dist/inputs.json', import.meta.url), 'utf8'));
  return inputs.some(
    (file) => (statSync(new URL(`../${file}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > made,
  );
}

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  process.stderr.write(
    `slipway needs Node 20 or newer; this is ${process.version}. Install it from https://nodejs.org.\n`,
  );
  process.exit(3);
}
if (stale()) await (await import('../scripts/build.mjs')).bundle();
await import(bundle);
