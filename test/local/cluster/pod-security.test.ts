import type { Container, PodSpec } from '../../../lib/local/cluster/types';
import { violations } from '../../../lib/pod-security';

const CONTAINER = {
  name: 'c',
  image: 'i',
  imagePullPolicy: 'Always',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
} satisfies Container;
const SPEC = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  containers: [CONTAINER],
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
} satisfies PodSpec;

const container = (securityContext: object): Partial<PodSpec> => ({
  containers: [{ ...CONTAINER, securityContext: { ...CONTAINER.securityContext, ...securityContext } }],
});

test('a pod that keeps every rule passes', () => {
  expect(violations(SPEC, 'restricted')).toEqual([]);
  const added = container({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } });
  expect(violations({ ...SPEC, ...added }, 'restricted')).toEqual([]);
});

test.each<[string, Partial<PodSpec>, RegExp, boolean]>([
  ['host network', { hostNetwork: true }, /^host namespaces \(hostNetwork=true\)$/, true],
  ['privileged', container({ privileged: true }), /^privileged/, true],
  [
    'a capability of the host',
    container({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } }),
    /^non-default capabilities/,
    true,
  ],
  ['hostPath', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, /^hostPath volumes \(volume "v"\)$/, true],
  [
    'hostPort',
    { containers: [{ ...CONTAINER, ports: [{ containerPort: 1, hostPort: 1, protocol: 'TCP' }] }] },
    /^hostPort/,
    true,
  ],
  ['procMount', container({ procMount: 'Unmasked' }), /^procMount/, true],
  [
    'seccomp Unconfined',
    { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Unconfined' } } },
    /^seccompProfile/,
    true,
  ],
  ['no seccomp', { securityContext: { runAsNonRoot: true } }, /^seccompProfile \(pod or container "c" must set/, false],
  [
    'privilege escalation',
    container({ allowPrivilegeEscalation: undefined }),
    /^allowPrivilegeEscalation != false \(container "c" must set securityContext.allowPrivilegeEscalation=false\)$/,
    false,
  ],
  ['capabilities kept', container({ capabilities: {} }), /^unrestricted capabilities/, false],
  ['a volume of another kind', { volumes: [{ name: 'v', nfs: {} }] }, /^restricted volume types/, false],
  [
    'may run as root',
    { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
    /^runAsNonRoot != true/,
    false,
  ],
  ['a container that overrides', container({ runAsNonRoot: false }), /^runAsNonRoot != true/, false],
  ['runs as root', container({ runAsUser: 0 }), /^runAsUser=0/, false],
])('restricted refuses %s', (_, change, message, alsoBaseline) => {
  const pod = { ...SPEC, ...change };
  expect(violations(pod, 'restricted')).toContainEqual(expect.stringMatching(message));
  expect(violations(pod, 'baseline').length > 0).toBe(alsoBaseline);
  expect(violations(pod, 'privileged')).toEqual([]);
});

test('init containers count too', () => {
  const init = { ...CONTAINER, name: 'i', securityContext: {} };
  expect(violations({ ...SPEC, initContainers: [init] }, 'restricted').join()).toContain('container "i" must set');
});
