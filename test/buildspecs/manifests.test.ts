import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { openWorkshop, SAMPLE } from './workshop';

// biome-ignore lint/suspicious/noExplicitAny: manifests as YAML gives them
type Manifest = any;

let kubectl: string;
let folder: string;
beforeAll(async () => {
  const workshop = await openWorkshop();
  kubectl = join(workshop.binFolder, 'kubectl');
  workshop.remove();
  folder = mkdtempSync(join(tmpdir(), 'slipway-manifests-'));
  cpSync(join(SAMPLE, 'k8s'), join(folder, 'k8s'), { recursive: true });
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function render(overlay: string): Manifest[] {
  const run = spawnSync(kubectl, ['kustomize', join(folder, 'k8s', 'overlays', overlay)], { encoding: 'utf8' });
  // kustomize warns of deprecated fields there.
  expect(run.stderr).toBe('');
  return parseAllDocuments(run.stdout).map((document) => document.toJS());
}

const ofKind = (manifests: Manifest[], kind: string): Manifest[] => manifests.filter((each) => each.kind === kind);

/** What a workload lacks of the Pod Security Standard *restricted*, and of what this project asks beyond it. */
function problems({ metadata, spec: { template } }: Manifest): string[] {
  const pod = template.spec;
  const rules: [string, boolean][] = [
    ['automountServiceAccountToken: false', pod.automountServiceAccountToken === false],
    ['runAsNonRoot', pod.securityContext?.runAsNonRoot === true],
    ['a user that is not root', pod.securityContext?.runAsUser > 0],
    ['seccompProfile RuntimeDefault', pod.securityContext?.seccompProfile?.type === 'RuntimeDefault'],
    ['no host namespaces', !pod.hostNetwork && !pod.hostPID && !pod.hostIPC],
    ['no host paths', !(pod.volumes ?? []).some((volume: Manifest) => volume.hostPath)],
    ...pod.containers.flatMap((container: Manifest): [string, boolean][] => [
      ['allowPrivilegeEscalation: false', container.securityContext?.allowPrivilegeEscalation === false],
      ['drop ALL', container.securityContext?.capabilities?.drop?.includes('ALL') === true],
      ['read-only root', container.securityContext?.readOnlyRootFilesystem === true],
      ['memory limit', container.resources?.limits?.memory !== undefined],
      ['cpu request', container.resources?.requests?.cpu !== undefined],
      ['readiness probe', container.readinessProbe !== undefined],
      ['liveness probe', container.livenessProbe !== undefined],
      ['image by digest', container.image === 'visits' || /@sha256:[0-9a-f]{64}$/.test(container.image)],
      ['no host ports', !(container.ports ?? []).some((port: Manifest) => port.hostPort)],
    ]),
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => `${metadata.name}: ${rule}`);
}

describe.each(['dev', 'staging', 'production'])('overlay %s', (overlay) => {
  test('pods meet Pod Security restricted, have limits, probes and images by digest', () => {
    const workloads = ofKind(render(overlay), 'Deployment');
    expect(workloads.map(({ metadata }) => metadata.name).sort()).toEqual(['visits', 'visits-redis']);
    expect(workloads.flatMap(problems)).toEqual([]);
  });

  test('one owner of the number of replicas', () => {
    const manifests = render(overlay);
    const scaled = ofKind(manifests, 'HorizontalPodAutoscaler').map(({ spec }) => spec.scaleTargetRef.name);
    expect(scaled).toEqual(overlay === 'dev' ? [] : ['visits']);
    const owned = ofKind(manifests, 'Deployment').filter(({ spec }) => spec.replicas !== undefined);
    expect(owned.map(({ metadata }) => metadata.name).filter((name) => scaled.includes(name))).toEqual([]);
  });

  test('nothing in or out by default, and no traffic that is not named', () => {
    const [all, ...named] = ofKind(render(overlay), 'NetworkPolicy');
    expect(all.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(named).toHaveLength(2);
  });

  test('a change of configuration rolls the pods: its name holds a hash of its content', () => {
    const [config] = ofKind(render(overlay), 'ConfigMap');
    expect(config.metadata.name).toMatch(/^visits-[a-z0-9]{10}$/);
    const [visits] = ofKind(render(overlay), 'Deployment');
    expect(visits.spec.template.spec.containers[0].envFrom).toEqual([{ configMapRef: { name: config.metadata.name } }]);
  });
});

// One mutant a rule, in the manifests themselves.
test.each([
  ['base/deployment.yaml', 'automountServiceAccountToken: false', 'automountServiceAccountToken: true'],
  ['base/deployment.yaml', 'runAsNonRoot: true', 'runAsNonRoot: false'],
  ['base/deployment.yaml', 'runAsUser: 10001', 'runAsUser: 0'],
  ['base/deployment.yaml', 'type: RuntimeDefault', 'type: Unconfined'],
  ['base/deployment.yaml', 'terminationGracePeriodSeconds: 40', 'hostNetwork: true'],
  ['base/deployment.yaml', 'allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: true'],
  ['base/deployment.yaml', '- ALL', '- NET_RAW'],
  ['base/deployment.yaml', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'],
  ['base/deployment.yaml', 'limits:', 'other:'],
  ['base/deployment.yaml', 'cpu: 100m', 'other: 1'],
  ['base/deployment.yaml', 'readinessProbe:', 'otherProbe:'],
  ['base/deployment.yaml', 'livenessProbe:', 'otherProbe:'],
  ['base/deployment.yaml', 'containerPort: 8080', 'hostPort: 8080'],
  ['base/deployment.yaml', /emptyDir:\s+medium: Memory\s+sizeLimit: 16Mi/, 'hostPath: { path: / }'],
  ['base/redis.yaml', /@sha256:[0-9a-f]+/, ''],
] satisfies [string, string | RegExp, string][])('%s with %s changed is found', (file, from, to) => {
  const path = join(folder, 'k8s', file);
  const original = readFileSync(path, 'utf8');
  try {
    writeFileSync(path, original.replace(from, to));
    const workloads = ofKind(render('dev'), 'Deployment');
    expect(workloads.flatMap(problems)).not.toEqual([]);
  } finally {
    writeFileSync(path, original);
  }
});
