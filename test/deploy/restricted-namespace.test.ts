import { type Room, Stage, web } from './stage';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** A namespace that enforces restricted pods. */
async function restrictedRoom(): Promise<Room> {
  const room = await stage.room();
  await stage.kubectl(`label namespace ${room.namespace} pod-security.kubernetes.io/enforce=restricted`);
  return room;
}

const pod = {
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
};
const container = {
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '256Mi' } },
};
const closed = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'default-deny' },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
};

/** Service and Deployment `web` that keep every rule, but for what `more` says of the container; `annotations` are the Deployment's. */
function kept(more: object = {}, annotations: Readonly<Record<string, string>> = {}): object[] {
  // biome-ignore lint/suspicious/noExplicitAny: a manifest is edited by path
  const [service, workload] = web({}, {}, pod) as [object, any];
  Object.assign(workload.spec.template.spec.containers[0], container, more);
  Object.assign(workload.metadata, { annotations });
  return [service, workload];
}

test('a release whose pods are open is refused before anything is applied', async () => {
  const room = await restrictedRoom();
  room.write(...web());
  const { code, result, log } = await room.deploy('1.0.0', '1');
  expect(code).not.toBe(0);
  expect(result.outcome).toBe('Refused');
  for (const rule of [
    'would violate PodSecurity "restricted": allowPrivilegeEscalation != false (container "server" must set',
    'runAsNonRoot != true',
    'containers without resources (server: requests.cpu, requests.memory, limits.memory)',
    'containers that may change their own programs (server)',
    'a token for the Kubernetes API',
    'nothing denies its pods the network by default',
  ])
    expect(log).toContain(rule);
  expect(await room.kubectl('get deployments,services --output name')).toBe('');
});

test('the API server makes no pod that is not restricted', async () => {
  const room = await restrictedRoom();
  const made = room.kubectl('run open --image=registry.example/web --privileged --dry-run=server');
  await expect(made).rejects.toThrow(/violates PodSecurity "restricted:latest": privileged/);
});

test('a release whose pods are restricted and closed is deployed', async () => {
  const room = await restrictedRoom();
  room.write(...kept(), closed);
  expect(await room.deploy('1.0.0', '1')).toMatchObject({ code: 0, result: { outcome: 'Verified' } });
});

test('an exception counts with its reason, and a policy that is there already closes the network', async () => {
  const room = await restrictedRoom();
  await room.kubectl('apply --filename -', JSON.stringify(closed));
  const open = { securityContext: { ...container.securityContext, readOnlyRootFilesystem: false } };
  room.write(...kept(open, { 'slipway.dev/allow': 'writable-root: the server writes its compiled pages' }));
  expect(await room.deploy('1.0.0', '1')).toMatchObject({ code: 0, result: { outcome: 'Verified' } });

  room.write(...kept(open, { 'slipway.dev/allow': 'root: because' }));
  const { result } = await room.deploy('1.1.0', '2');
  expect(result.outcome).toBe('Refused');
  expect(result.reason?.message).toContain(
    'annotation slipway.dev/allow says "root: because"; expected "<rule>: <reason>"',
  );
});

test('in a namespace that enforces nothing pods may be as they like, and that is said', async () => {
  const room = await stage.room();
  room.write(...web());
  const { code, log } = await room.deploy('1.0.0', '1');
  expect(code).toBe(0);
  expect(log).toContain('does not enforce restricted pods');
});
