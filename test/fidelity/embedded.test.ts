import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectlProgram, runKubectl, TestCluster } from '../local/cluster/harness';
import { API_SCENARIOS } from './api-scenarios';
import { POD_SCENARIOS } from './pod-scenarios';
import { differences, type Subject } from './run';

let cluster: TestCluster;
let home: string;
beforeAll(async () => {
  cluster = await TestCluster.start();
  home = mkdtempSync(join(tmpdir(), 'slipway-fidelity-'));
});
afterAll(async () => {
  await cluster.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Two minors apart, as far as kubectl and a cluster may be. */
describe.each(['1.35', '1.33'] as const)('the embedded cluster does as a real one: kubectl %s', (version) => {
  let subject: Subject;
  beforeAll(async () => {
    const program = await kubectlProgram(version);
    const { kubeconfig } = cluster.running;
    subject = { image: 'app:1', kubectl: (args, input) => runKubectl(program, kubeconfig, home, args, input) };
  });
  test.each([...API_SCENARIOS, ...POD_SCENARIOS])(
    '$name',
    async (scenario) => {
      expect(await differences(scenario, subject)).toEqual([]);
    },
    120_000,
  );
});

test('a row that is seen otherwise is told, with what was expected', async () => {
  const program = await kubectlProgram();
  const subject = (args: string, input?: string) => runKubectl(program, cluster.running.kubeconfig, home, args, input);
  const rows = [
    { run: 'get pods', code: 1 },
    { run: 'get pods', out: /web-/ },
    { run: 'get pods', not: /No resources/ },
  ];
  const found = await differences({ name: 'wrong', rows }, { kubectl: subject, image: undefined });
  expect(found).toHaveLength(3);
  expect(found[0]).toContain('expected exit 1; got exit 0');
}, 60_000);
