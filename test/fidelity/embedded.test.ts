import { TestCluster } from '../local/cluster/harness';
import { API_SCENARIOS } from './api-scenarios';
import { POD_SCENARIOS } from './pod-scenarios';
import { differences } from './run';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

const subject = () => ({ image: 'app:1', kubectl: (args: string, input?: string) => cluster.kubectl(args, input) });

describe('the embedded cluster does as a real one', () => {
  test.each([...API_SCENARIOS, ...POD_SCENARIOS])(
    '$name',
    async (scenario) => {
      expect(await differences(scenario, subject())).toEqual([]);
    },
    120_000,
  );
});
