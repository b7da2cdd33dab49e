import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Json } from '../../../../lib/cloud/rules/rule';
import type { KubeObject } from '../../../../lib/deploy/objects';
import { podHardening } from '../../../../lib/deploy/preflight/pod-hardening';
import { projectRoot } from '../../../cloud/fixtures';
import { FakeKubectl, FakeLog, listText } from '../../../deploy/fakes';
import { type Check, type Mutant, type Row, suite } from '../mutants';
import { readable, resources, type Templates, templates } from '../templates';

interface Manifests {
  readonly objects: Json[];
}

const BASE = join(projectRoot, 'examples', 'visits', 'k8s', 'base');

/** The sample's manifests as they stand in its base. */
const manifests = (): Manifests => ({
  objects: readdirSync(BASE)
    .filter((name) => name !== 'kustomization.yaml')
    .flatMap((name) => parseAllDocuments(readFileSync(join(BASE, name), 'utf8')).map((document) => document.toJS())),
});

const LEVEL = 'pod-security.kubernetes.io/enforce';

/** What the deployer says of them before it touches anything, in a namespace as the templates make it. */
const said = async ({ objects }: Manifests): Promise<string[]> => {
  const kubectl = new FakeKubectl((command) =>
    command.startsWith('get namespace ')
      ? JSON.stringify({ metadata: { labels: { [LEVEL]: 'restricted' } } })
      : listText(),
  );
  const stop = await podHardening(objects as KubeObject[], 'visits-dev', { kubectl, log: new FakeLog() }, () => {});
  return stop?.reason?.message.split('; ') ?? [];
};

const RESTRICTED = /would violate PodSecurity/;

const restricted: Check<Manifests> = {
  name: 'pods-restricted',
  holds:
    'Pods keep the Pod Security Standard restricted; a release whose pods do not is refused before anything is applied.',
  findings: async (subject) => (await said(subject)).filter((message) => RESTRICTED.test(message)),
};

const hardened: Check<Manifests> = {
  name: 'pods-hardened',
  holds:
    'Containers have requests and a limit of memory and cannot write their root file system, pods get no token for the API, and the network of the namespace is closed but for what is allowed; each exception has its reason in the manifest.',
  findings: async (subject) => (await said(subject)).filter((message) => !RESTRICTED.test(message)),
};

const find = (all: Manifests, kind: string, name: string): Json =>
  all.objects.find((object) => object.kind === kind && object.metadata.name === name);
const pod = (all: Manifests): Json => find(all, 'Deployment', 'visits').spec.template.spec;
const container = (all: Manifests): Json => pod(all).containers[0];
const denial = (all: Manifests): Json => find(all, 'NetworkPolicy', 'default-deny');

const mutant = (
  { name: foundBy }: Check<Manifests>,
  id: string,
  description: string,
  apply: (all: Manifests) => unknown,
): Mutant<Manifests> => ({ id, description, foundBy, apply });

const ofManifests = suite({
  name: 'the manifests of the sample',
  subject: manifests,
  checks: [restricted, hardened],
  mutants: [
    mutant(restricted, 'host-network', 'pod in the network of its node', (all) => (pod(all).hostNetwork = true)),
    mutant(restricted, 'host-pid', 'pod among the processes of its node', (all) => (pod(all).hostPID = true)),
    mutant(restricted, 'host-ipc', 'pod in the shared memory of its node', (all) => (pod(all).hostIPC = true)),
    mutant(restricted, 'host-path', 'volume of the node’s file system', (all) =>
      pod(all).volumes.push({ name: 'node', hostPath: { path: '/' } }),
    ),
    mutant(restricted, 'nfs', 'volume of a kind that is not listed', (all) =>
      pod(all).volumes.push({ name: 'share', nfs: { server: 'a', path: '/' } }),
    ),
    mutant(restricted, 'host-port', 'port of the node', (all) => (container(all).ports[0].hostPort = 80)),
    mutant(
      restricted,
      'privileged',
      'privileged container',
      (all) => (container(all).securityContext.privileged = true),
    ),
    mutant(
      restricted,
      'escalation',
      'container whose processes may get more rights',
      (all) => delete container(all).securityContext.allowPrivilegeEscalation,
    ),
    mutant(
      restricted,
      'capabilities-kept',
      'container that keeps capabilities',
      (all) => delete container(all).securityContext.capabilities,
    ),
    mutant(
      restricted,
      'capability-added',
      'container with a capability of the host',
      (all) => (container(all).securityContext.capabilities.add = ['SYS_ADMIN']),
    ),
    mutant(
      restricted,
      'proc-mount',
      'container that sees all of /proc',
      (all) => (container(all).securityContext.procMount = 'Unmasked'),
    ),
    mutant(
      restricted,
      'may-be-root',
      'pod that may run as root',
      (all) => delete pod(all).securityContext.runAsNonRoot,
    ),
    mutant(restricted, 'is-root', 'pod that runs as root', (all) => (pod(all).securityContext.runAsUser = 0)),
    mutant(
      restricted,
      'no-seccomp',
      'pod without a seccomp profile',
      (all) => delete pod(all).securityContext.seccompProfile,
    ),
    mutant(
      restricted,
      'seccomp-off',
      'pod with its seccomp profile off',
      (all) => (pod(all).securityContext.seccompProfile.type = 'Unconfined'),
    ),
    mutant(
      restricted,
      'init-container',
      'container that runs first and keeps nothing of this',
      (all) => (pod(all).initContainers = [{ name: 'first', image: 'first' }]),
    ),
    mutant(
      hardened,
      'no-requests',
      'container that asks for no memory',
      (all) => delete container(all).resources.requests.memory && delete container(all).resources.limits.memory,
    ),
    mutant(
      hardened,
      'no-cpu',
      'container that asks for no processor',
      (all) => delete container(all).resources.requests.cpu,
    ),
    mutant(
      hardened,
      'no-limit',
      'container without a limit of memory',
      (all) => delete container(all).resources.limits,
    ),
    mutant(
      hardened,
      'writable-root',
      'container that may change its own programs',
      (all) => delete container(all).securityContext.readOnlyRootFilesystem,
    ),
    mutant(hardened, 'token', 'pod with a token for the API', (all) => (pod(all).automountServiceAccountToken = true)),
    mutant(hardened, 'token-of-account', 'pod with a token for the API, by its service account', (all) => {
      delete pod(all).automountServiceAccountToken;
      find(all, 'ServiceAccount', 'visits').automountServiceAccountToken = true;
    }),
    mutant(hardened, 'open-network', 'namespace whose network nothing closes', (all) =>
      all.objects.splice(all.objects.indexOf(denial(all)), 1),
    ),
    mutant(hardened, 'open-egress', 'namespace from which everything may be reached', (all) =>
      denial(all).spec.policyTypes.pop(),
    ),
    mutant(
      hardened,
      'open-ingress',
      'namespace whose denial lets everybody in',
      (all) => (denial(all).spec.ingress = [{}]),
    ),
    mutant(
      hardened,
      'closed-for-some',
      'namespace that is closed for some pods',
      (all) => (denial(all).spec.podSelector = { matchLabels: { a: 'b' } }),
    ),
    mutant(hardened, 'empty-reason', 'container that is allowed something without a reason', (all) => {
      delete container(all).securityContext.readOnlyRootFilesystem;
      find(all, 'Deployment', 'visits').metadata.annotations = { 'slipway.dev/allow': 'writable-root:' };
    }),
  ],
});

