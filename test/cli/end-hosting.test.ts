import type { Hosting } from '../../bin/hosting';
import { endHosting } from '../../bin/watch-execution';

/** What a command says at its end about the cluster, and whether it keeps it. */
async function end(how: { ended: boolean; keep: boolean }, stays = false) {
  const said: string[] = [];
  const closed: unknown[] = [];
  const hosting = {
    machine: { cluster: { url: '', kubeconfig: '/project/.slipway/cluster/kubeconfig', stays } },
    close: async (...args: unknown[]) => void closed.push(args),
  } as unknown as Hosting;
  const reporter = { text: (text: string) => void said.push(text.trim()) } as unknown as Parameters<
    typeof endHosting
  >[1];
  await endHosting(hosting, reporter, how);
  return { said: said.join('\n'), closed };
}

test('a service that goes with its run is not left for the user to find out', async () => {
  const { said, closed } = await end({ ended: true, keep: false });
  expect(said).toBe('The cluster and the service have ended with the run; `slipway run --keep` leaves them up.');
  expect(closed).toEqual([['stopped', { keepCluster: false }]]);
});

test('one that is kept is said to stay, and how to end it', async () => {
  const { said, closed } = await end({ ended: true, keep: true });
  expect(said).toMatch(
    /^The cluster and the service stay up; `slipway clean --cluster` ends them\. kubectl: KUBECONFIG=\S/,
  );
  expect(closed).toEqual([['stopped', { keepCluster: true }]]);
});

test('on a cluster that was there before nothing has ended, and nothing is said', async () => {
  expect((await end({ ended: true, keep: false }, true)).said).toBe('');
});

test('a run that was stopped keeps nothing and says nothing', async () => {
  expect(await end({ ended: false, keep: true })).toEqual({ said: '', closed: [['stopped', { keepCluster: false }]] });
});
