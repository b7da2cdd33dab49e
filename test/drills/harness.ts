import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import bundle from '../../lib/bundle.json';
import { DRILLS } from '../../lib/drill/catalog';
import type { Drill, DrillResult, Family } from '../../lib/drill/drill';
import { runDrills } from '../../lib/drill/run';
import { embeddedVenue, type Venue } from '../../lib/drill/venue';
import { startCluster } from '../../lib/local/cluster/cluster';
import { processImages } from '../../lib/local/image/process-images';
import { ImageStore } from '../../lib/local/image/store';
import { kubectlProgram } from '../local/cluster/harness';

export const ROOT = resolve(__dirname, '../..');
const AT_ONCE = 4;
/** Milliseconds: for all drills of a file, on a busy machine. */
const PATIENCE = 600_000;

/** The deployer as it is now, bundled into a folder. */
export function bundledDeployer(folder: string): string {
  const outfile = join(folder, 'deploy.mjs');
  buildSync({ ...(bundle as object), entryPoints: [join(ROOT, 'lib/deploy/main.ts')], outfile, logLevel: 'error' });
  return outfile;
}

/** A cluster in this process, gone when the venue is closed. What breaks inside it goes to `errors`. */
export async function venueFor(deployer: string, errors: string[]): Promise<Venue> {
  const programs = { kubectl: await kubectlProgram(), deployer, server: join(ROOT, 'lib/drill/server') };
  return embeddedVenue({
    programs,
    start: (stateFolder, settings) =>
      startCluster({
        stateFolder,
        settings,
        images: ({ registry = '' }) => processImages(new ImageStore(registry), { environment: process.env }),
        onError: (message) => errors.push(message),
      }),
  });
}

export const drillNamed = (name: string): Drill => {
  const drill = DRILLS.find((each) => each.name === name);
  if (!drill) throw new Error(`there is no drill ${name}`);
  return drill;
};

/** Each drill of a family as a test; all run in one cluster, several at a time. */
export function drillTests(family: Family): void {
  const drills = DRILLS.filter((drill) => drill.family === family);
  const errors: string[] = [];
  let results: readonly DrillResult[] = [];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-drills-'));
    mkdirSync(folder, { recursive: true });
    const venue = await venueFor(bundledDeployer(folder), errors);
    try {
      results = await runDrills(drills, { venue, signal: new AbortController().signal, atOnce: AT_ONCE });
    } finally {
      await venue.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, PATIENCE);

  test.each(drills.map((drill) => [drill.number, drill.summary, drill] as const))('%i: %s', (_, __, drill) => {
    const result = results.find((each) => each.drill === drill);
    const told = result && result.complaints.length > 0 ? [...result.complaints, result.log] : [];
    expect(told.join('\n')).toBe('');
    expect(result?.status).toBe('PASS');
  });

  test('nothing broke inside the cluster', () => {
    expect(errors.join('\n')).toBe('');
  });
}
