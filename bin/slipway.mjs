#!/usr/bin/env node
// Starts the bundled command line.
import { freshBundle } from '../scripts/fresh.mjs';

await import(await freshBundle('slipway.mjs'));
