import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectlProgram, runKubectl } from '../local/cluster/harness';
import { API_SCENARIOS } from './api-scenarios';
import { POD_SCENARIOS } from './pod-scenarios';
import { differences } from './run';

async function main(): Promise<void> {
  const { SLIPWAY_KUBECONFIG = '', SLIPWAY_TEST_IMAGE: image } = process.env;
  const program = process.env['SLIPWAY_KUBECTL'] ?? (await kubectlProgram());
  const home = mkdtempSync(join(tmpdir(), 'slipway-fidelity-'));
  const subject = { image, kubectl: (a: string, i?: string) => runKubectl(program, SLIPWAY_KUBECONFIG, home, a, i) };
  const only = process.argv[2];
  for (const scenario of [...API_SCENARIOS, ...POD_SCENARIOS].filter((s) => !only || s.name.includes(only))) {
    if (scenario.pods && image === undefined) {
      console.log(`NOT RUN  ${scenario.name}: SLIPWAY_TEST_IMAGE names no image`);
      continue;
    }
    const found = await differences(scenario, subject);
    console.log(`${found.length === 0 ? 'same    ' : 'DIFFERS '} ${scenario.name}`);
    for (const line of found) console.log(`         ${line}`);
    if (found.length > 0) process.exitCode = 1;
  }
}

void main();
