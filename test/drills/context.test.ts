import type { DrillResult } from '../../lib/drill/drill';
import { runDrills } from '../../lib/drill/run';
import { contextVenue } from '../../lib/drill/venue';
import { bundledDeployer, drillNamed, venueFor } from './harness';

/** Milliseconds, on a busy machine. */
const PATIENCE = 300_000;
let results: readonly DrillResult[];

/** A cluster that is only known by a kubeconfig, a namespace and one image. */
beforeAll(async () => {
  const embedded = await venueFor('', []);
  try {
    const programs = { ...embedded.programs, deployer: bundledDeployer(embedded.folder) };
    const { repository, digest } = await embedded.image({});
    const venue = await contextVenue({
      programs,
      kubeconfig: embedded.kubeconfig,
      namespace: 'default',
      image: `${repository}@${digest}`,
    });
    try {
      const drills = ['crash-at-start', 'two-bad-in-a-row', 'api-away'].map(drillNamed);
      results = await runDrills(drills, { venue, signal: new AbortController().signal, atOnce: 3 });
    } finally {
      await venue.close();
    }
  } finally {
    await embedded.close();
  }
}, PATIENCE);

test('drills pass on a cluster that is reached by its API alone, one after the other in one namespace', () => {
  const told = results.flatMap(({ complaints, status, log }) => (status === 'FAIL' ? [...complaints, log] : []));
  expect(told.join('\n')).toBe('');
  expect(results.slice(0, 2).map(({ status, requests }) => [status, requests > 0])).toEqual([
    ['PASS', true],
    ['PASS', true],
  ]);
});

test('a drill whose fault such a cluster has not is NOT RUN, with the reason', () => {
  expect(results[2]).toMatchObject({ status: 'NOT RUN', complaints: [expect.stringContaining('API server')] });
});
