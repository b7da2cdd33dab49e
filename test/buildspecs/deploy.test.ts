import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programs } from './programs';
import { openWorkshop, VERSION, type Workshop } from './workshop';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
}, 180_000);
afterAll(() => workshop.remove());

const DIGEST = `sha256:${'a'.repeat(64)}`;
const ENVIRONMENT = {
  CLUSTER: 'slipway',
  NAMESPACE: 'visits-dev',
  ENVIRONMENT: 'dev',
  MANIFESTS: 'k8s/overlays/dev',
  REPOSITORY: 'visits',
  REPOSITORY_URI: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/visits',
  ROLLOUT_TIMEOUT: '300s',
  KUBECTL_VERSION: '1.35',
  KUBECTL_S3: 's3://assets/kubectl.zip',
  VERSION,
};

/** As kubectl and diff write it. */
const DIFF = `diff -u -N /tmp/LIVE-1/apps.v1.Deployment.visits-dev.visits /tmp/MERGED-1/apps.v1.Deployment.visits-dev.visits
--- /tmp/LIVE-1/apps.v1.Deployment.visits-dev.visits\t2026-11-21
+++ /tmp/MERGED-1/apps.v1.Deployment.visits-dev.visits\t2026-11-21
@@ -1,2 +1,2 @@
 kind: Deployment
-  replicas: 1
+  replicas: 2
diff -u -N /tmp/LIVE-1/v1.ConfigMap.visits-dev.visits-x /tmp/MERGED-1/v1.ConfigMap.visits-dev.visits-x
--- /tmp/LIVE-1/v1.ConfigMap.visits-dev.visits-x\t2026-11-21
+++ /tmp/MERGED-1/v1.ConfigMap.visits-dev.visits-x\t2026-11-21
@@ -0,0 +1,2 @@
+kind: ConfigMap
+  whole: object
`;

/** A cluster as far as a deploy sees it; kustomize is the real one. */
interface Cluster {
  /** Before the deploy, `deployment.apps/name revision` by line. */
  readonly before?: string;
  readonly after?: string;
  readonly diff?: number;
  readonly applied?: string;
  readonly apply?: number;
  /** Status of `rollout status` before an undo. */
  readonly rollout?: number;
  readonly undo?: number;
}

const cluster = (given: Cluster): string => {
  const folder = programs(workshop.root, {
    aws: `case "$1 $2" in
'ecr describe-images') echo ${DIGEST} ;;
'eks update-kubeconfig') : ;;
*) echo "unexpected: aws $*" >&2; exit 1 ;;
esac`,
    kubectl: `[ "$1" = kustomize ] && exec '${workshop.binFolder}/kubectl' "$@"
[ "$1" = version ] && { echo 'Client Version: v1.35.2'; exit; }
echo "$*" >> "$STATE/calls"
case "$1 $2" in
diff*) cat "$STATE/diff"; exit ${given.diff ?? 1} ;;
'get deployments') if [ -e "$STATE/is-applied" ]; then cat "$STATE/after"; else cat "$STATE/before"; fi ;;
'get pods') case "$*" in *selector*) echo 'True ${VERSION}' ;; *metadata.name*) echo 'visits-1 False' ;; esac ;;
apply*) touch "$STATE/is-applied"; cat "$STATE/applied"; exit ${given.apply ?? 0} ;;
'rollout status') if [ -e "$STATE/undone" ]; then exit 0; fi; exit ${given.rollout ?? 0} ;;
'rollout undo') touch "$STATE/undone"; exit ${given.undo ?? 0} ;;
'describe pod') printf 'Name: visits-1\\nEvents:\\n  Readiness probe failed: 404\\n' ;;
logs*) echo 'last words of visits-1' ;;
*) echo "unexpected: kubectl $*" >&2; exit 1 ;;
esac`,
  });
  writeFileSync(join(folder, 'before'), given.before ?? 'deployment.apps/visits 3\ndeployment.apps/visits-redis 1\n');
  writeFileSync(join(folder, 'after'), given.after ?? 'deployment.apps/visits 4\ndeployment.apps/visits-redis 1\n');
  const applied =
    'service/visits unchanged\ndeployment.apps/visits configured\ndeployment.apps/visits-redis unchanged\n';
  writeFileSync(join(folder, 'diff'), DIFF);
  writeFileSync(join(folder, 'applied'), given.applied ?? applied);
  return folder;
};

