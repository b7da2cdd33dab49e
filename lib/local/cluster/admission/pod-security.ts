import { ok } from '../../../result';
import type { Admission } from '../registry';
import { forbidden, refuse } from '../status';
import type { Container, PodSpec, PodTemplate } from '../types';

const LABEL = 'pod-security.kubernetes.io';

/**
 * Pod Security Admission: a pod that breaks the level of its namespace's `enforce` label is refused, a pod or workload that breaks
 * that of `warn` is let in with a warning. https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export const podSecurity: Admission = (kind, object, store) => {
  const spec = kind.kind === 'Pod' ? (object['spec'] as PodSpec) : templateOf(object['spec']);
  const labels = store.get('Namespace', undefined, object.metadata.namespace ?? '')?.metadata.labels ?? {};
  if (!spec) return ok([]);
  const judge = (mode: string) => {
    const level = labels[`${LABEL}/${mode}`] ?? 'privileged';
    const broken = violations(spec, level);
    const version = labels[`${LABEL}/${mode}-version`] ?? 'latest';
    return broken.length > 0 ? `violate PodSecurity "${level}:${version}": ${broken.join(', ')}` : undefined;
  };
  const refused = kind.kind === 'Pod' ? judge('enforce') : undefined;
  if (refused) return refuse(forbidden(kind, object.metadata.name, refused.replace('violate', 'violates')));
  const warning = judge('warn');
  return ok(warning ? [`would ${warning}`] : []);
};

const templateOf = (spec: unknown): PodSpec | undefined =>
  (spec as { template?: PodTemplate } | undefined)?.template?.spec;

/** What of a level a pod breaks, in the words of the real admission. */
export function violations(spec: PodSpec, level: string): string[] {
  if (level !== 'baseline' && level !== 'restricted') return [];
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const rules = level === 'restricted' ? [...BASELINE, ...RESTRICTED] : BASELINE;
  return rules.flatMap((rule) => rule(spec, containers) ?? []);
}

type Rule = (spec: PodSpec, containers: readonly Container[]) => string | undefined;

/** A rule that each container keeps or breaks by itself. */
const each =
  (what: string, must: string, breaks: (container: Container, spec: PodSpec) => boolean, who = ''): Rule =>
  (spec, containers) => {
    const broken = containers.filter((container) => breaks(container, spec)).map((container) => `"${container.name}"`);
    if (broken.length === 0) return undefined;
    return `${what} (${who}container${broken.length > 1 ? 's' : ''} ${broken.join(', ')} must ${must})`;
  };

const ALLOWED_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const BASELINE: readonly Rule[] = [
  (spec) => {
    const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name] === true);
    return used.length > 0 ? `host namespaces (${used.map((name) => `${name}=true`).join(', ')})` : undefined;
  },
  each('privileged', 'not set securityContext.privileged=true', (c) => c.securityContext?.privileged === true),
  each('non-default capabilities', 'not include unlisted capabilities in securityContext.capabilities.add', (c) =>
    (c.securityContext?.capabilities?.add ?? []).some((name) => !ALLOWED_CAPABILITIES.has(name)),
  ),
  (spec) => {
    const names = (spec.volumes ?? []).filter((volume) => volume.hostPath).map((volume) => `"${volume.name}"`);
    return names.length > 0 ? `hostPath volumes (volume${names.length > 1 ? 's' : ''} ${names.join(', ')})` : undefined;
  },
  each('hostPort', 'not use hostPorts', (c) => (c.ports ?? []).some((port) => (port.hostPort ?? 0) !== 0)),
  each(
    'procMount',
    'not set securityContext.procMount',
    (c) => (c.securityContext?.procMount ?? 'Default') !== 'Default',
  ),
  each(
    'seccompProfile',
    'not set securityContext.seccompProfile.type to "Unconfined"',
    (c, spec) => [c.securityContext, spec.securityContext].some((s) => s?.seccompProfile?.type === 'Unconfined'),
    'pod or ',
  ),
];

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const RESTRICTED: readonly Rule[] = [
  each(
    'allowPrivilegeEscalation != false',
    'set securityContext.allowPrivilegeEscalation=false',
    (c) => c.securityContext?.allowPrivilegeEscalation !== false,
  ),
  each(
    'unrestricted capabilities',
    'set securityContext.capabilities.drop=["ALL"]',
    (c) =>
      !c.securityContext?.capabilities?.drop?.includes('ALL') ||
      (c.securityContext.capabilities.add ?? []).some((name) => name !== 'NET_BIND_SERVICE'),
  ),
  (spec) => {
    const bad = (spec.volumes ?? []).filter((v) => Object.keys(v).some((key) => key !== 'name' && !VOLUMES.has(key)));
    const names = bad.map((volume) => `"${volume.name}"`).join(', ');
    return bad.length > 0 ? `restricted volume types (volumes ${names} use restricted volume types)` : undefined;
  },
  each(
    'runAsNonRoot != true',
    'set securityContext.runAsNonRoot=true',
    (c, spec) => (c.securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) !== true,
    'pod or ',
  ),
  each(
    'runAsUser=0',
    'not set runAsUser=0',
    (c, spec) => (c.securityContext?.runAsUser ?? spec.securityContext?.runAsUser) === 0,
    'pod or ',
  ),
  each(
    'seccompProfile',
    'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    (c, spec) => {
      const type = (c.securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile)?.type;
      return type !== 'RuntimeDefault' && type !== 'Localhost';
    },
    'pod or ',
  ),
];
