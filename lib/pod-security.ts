/** What the Pod Security Standards read of a container; whatever else it has. */
export interface SecuredContainer {
  readonly name: string;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly securityContext?: SecuritySettings & {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly procMount?: string;
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  };
}

/** What they read of a pod. */
export interface SecuredPod {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly containers: readonly SecuredContainer[];
  readonly initContainers?: readonly SecuredContainer[];
  readonly securityContext?: SecuritySettings;
  readonly volumes?: readonly { readonly name: string; readonly hostPath?: unknown }[];
}

interface SecuritySettings {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seccompProfile?: { readonly type?: string };
}

/**
 * What of a level of the Pod Security Standards a pod breaks, in the words of the API server's admission.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function violations(spec: SecuredPod, level: string): string[] {
  if (level !== 'baseline' && level !== 'restricted') return [];
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const rules = level === 'restricted' ? [...BASELINE, ...RESTRICTED] : BASELINE;
  return rules.flatMap((rule) => rule(spec, containers) ?? []);
}

type Rule = (spec: SecuredPod, containers: readonly SecuredContainer[]) => string | undefined;

/** A rule that each container keeps or breaks by itself. */
const each =
  (what: string, must: string, breaks: (container: SecuredContainer, spec: SecuredPod) => boolean, who = ''): Rule =>
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
