import type { Manifest } from '../lib/drill/manifests';
import { type BenchCluster, deploy, GOOD, openBenchCluster, plainManifests, plainRollout } from './cluster';
import { type Figure, median, timed } from './measure';

const ROUNDS = { 1: 3, 10: 3, 50: 1 } as const;
/** Half as many pods again at a time: what is measured is the deployer, not the queue. */
const wide = (fields: object) => ({
  edit: (manifests: Manifest[]) => {
    Object.assign(manifests[0]?.['spec'] ?? {}, {
      strategy: { rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 } },
      ...fields,
    });
  },
});

/** The sample's own: a pod counts when it has been ready for this long. */
const AS_THE_SAMPLE = { minReadySeconds: 2 };

/** From the first change to `Verified`, by number of pods, against kubectl apply and rollout status for the same change. */
export async function deployFigures(root: string): Promise<Figure[]> {
  const cluster = await openBenchCluster(root);
  try {
    const figures: Figure[] = [];
    for (const [replicas, rounds] of Object.entries(ROUNDS)) {
      figures.push(await verified(cluster, Number(replicas), rounds));
    }
    for (const fault of FAULTS) figures.push(await detected(cluster, fault));
    return figures;
  } finally {
    await cluster.close();
  }
}

async function verified({ ours, plain }: BenchCluster, replicas: number, rounds: number): Promise<Figure> {
  const mine: number[] = [];
  const theirs: number[] = [];
  let kubectlCalls = 0;
  for (let round = 0; round <= rounds; round++) {
    const options = { replicas, environment: { ROUND: `${replicas}-${round}` }, ...wide(AS_THE_SAMPLE) };
    const { time, calls } = await deploy(ours, GOOD, options);
    const taken = await plainRollout(plain, await plainManifests(plain, GOOD, options), 0);
    // The first one brings the pods up.
    if (round === 0) continue;
    mine.push(time);
    theirs.push(taken);
    kubectlCalls = calls;
  }
  const pods = replicas === 1 ? '1 pod' : `${replicas} pods`;
  return {
    name: `apply to Verified, ${pods}`,
    ours: median(mine),
    yardstick: median(theirs),
    against: `kubectl apply and rollout status of the same change, minReadySeconds 2 (a deploy calls kubectl ${kubectlCalls} times)`,
    aim: 1.3,
  };
}

interface BenchFault {
  readonly name: string;
  readonly behaviour?: string;
  readonly digest?: string;
  /** The API refuses the new pods. */
  readonly denied?: true;
  readonly aim: number;
}

/** Seconds; short, as deadlines go: Kubernetes' own is 600. */
const DEADLINE = 30;
const FAULTS: readonly BenchFault[] = [
  { name: '1 image missing', digest: `sha256:${'f'.repeat(64)}`, aim: 0.2 },
  { name: '2 crash at start', behaviour: 'exit', aim: 0.2 },
  { name: '4 never ready', behaviour: 'unready', aim: 1.1 },
  { name: '22 pods refused', denied: true, aim: 0.2 },
];

/** From the first change until the fault is told, against `kubectl rollout status` with the same deadline. */
async function detected({ ours, plain }: BenchCluster, fault: BenchFault): Promise<Figure> {
  const options = (environment: Record<string, string>) => ({
    replicas: 2,
    environment,
    ...wide({ progressDeadlineSeconds: DEADLINE }),
  });
  const good = options({ ROUND: `before ${fault.name}` });
  await deploy(ours, GOOD, good);
  await plainRollout(plain, await plainManifests(plain, GOOD, good), 0);
  const bad = { ...options({ ROUND: fault.name }), ...fault };
  const deny = (stage: typeof ours) =>
    stage.faults?.put({
      kind: 'deny',
      resources: ['pods'],
      namespaces: [stage.namespace],
      labels: { 'app.kubernetes.io/name': stage.service },
      message: 'images must be signed',
    });
  if (fault.denied) await Promise.all([deny(ours), deny(plain)]);
  const yardstick = await plainRollout(plain, await plainManifests(plain, '2.0.0', bad), 1);
  const deployer = ours.start(await ours.release('2.0.0', bad), { settle: 0, rollout: 300 });
  await deployer.until(/^── Roll out/m);
  const time = await timed(() => deployer.until(/^bad: /m));
  await ours.faults?.clear();
  await plain.faults?.clear();
  await deployer.ended;
  return {
    name: `detection, drill ${fault.name}`,
    ours: time,
    yardstick,
    against: `kubectl rollout status, progressDeadlineSeconds ${DEADLINE}`,
    aim: fault.aim,
  };
}
