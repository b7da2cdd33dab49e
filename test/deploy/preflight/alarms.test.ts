import { preflight } from '../../../lib/deploy/preflight/preflight';
import type { Release } from '../../../lib/deploy/release';
import type { DeployRequest } from '../../../lib/deploy/request';
import { deployment, FakeClock, FakeKubectl, FakeLog, FakeStore, failure } from '../fakes';

const release = (version: string): Release => ({
  id: `id-${version}`,
  service: 'web',
  environment: 'dev',
  namespace: 'web-dev',
  version,
  digest: `sha256:${version}`,
  requestedAt: '2026-11-21T11:00:00.000Z',
  objects: [deployment()],
});

const request: DeployRequest = {
  id: 'ours',
  requestedAt: '2026-11-21T12:00:00.000Z',
  service: 'web',
  environment: 'dev',
  namespace: 'web-dev',
  version: '2',
  image: { name: 'web', repository: 'r/web', digest: 'sha256:2' },
  manifests: { kind: 'plain', path: 'k8s' },
  strategy: { kind: 'rolling' },
  limits: { rollout: 60, smoke: 10, settle: 0, lock: 10, unreachable: 10 },
  smoke: { readyPath: '/readyz' },
  alarms: ['web-dev'],
  accept: true,
};

/** Version 2 is checked while its alarm fires; what comes after the alarms ends as Unreachable. */
async function check(good: Release | undefined, ignoreAlarms?: boolean) {
  const warnings: string[] = [];
  const stop = await preflight({ keepDifference: () => {}, warn: (message) => void warnings.push(message) })(
    release('2'),
    {
      request: { ...request, ...(ignoreAlarms === undefined ? {} : { ignoreAlarms }) },
      ...(good ? { good } : {}),
      ports: {
        kubectl: new FakeKubectl(() => failure('unreachable')),
        releases: new FakeStore(),
        clock: new FakeClock(),
        random: () => 1,
        fetch,
        alarms: async () => new Map([['web-dev', 'ALARM' as const]]),
        log: new FakeLog(),
        signal: new AbortController().signal,
      },
    },
  );
  return { code: stop?.outcome, reason: stop?.reason, warnings };
}

test.each([undefined, false])(
  'where there is a good release to go back to, a firing alarm refuses another',
  async (ignore) => {
    const { code, reason, warnings } = await check(release('1'), ignore);
    expect({ code, warnings }).toEqual({ code: 'Refused', warnings: [] });
    expect(reason).toMatchObject({
      code: 'AlarmFiring',
      object: 'Alarm/web-dev',
      message: expect.stringContaining('let it in by --ignore-alarms'),
    });
  },
);

test.each([
  ['the good release itself', release('2'), undefined, 'this is the last known good release'],
  ['no good release yet', undefined, undefined, 'there is no last known good release yet to go back to'],
  ['alarms are to be ignored', release('1'), true, 'alarms are ignored, as was asked for'],
])('%s: it goes in, and the alarm is a warning', async (_what, good, ignore, why) => {
  const { code, warnings } = await check(good, ignore);
  expect(code).toBe('Error');
  expect(warnings).toEqual([`Alarm/web-dev: it fires already, before this release; not heeded, since ${why}`]);
});
