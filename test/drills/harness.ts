import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { DRILLS } from '../../lib/drill/catalog';
import type { Drill, DrillResult } from '../../lib/drill/drill';
import { runDrills } from '../../lib/drill/run';
import { embeddedVenue, type Venue } from '../../lib/drill/venue';
import { startCluster } from '../../lib/local/cluster/cluster';
import { processImages } from '../../lib/local/image/process-images';
import { ImageStore } from '../../lib/local/image/store';
import { kubectlProgram } from '../local/cluster/harness';

const ROOT = resolve(__dirname, '../..');

/** The deployer as it is now, bundled. */
export async function bundledDeployer(): Promise<string> {
  const file = join(tmpdir(), `slipway-drills-${process.pid}`, 'deploy.mjs');
  mkdirSync(join(file, '..'), { recursive: true });
  const { default: options } = await import('../../lib/deploy/bundle.json');
  await build({ ...(options as object), entryPoints: [join(ROOT, 'lib/deploy/main.ts')], outfile: file });
  return file;
}

/** A cluster in this process, gone when the venue is closed. What breaks inside it goes to `errors`. */
export async function venueFor(deployer: string, errors: string[] = []): Promise<Venue> {
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

export const find = (number: number): Drill => {
  const drill = DRILLS.find((each) => each.number === number);
  if (!drill) throw new Error(`there is no drill ${number}`);
  return drill;
};

export type { DrillResult };
export { runDrills };