const namespaces = (
  all: Templates,
): { readonly name: string; readonly object: Json; readonly put: (object: Json) => void }[] =>
  resources(all, 'Custom::AWSCDK-EKS-KubernetesResource').flatMap(({ properties }) => {
    const list = JSON.parse(readable(properties.Manifest)) as Json[];
    return list.flatMap((object, index) =>
      object.kind === 'Namespace'
        ? [
            {
              name: object.metadata.name,
              object,
              put: (changed: Json) => {
                list[index] = changed;
                properties.Manifest = JSON.stringify(list);
              },
            },
          ]
        : [],
    );
  });

const enforced: Check<Templates> = {
  name: 'namespace-enforces',
  holds: 'The namespace of every environment tells the API server to refuse pods that are not restricted.',
  findings: (all) => {
    const found = namespaces(all);
    const open = found.filter(({ object }) => object.metadata.labels?.[LEVEL] !== 'restricted');
    return [
      ...(found.length === 3 ? [] : [`${found.length} namespaces, expected one an environment`]),
      ...open.map(({ name }) => `${name} does not enforce restricted`),
    ];
  },
};

const relabel = (all: Templates, level: string | undefined): void => {
  const [first] = namespaces(all);
  if (first === undefined) throw new Error('no namespace');
  const labels = { ...first.object.metadata.labels, [LEVEL]: level };
  first.put({ ...first.object, metadata: { ...first.object.metadata, labels } });
};

const ofNamespaces = suite({
  name: 'the namespaces of the templates',
  subject: () => templates(),
  checks: [enforced],
  mutants: [
    {
      id: 'no-level',
      description: 'namespace without a level',
      foundBy: enforced.name,
      apply: (all) => relabel(all, undefined),
    },
    {
      id: 'baseline',
      description: 'namespace that enforces baseline only',
      foundBy: enforced.name,
      apply: (all) => relabel(all, 'baseline'),
    },
  ],
});

export const pods: Row = {
  number: 'Pods',
  risk: 'pods that could leave their place',
  controls: [
    'Every namespace that the templates make has the label `pod-security.kubernetes.io/enforce: restricted`: the API server makes no pod that breaks the Pod Security Standard *restricted*.',
    'In a namespace with that label the deployer refuses such a release before it applies anything, and one whose pods have no requests or limit of memory, can write their root file system, get a token for the API, or whose network nothing closes.',
    'A workload that needs one of the latter says so, with a reason, in its manifest (annotation `slipway.dev/allow`).',
  ],
  suites: [ofManifests, ofNamespaces],
  proofs: [
    {
      file: 'test/deploy/restricted-namespace.test.ts',
      title: 'a release whose pods are open is refused before anything is applied',
    },
    { file: 'test/deploy/restricted-namespace.test.ts', title: 'the API server makes no pod that is not restricted' },
    {
      file: 'test/deploy/restricted-namespace.test.ts',
      title: 'a release whose pods are restricted and closed is deployed',
    },
  ],
  notRun: [
    'On Amazon EKS: the admission of the embedded cluster has the same words and main rules as that of Kubernetes, and it is no Kubernetes. A NetworkPolicy is kept there and has no effect.',
  ],
};
