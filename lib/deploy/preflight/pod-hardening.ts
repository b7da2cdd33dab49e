import { type SecuredPod, violations } from '../../pod-security';
import { itemsIn } from '../apply';
import type { KubectlFailure } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import type { Reason } from '../outcome';
import type { Stop } from '../parts';
import type { Ports } from '../ports';
import { fieldsAt, groupOf, itemsOf } from '../render/fields';
import { ALLOW_ANNOTATION, type Allowable, readAllowed } from '../render/keys';
import { containersOf, podTemplateOf, runsPods } from '../render/pod-template';
import { refusedFor, stopOf } from './stop';

const LEVEL_LABEL = 'pod-security.kubernetes.io/enforce';

/**
 * In a namespace that enforces the Pod Security Standard *restricted*: workloads whose pods the admission would refuse, which it does
 * only when they are made, after the old ones may have gone; and those that are open in ways that it does not look at (requests and
 * limits, root file system, service account's token, network), unless they say why. In other namespaces nothing is asked.
 */
export async function podHardening(
  objects: readonly KubeObject[],
  namespace: string,
  ports: Pick<Ports, 'kubectl' | 'log'>,
  warn: (message: string) => void,
): Promise<Stop | undefined> {
  const workloads = objects.filter(runsPods);
  if (workloads.length === 0) return undefined;
  const level = await levelOf(namespace, ports, warn);
  if (level !== 'restricted') {
    ports.log.info(
      `namespace ${namespace} does not enforce restricted pods (label ${LEVEL_LABEL}), so pods may be as they like`,
    );
    return undefined;
  }
  const isClosed = await closedNetwork(objects, namespace, ports);
  if (typeof isClosed !== 'boolean') return isClosed;
  return refusedFor(workloads.flatMap((workload) => problemsOf(workload, objects, isClosed)));
}

async function levelOf(
  namespace: string,
  { kubectl }: Pick<Ports, 'kubectl'>,
  warn: (message: string) => void,
): Promise<string | undefined> {
  const answer = await kubectl.run(['get', 'namespace', namespace, '--output', 'json'], { quiet: true });
  if (answer.ok) {
    const labels = (JSON.parse(answer.value) as KubeObject).metadata.labels ?? {};
    return labels[LEVEL_LABEL];
  }
  warn(
    `cannot read the labels of namespace ${namespace} (${answer.errors[0]?.message}); taken as one that enforces restricted pods`,
  );
  return 'restricted';
}

/** Whether a policy, of the release or there already, denies what no other allows, in and out. */
async function closedNetwork(
  objects: readonly KubeObject[],
  namespace: string,
  { kubectl }: Pick<Ports, 'kubectl'>,
): Promise<boolean | Stop> {
  const isPolicy = ({ kind, apiVersion }: KubeObject): boolean =>
    kind === 'NetworkPolicy' && groupOf({ apiVersion }) === 'networking.k8s.io';
  if (deniesAll(objects.filter(isPolicy))) return true;
  const answer = await kubectl.run(
    ['get', 'networkpolicies.networking.k8s.io', '--namespace', namespace, '--output', 'json'],
    { quiet: true },
  );
  return answer.ok ? deniesAll(itemsIn(answer.value)) : stopOf(answer.errors[0] as KubectlFailure);
}

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies */
const deniesAll = (policies: readonly KubeObject[]): boolean =>
  (['Ingress', 'Egress'] as const).every((direction) =>
    policies.some((policy) => {
      const spec = fieldsAt(policy, 'spec');
      const selector = fieldsAt(spec, 'podSelector') ?? {};
      const types = Array.isArray(spec?.['policyTypes']) ? spec['policyTypes'] : ['Ingress'];
      const rules = itemsOf(spec?.[direction.toLowerCase()]);
      return Object.keys(selector).length === 0 && types.includes(direction) && rules.length === 0;
    }),
  );

function problemsOf(workload: KubeObject, objects: readonly KubeObject[], isClosed: boolean): readonly Reason[] {
  const pod = fieldsAt(podTemplateOf(workload), 'spec') ?? {};
  const object = titleOf(workload);
  const broken = violations({ containers: [], ...pod } as unknown as SecuredPod, 'restricted');
  const { allowed } = readAllowed(workload.metadata.annotations?.[ALLOW_ANNOTATION] ?? '');
  const open = ([rule, message]: readonly [Allowable, string | undefined]): Reason[] =>
    message === undefined || allowed.includes(rule)
      ? []
      : [
          {
            code: 'PodTooOpen',
            object,
            message: `${message}; or allow it by the annotation ${ALLOW_ANNOTATION}: "${rule}: <reason>"`,
          },
        ];
  return [
    ...broken.map((rule) => ({
      code: 'PodNotRestricted',
      object,
      message: `its pods would violate PodSecurity "restricted": ${rule}`,
    })),
    ...(
      [
        ['no-limits', noLimits(workload)],
        ['writable-root', writableRoot(workload)],
        ['service-token', serviceToken(workload, objects)],
        [
          'open-network',
          isClosed
            ? undefined
            : 'nothing denies its pods the network by default; add a NetworkPolicy with an empty podSelector and policyTypes Ingress and Egress, and what is needed',
        ],
      ] as const
    ).flatMap(open),
  ];
}

/** A pod without takes what others need; which of them is ended then, nobody knows. A limit of cpu only slows pods down, so none is asked for. */
function noLimits(workload: KubeObject): string | undefined {
  const lacking = containersOf(podTemplateOf(workload)).flatMap((container) => {
    const has = (kind: string, resource: string) => fieldsAt(container, 'resources', kind)?.[resource] !== undefined;
    const missing = [
      ...(has('requests', 'cpu') || has('limits', 'cpu') ? [] : ['requests.cpu']),
      ...(has('requests', 'memory') || has('limits', 'memory') ? [] : ['requests.memory']),
      ...(has('limits', 'memory') ? [] : ['limits.memory']),
    ];
    return missing.length === 0 ? [] : [`${container['name']}: ${missing.join(', ')}`];
  });
  return lacking.length === 0 ? undefined : `containers without resources (${lacking.join('; ')}); set them`;
}

function writableRoot(workload: KubeObject): string | undefined {
  const writable = containersOf(podTemplateOf(workload))
    .filter((container) => fieldsAt(container, 'securityContext')?.['readOnlyRootFilesystem'] !== true)
    .map(({ name }) => name);
  return writable.length === 0
    ? undefined
    : `containers that may change their own programs (${writable.join(', ')}); set securityContext.readOnlyRootFilesystem=true and mount an emptyDir where they write`;
}

/** The pod's own word counts before its service account's. */
function serviceToken(workload: KubeObject, objects: readonly KubeObject[]): string | undefined {
  const pod = fieldsAt(podTemplateOf(workload), 'spec');
  const account = objects.find(
    ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === pod?.['serviceAccountName'],
  );
  const mounted =
    pod?.['automountServiceAccountToken'] ??
    (account as { automountServiceAccountToken?: unknown } | undefined)?.automountServiceAccountToken;
  return mounted === false
    ? undefined
    : 'its pods get a token for the Kubernetes API; set automountServiceAccountToken=false';
}
