import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DRILLS } from '../../../../lib/drill/catalog';
import { pushImage, REPOSITORY } from '../../../../lib/drill/image';
import { runDrills } from '../../../../lib/drill/run';
import { choose, tableOf } from '../../../../lib/drill/table';
import { ImageStore } from '../../../../lib/local/image/store';
import { kubectlProgram } from '../harness';

/** `tsx drills.ts KUBECONFIG REGISTRY [drill…]`: drills on a real API server whose node is that of main.ts with the same registry. */
async function main(): Promise<void> {
  const [kubeconfig = '', registry = '', ...words] = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-real-drills-'));
  mkdirSync(registry, { recursive: true });
  const store = new ImageStore(registry);
  const programs = {
    kubectl: await kubectlProgram(),
    deployer: join(process.cwd(), 'dist/deploy.mjs'),
    server: join(process.cwd(), 'lib/drill/server'),
  };
  const { chosen } = choose(DRILLS, words);
  const results = await runDrills(chosen, {
    venue: {
      kind: 'embedded',
      programs,
      folder,
      kubeconfig,
      image: async (environment) => ({
        repository: REPOSITORY.uri,
        digest: await pushImage(store, programs.server, environment),
      }),
      faults: () => undefined,
      close: async () => {},
    },
    signal: new AbortController().signal,
    atOnce: 2,
    onStart: () => {},
    onEnd: ({ drill, status, said, complaints, log }) => {
      console.log(`${drill.number} ${drill.name}: ${status} ${said ?? ''}\n  ${complaints.join('\n  ')}`);
      if (status === 'FAIL') console.log(log);
    },
  });
  console.log(tableOf(results, (_, text) => text));
}

void main();
