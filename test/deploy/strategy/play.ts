import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ended } from '../../../lib/drill/deployer';
import type { Drill } from '../../../lib/drill/drill';
import { Stage } from '../../../lib/drill/stage';
import type { Seen } from '../../../lib/drill/traffic';
import type { Venue } from '../../../lib/drill/venue';
import { bundledDeployer, venueFor } from '../../drills/harness';

let number = 100;

/** A namespace of its own with users, for as long as `scene` plays. What the deployers printed is in the error where it fails. */
export async function play(venue: Venue, scene: (stage: Stage) => Promise<void>): Promise<void> {
  const drill: Drill = {
    number: number++,
    name: 'strategy',
    family: 'bad-release',
    summary: '',
    fromNothing: true,
    expects: { outcome: 'Verified', reason: /./, serves: 'nothing', failedRequests: 'any' },
    run: () => Promise.reject(new Error('not run as a drill')),
  };
  const stage = new Stage(venue, drill, AbortSignal.timeout(220_000));
  try {
    await stage.open();
    await scene(stage);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${stage.log}`, { cause: error });
  } finally {
    await stage.close();
  }
}

/** How it ended, or everything that it printed. */
export const outcome = ({ outcome: word, output }: Ended): string => word ?? output;

/** Names of the Deployments, sorted. */
export const deployments = async (stage: Stage): Promise<string[]> =>
  (await stage.objects('deployments.apps')).map(({ metadata }) => metadata.name as string).sort();

export const selector = async (stage: Stage): Promise<Record<string, string>> =>
  (await stage.object('service', stage.service))['spec'].selector;

/** What users have seen since the last call. */
export function counter(
  stage: Stage,
): () => { readonly requests: number; readonly failed: number; readonly versions: Seen['versions'] } {
  let last = stage.traffic.seen();
  return () => {
    const now = stage.traffic.seen();
    const versions = Object.fromEntries(
      Object.entries(now.versions)
        .map(([version, count]) => [version, count - (last.versions[version] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
    const since = { requests: now.requests - last.requests, failed: now.failed - last.failed, versions };
    last = now;
    return since;
  };
}

type Scene = (stage: Stage) => Promise<void>;

/** A test for each scene, on one cluster. They play some at a time, since they mostly wait for pods. */
export function scenes(all: Readonly<Record<string, Scene>>): void {
  let opened: Promise<Venue> | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'slipway-strategies-'));
  const errors: string[] = [];
  afterAll(async () => {
    await (await opened)?.close();
    rmSync(folder, { recursive: true, force: true });
    expect(errors).toEqual([]);
  }, 30_000);
  // Concurrent tests begin before any hook.
  test.concurrent.each(Object.keys(all))(
    '%s',
    async (name) => {
      opened ??= venueFor(bundledDeployer(folder), errors);
      await play(await opened, all[name] as Scene);
    },
    240_000,
  );
}
