// Starts the bundled CDK app (see cdk.json): half the time of the sources through a loader.
import { freshBundle } from '../scripts/fresh.mjs';

await import(await freshBundle('app.cjs'));
