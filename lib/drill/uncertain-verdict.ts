import { alarmEndpoint } from './alarms';
import { bakeThrough } from './bake';
import { type Drill, GOOD, NEXT } from './drill';

const family = 'uncertain-verdict' as const;
const takenBack = { outcome: 'RolledBack', reason: /./, serves: GOOD, failedRequests: 0 } as const;
const CANARY = {
  kind: 'canary',
  steps: [{ pods: 1, seconds: 1 }],
  analysis: { minimumSamples: 5, errorPercent: 1, slower: 2, inconclusive: 'fail', paths: ['/'] },
};

export const UNCERTAIN_VERDICT: readonly Drill[] = [
  {
    number: 28,
    name: 'metrics-missing',
    family,
    summary: 'metrics are missing: neither a canary nor a bake passes without them, unless the setting says so',
    expects: takenBack,
    async run(stage) {
      const release = await stage.release(NEXT);
      if (stage.faults) {
        const path = `/namespaces/${stage.namespace}/pods/[^/]+/proxy`;
        await stage.faults.put({ kind: 'error', code: 503, match: { path } });
        const canary = await stage.deploy(release, { strategy: JSON.stringify(CANARY) });
        const isBlind = canary.outcome === 'RolledBack' && /inconclusive/i.test(canary.said);
        stage.check(isBlind, `a canary that nobody measures ended ${canary.said}`);
        await stage.faults.clear();
      }
      const deployed = await stage.deploy(release);
      stage.check(deployed.outcome === 'Verified', `the release ended ${deployed.said}`);
      const given = { alarm: 'INSUFFICIENT_DATA', url: await stage.url(), version: NEXT } as const;
      const lenient = await bakeThrough({ ...given, inconclusive: 'pass' });
      const told = lenient.status === 'healthy' && /inconclusive/i.test(lenient.message);
      stage.check(told, `the bake that lets doubts pass said ${lenient.message}`);
      const verdict = await bakeThrough({ ...given, inconclusive: 'fail' });
      const doubts = verdict.status === 'failed' && /inconclusive.*no data/i.test(verdict.message);
      stage.check(doubts, `the bake said ${verdict.message}`);
      return stage.deploy(release, { command: 'restore' });
    },
  },
  {
    number: 29,
    name: 'alarm-before',
    family,
    summary: 'the alarm fires already before the deploy: the release is not blamed, it does not get in',
    expects: { outcome: 'Refused', reason: /alarm/i, serves: GOOD, failedRequests: 0 },
    async run(stage) {
      const endpoint = await alarmEndpoint(stage.venue.folder, 'visits', 'ALARM');
      stage.atEnd(() => endpoint.close());
      return stage.deploy(await stage.release(NEXT), { alarms: ['visits'], environment: endpoint.environment });
    },
  },
  {
    number: 30,
    name: 'no-traffic',
    family,
    summary: 'nobody asks the service during the bake: an alarm that is quiet then proves nothing',
    expects: takenBack,
    async run(stage) {
      const release = await stage.release(NEXT);
      const deployed = await stage.deploy(release);
      stage.check(deployed.outcome === 'Verified', `the release ended ${deployed.said}`);
      const given = { alarm: 'OK', version: NEXT, inconclusive: 'fail' } as const;
      const asked = await bakeThrough({ ...given, url: await stage.url() });
      stage.check(asked.status === 'healthy', `the bake that asks the service said ${asked.message}`);
      const verdict = await bakeThrough({ ...given, url: '' });
      const doubts = verdict.status === 'failed' && /inconclusive.*no traffic/i.test(verdict.message);
      stage.check(doubts, `the bake without traffic said ${verdict.message}`);
      return stage.deploy(release, { command: 'restore' });
    },
  },
];