const deploy = async (given: Cluster, environment: Record<string, string> = {}) => {
  const folder = cluster(given);
  const source = workshop.sample();
  const result = await workshop.run('deploy', {
    source,
    programs: folder,
    environment: { ...ENVIRONMENT, ...environment },
  });
  const calls = existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];
  return { ...result, calls, did: (start: string) => calls.filter((call) => call.startsWith(start)) };
};

test('a good release is shown, applied and watched, each workload of it', async () => {
  const { outcome, log, calls, did } = await deploy({});
  expect({ outcome, log }).toMatchObject({ outcome: { status: 'Succeeded' } });
  expect(calls.map((call) => call.split(' ')[0])).toEqual(['diff', 'get', 'apply', 'rollout', 'get']);
  expect(did('rollout status')).toEqual([
    'rollout status deployment.apps/visits deployment.apps/visits-redis --namespace visits-dev --timeout 300s',
  ]);
  expect(log).toContain(`serving in visits-dev: ${VERSION}`);
}, 30_000);

test('what changes is shown: lines of what is there, only the name of what is new', async () => {
  const { log } = await deploy({});
  expect(log).toContain(
    'changed: apps.v1.Deployment.visits-dev.visits\n@@ -1,2 +1,2 @@\n kind: Deployment\n-  replicas: 1\n+  replicas: 2\nnew: v1.ConfigMap.visits-dev.visits-x\n',
  );
  expect(log).not.toContain('whole: object');
}, 30_000);

test('what the API server would refuse is told before anything is changed', async () => {
  const { outcome, log, did } = await deploy({ diff: 2 });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(log).toContain('the cluster refuses this release; nothing was changed');
  expect(did('apply')).toEqual([]);
}, 30_000);

test('a rollout that fails is undone, only where this deploy changed something, with its evidence', async () => {
  const { outcome, log, did } = await deploy({ rollout: 1 });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(did('rollout undo')).toEqual(['rollout undo deployment.apps/visits --namespace visits-dev --to-revision 3']);
  expect(log).toContain('deployment.apps/visits is back at its revision 3');
  expect(log).toContain('deployment.apps/visits-redis was not changed');
  expect(log).toContain('Readiness probe failed: 404');
  expect(log).toContain('last words of visits-1');
}, 30_000);

test('the first deploy has nothing to go back to, and says so', async () => {
  const applied = 'deployment.apps/visits created\n';
  const { outcome, log, did } = await deploy({ before: '', after: 'deployment.apps/visits 1\n', applied, rollout: 1 });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(did('rollout undo')).toEqual([]);
  expect(log).toContain('deployment.apps/visits is new: there is nothing to go back to');
}, 30_000);

test('an apply that breaks off in the middle is undone as far as it got', async () => {
  const { outcome, did } = await deploy({ apply: 1, applied: 'deployment.apps/visits configured\n' });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(did('rollout undo')).toHaveLength(1);
}, 30_000);

test('an undo that fails calls for a person', async () => {
  const { outcome, log } = await deploy({ rollout: 1, undo: 1 });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(log).toContain('ROLLBACK FAILED: deployment.apps/visits');
}, 30_000);

test('an overlay that is not there', async () => {
  const { outcome, log, calls } = await deploy({}, { MANIFESTS: 'k8s/overlays/prod' });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(log).toContain('k8s/overlays/prod: no such folder in the source');
  expect(calls).toEqual([]);
}, 30_000);

test('an overlay whose pods would not run the release is refused', async () => {
  const { outcome, log, calls } = await deploy({}, { REPOSITORY: 'another' });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(log).toContain('has no workload with the image `another`');
  expect(calls).toEqual([]);
}, 30_000);
