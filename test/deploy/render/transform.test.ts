import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KubeObject } from '../../../lib/deploy/objects';
import { generatorHash } from '../../../lib/deploy/render/content-hash';
import { readDocuments } from '../../../lib/deploy/render/documents';
import { hashNames } from '../../../lib/deploy/render/hash-names';
import { nameJobs } from '../../../lib/deploy/render/name-jobs';
import { comesBefore, inOrder } from '../../../lib/deploy/render/order';
import { pinImages } from '../../../lib/deploy/render/pin-images';
import { podTemplateOf } from '../../../lib/deploy/render/pod-template';
import { autoscaledBy, leaveOutReplicas } from '../../../lib/deploy/render/replicas';
import { setLabels } from '../../../lib/deploy/render/set-labels';
import { setNamespace } from '../../../lib/deploy/render/set-namespace';
import { kubectlProgram } from '../../local/cluster/harness';
import { DIGEST, deployment, errorsIn, folder, object, PINNED, podOf, REPOSITORY, valueIn } from './fixture';

const names = (objects: readonly KubeObject[]) => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
const withPods = (kind: string, name: string, spec: object, apiVersion = 'apps/v1'): KubeObject => {
  const template = { spec: { containers: [{ name: 'app', image: 'shop' }], ...spec } };
  return object(
    kind,
    name,
    { spec: kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template } },
    apiVersion,
  );
};
const KINDS_WITH_PODS = [
  ['Deployment', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
] as const;

describe('reading YAML', () => {
  it('gives what kubectl reads', async () => {
    const values = [
      'yes',
      'on',
      'y',
      '12:30',
      '2026-01-02',
      '0644',
      '0x1F',
      '1e3',
      '1_000',
      '~x',
      '"yes"',
      '089',
      '0b11',
      '.5',
    ];
    const text = values.map((value, index) => `  v${index}: ${value}`).join('\n');
    const yaml = `apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n${text}\n`;
    const made = folder({ 'a.yaml': yaml });
    const args = ['annotate', '--local', '-o', 'json', '-f', `${made.path}/a.yaml`, 'a=b'];
    const { stdout } = await promisify(execFile)(await kubectlProgram(), args);
    made.remove();
    const [document] = valueIn(readDocuments(yaml, 'a.yaml'));
    expect((document as { content: { spec: object } }).content.spec).toEqual(
      (JSON.parse(stdout) as { spec: object }).spec,
    );
  });

  it.each(['!!binary aGk=', '!!set {a, b}', '!thing x', '!!timestamp 2026-01-02'])(
    'refuses %s, which is no JSON',
    (value) => {
      expect(errorsIn(readDocuments(`a: 1\nb: ${value}`, 'f'))).toEqual([
        expect.stringMatching(/^f, line 2: Unresolved tag/),
      ]);
    },
  );

  it('does not follow an alias that leads nowhere or everywhere', () => {
    expect(errorsIn(readDocuments('a: *b', 'f'))).toHaveLength(1);
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed'].map((pair) => [...pair] as [string, string]))
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`)}]`);
    expect(errorsIn(readDocuments(bomb.join('\n'), 'f'))).toEqual([expect.stringMatching(/^f: Excessive alias/)]);
  });
});

describe('pinning images', () => {
  it.each(['shop', 'shop:1.2', `shop@sha256:${'b'.repeat(64)}`, REPOSITORY, `${REPOSITORY}:latest`])(
    'pins %s',
    (image) => {
      const { objects } = valueIn(
        pinImages([deployment({ image })], { name: 'shop', repository: REPOSITORY, digest: DIGEST }),
      );
      expect(podOf(objects[0]).spec.containers[0]?.image).toBe(PINNED);
    },
  );

  it.each(['shop2', 'team/shop', 'shop/web', 'localhost:5000/shop', 'myshop'])('leaves %s', (image) => {
    expect(pinImages([deployment({ image })], { name: 'shop', repository: REPOSITORY, digest: DIGEST }).ok).toBe(false);
  });

  it('knows a registry with a port', () => {
    const pin = { name: 'localhost:5000/shop', repository: 'r', digest: DIGEST };
    for (const image of ['localhost:5000/shop:1', 'localhost:5000/shop']) {
      const { objects } = valueIn(pinImages([deployment({ image })], pin));
      expect(podOf(objects[0]).spec.containers[0]?.image).toBe(`r@${DIGEST}`);
    }
  });

  it.each(KINDS_WITH_PODS)('finds every container of a %s, and leaves what came in as it was', (kind, apiVersion) => {
    const container = { name: 'x', image: 'shop:1' };
    const spec = { initContainers: [container], containers: [container], ephemeralContainers: [container] };
    const before = withPods(kind, 'x', spec, apiVersion);
    const copy = structuredClone(before);
    const { objects } = valueIn(pinImages([before], { name: 'shop', repository: REPOSITORY, digest: DIGEST }));
    expect(JSON.stringify(objects).split(PINNED)).toHaveLength(4);
    expect(before).toEqual(copy);
  });
});

describe('names by content', () => {
  const everywhere = (config: string, secret: string) => ({
    initContainers: [
      { name: 'i', image: 'i', envFrom: [{ configMapRef: { name: config } }, { secretRef: { name: secret } }] },
    ],
    containers: [
      {
        name: 'c',
        image: 'c',
        env: [
          { name: 'A', valueFrom: { configMapKeyRef: { name: config, key: 'a' } } },
          { name: 'B', valueFrom: { secretKeyRef: { name: secret, key: 'b' } } },
          { name: 'C', value: config },
        ],
      },
    ],
    volumes: [
      { name: 'a', configMap: { name: config } },
      { name: 'b', secret: { secretName: secret } },
      { name: 'c', projected: { sources: [{ configMap: { name: config } }, { secret: { name: secret } }] } },
      { name: 'd', csi: { driver: 'x', nodePublishSecretRef: { name: secret } } },
    ],
    imagePullSecrets: [{ name: secret }],
  });
  const config = (data: object, metadata: object = {}, name = 'config') =>
    object('ConfigMap', name, { data }, 'v1', metadata);
  const secret = (data: object, fields: object = {}) => object('Secret', 'secret', { data, ...fields });

  it.each(KINDS_WITH_PODS)('are written wherever a %s names them', (kind, apiVersion) => {
    const before = withPods(kind, 'x', everywhere('config', 'secret'), apiVersion);
    const [c, s, pods] = hashNames([config({ a: '1' }), secret({ b: 'Mg==' }), before]) as [
      KubeObject,
      KubeObject,
      KubeObject,
    ];
    expect([c.metadata.name, s.metadata.name]).toEqual([
      expect.stringMatching(/^config-[a-z0-9]{10}$/),
      expect.stringMatching(/^secret-[a-z0-9]{10}$/),
    ]);
    const expected = everywhere(c.metadata.name, s.metadata.name);
    (expected.containers[0] as { env: { value?: string }[] }).env[2] = { name: 'C', value: 'config' } as object;
    expect(podTemplateOf(pods)?.['spec']).toEqual(expected);
  });

  it.each(['envFrom', 'env', 'volumes', 'imagePullSecrets'])(
    'change with the content, where only %s names them',
    (where) => {
      const all = everywhere('config', 'secret') as Record<string, unknown>;
      const spec =
        where === 'envFrom'
          ? { containers: all['initContainers'] }
          : where === 'env'
            ? { containers: all['containers'] }
            : { [where]: all[where] };
      const named = (value: string) =>
        JSON.stringify(
          podTemplateOf(hashNames([secret({ b: value }), withPods('Deployment', 'x', spec)])[1] as KubeObject),
        );
      expect(named('1')).not.toEqual(named('2'));
      expect(named('1')).toEqual(named('1'));
    },
  );

  it('depend on everything that the pods see, and not on the order of keys', () => {
    const nameOf = (changed: KubeObject) =>
      hashNames([changed, withPods('Deployment', 'x', everywhere('config', 'secret'))])[0]?.metadata.name;
    const variants = [
      secret({ a: '1' }),
      secret({ a: '2' }),
      secret({ b: '1' }),
      secret({ a: '1' }, { stringData: { c: '1' } }),
      secret({ a: '1' }, { type: 'kubernetes.io/tls' }),
      secret({ a: '1' }, { immutable: true }),
    ];
    expect(new Set(variants.map(nameOf)).size).toBe(variants.length);
    expect(nameOf(secret({ a: '1', b: '2' }))).toBe(nameOf(secret({ b: '2', a: '1' })));
    expect(nameOf(object('ConfigMap', 'config', { binaryData: { a: 'eA==' } }))).not.toBe(
      nameOf(config({ a: 'eA==' })),
    );
  });

  it('stay where no pod of the set reads the object, or the cluster fills it', () => {
    const token = object('Secret', 'secret', { type: 'kubernetes.io/service-account-token' });
    const pods = withPods('Deployment', 'x', everywhere('elsewhere', 'secret'));
    expect(names(hashNames([config({}), token, object('Service', 'elsewhere'), pods]))).toEqual([
      'ConfigMap/config',
      'Secret/secret',
      'Service/elsewhere',
      'Deployment/x',
    ]);
  });

  it('stay on request, and then the pods roll by an annotation', () => {
    const keep = { annotations: { 'slipway.dev/keep-name': 'true' } };
    const made = (value: string) =>
      hashNames([config({ a: value }, keep), withPods('Deployment', 'x', everywhere('config', 'secret'))]);
    expect(names(made('1'))).toEqual(['ConfigMap/config', 'Deployment/x']);
    const annotationOf = (value: string) => podOf(made(value)[1]).metadata.annotations?.['slipway.dev/configuration'];
    expect(annotationOf('1')).toMatch(/^[a-z0-9]{10}$/);
    expect(annotationOf('1')).toBe(annotationOf('1'));
    expect(annotationOf('1')).not.toBe(annotationOf('2'));
  });

  it('are written into what else of the set names them', () => {
    const [, account, ingress, role, other] = hashNames([
      secret({ a: '1' }),
      object('ServiceAccount', 'a', { imagePullSecrets: [{ name: 'secret' }], secrets: [{ name: 'secret' }] }),
      object('Ingress', 'i', { spec: { tls: [{ secretName: 'secret' }] } }, 'networking.k8s.io/v1'),
      object(
        'Role',
        'r',
        {
          rules: [
            { resources: ['secrets'], resourceNames: ['x', 'secret'] },
            { resources: ['pods'], resourceNames: ['secret'] },
          ],
        },
        'rbac.authorization.k8s.io/v1',
      ),
      object('Ingress', 'custom', { spec: { tls: [{ secretName: 'secret' }] } }, 'example.com/v1'),
      withPods('Deployment', 'x', everywhere('config', 'secret')),
    ]);
    const named = expect.stringMatching(/^secret-[a-z0-9]{10}$/);
    expect(account).toMatchObject({ imagePullSecrets: [{ name: named }], secrets: [{ name: named }] });
    expect(ingress).toMatchObject({ spec: { tls: [{ secretName: named }] } });
    expect(role).toMatchObject({ rules: [{ resourceNames: ['x', named] }, { resourceNames: ['secret'] }] });
    expect(other).toMatchObject({ spec: { tls: [{ secretName: 'secret' }] } });
  });

  it('that kustomize gave are known by their hash, and others that only look so are not', async () => {
    const made = folder({
      'kustomization.yaml': {
        namePrefix: 'a-',
        configMapGenerator: [{ name: 'config', literals: ['A=<b>&é\u2028', 'B=2'], files: ['binary'] }],
        secretGenerator: [
          { name: 'secret', literals: ['p=q'] },
          { name: 'tls', type: 'example.com/x', literals: ['p=q'] },
        ],
      },
    });
    writeFileSync(join(made.path, 'binary'), Buffer.from([0xff, 0]));
    const { stdout } = await promisify(execFile)(await kubectlProgram(), ['kustomize', made.path]);
    made.remove();
    const generated = valueIn(readDocuments(stdout, '')).map(({ content }) => content as KubeObject);
    expect(generated).toHaveLength(3);
    expect(generated[0]).toHaveProperty('binaryData');
    for (const each of generated) expect(each.metadata.name.endsWith(`-${generatorHash({ ...each })}`)).toBe(true);
    const [c, s] = [generated[0] as KubeObject, generated[1] as KubeObject];
    const pods = withPods('Deployment', 'x', everywhere(c.metadata.name, s.metadata.name));
    expect(hashNames([c, s, pods])).toEqual([c, s, pods]);
    const edited = { ...c, data: { A: 'edited' } };
    expect(hashNames([edited, pods])[0]?.metadata.name).toMatch(new RegExp(`^${c.metadata.name}-[a-z0-9]{10}$`));
  });
});

describe('replicas', () => {
  const hpa = (target: object) =>
    object('HorizontalPodAutoscaler', 'h', { spec: { scaleTargetRef: target } }, 'autoscaling/v2');
  it.each<[string, KubeObject, boolean]>([
    ['its Deployment', hpa({ kind: 'Deployment', name: 'shop' }), false],
    ['another Deployment', hpa({ kind: 'Deployment', name: 'other' }), true],
    ['a StatefulSet of that name', hpa({ kind: 'StatefulSet', name: 'shop' }), true],
    [
      'its Deployment by KEDA',
      object('ScaledObject', 'k', { spec: { scaleTargetRef: { name: 'shop' } } }, 'keda.sh/v1alpha1'),
      false,
    ],
    [
      'it, but is no autoscaler',
      object('ScaledObject', 'k', { spec: { scaleTargetRef: { name: 'shop' } } }, 'example.com/v1'),
      true,
    ],
  ])('with an autoscaler for %s', (_, scaler, kept) => {
    const [workload] = leaveOutReplicas([deployment(), scaler], []);
    expect(workload?.['spec']).toHaveProperty('template');
    expect(Object.hasOwn(workload?.['spec'] ?? {}, 'replicas')).toBe(kept);
  });

  it('are left out where the autoscaler is on the cluster only', () => {
    const onCluster = autoscaledBy([hpa({ kind: 'Deployment', name: 'shop' })]);
    expect(leaveOutReplicas([deployment()], onCluster)[0]?.['spec']).not.toHaveProperty('replicas');
  });
});

describe('a Job', () => {
  const job = (spec: object = {}, name = 'migrate') =>
    object(
      'Job',
      name,
      { spec: { template: { spec: { containers: [{ name: 'app', image: 'shop' }] } }, ...spec } },
      'batch/v1',
    );
  const nameOf = (each: KubeObject, version = '1') => nameJobs([each], version)[0]?.metadata.name;

  it('is named by version and content, so that each release runs its own and the same release runs it once', () => {
    expect(nameOf(job())).toMatch(/^migrate-[a-z0-9]{10}$/);
    expect(nameOf(job())).toBe(nameOf(job()));
    expect(nameOf(job())).not.toBe(nameOf(job(), '2'));
    expect(nameOf(job())).not.toBe(nameOf(job({ backoffLimit: 1 })));
    expect(names(nameJobs([deployment(), withPods('CronJob', 'c', {}, 'batch/v1')], '1'))).toEqual([
      'Deployment/shop',
      'CronJob/c',
    ]);
  });

  it('has a name that its pods can carry as a label', () => {
    expect(nameOf(job({}, 'x'.repeat(90)))).toHaveLength(63);
    expect(nameOf(job({}, `${'x'.repeat(51)}-y`))).toMatch(/^x{51}-[a-z0-9]{10}$/);
  });
});

describe('marks', () => {
  const marks = {
    service: 'shop',
    environment: 'dev',
    version: '1.2.0',
    release: 'r',
    digest: DIGEST,
    repository: REPOSITORY,
  };

  it('roll the pods of the service only', () => {
    const [own, other, config] = valueIn(
      setLabels(
        [deployment({ image: PINNED }), deployment({ name: 'cache', image: 'redis' }), object('ConfigMap', 'c')],
        marks,
      ),
    );
    expect(podOf(own).metadata).toEqual({
      labels: { 'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/version': '1.2.0' },
      annotations: { 'slipway.dev/image-digest': DIGEST },
    });
    expect(podOf(other)).toEqual(podOf(deployment({ name: 'cache', image: 'redis' })));
    for (const each of [own, other, config])
      expect(each?.metadata).toMatchObject({
        labels: { 'slipway.dev/service': 'shop', 'slipway.dev/environment': 'dev' },
        annotations: { 'slipway.dev/release': 'r' },
      });
  });

  it('do not reach a selector that shares its labels with the pods by a YAML alias', () => {
    const yaml = `apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, labels: &labels {app: shop}}
spec:
  selector: {matchLabels: *labels}
  template: {metadata: {labels: *labels}, spec: {containers: [{name: app, image: ${PINNED}}]}}`;
    const read = valueIn(readDocuments(yaml, 'f')).map(({ content }) => content as KubeObject);
    expect(valueIn(setLabels(read, marks))[0]?.['spec']).toMatchObject({
      selector: { matchLabels: { app: 'shop' } },
      template: { metadata: { labels: { app: 'shop', 'app.kubernetes.io/version': '1.2.0' } } },
    });
    expect(valueIn(setLabels(read, marks))[0]).not.toHaveProperty([
      'spec',
      'selector',
      'matchLabels',
      'slipway.dev/service',
    ]);
  });

  it('are at most 63 characters', () => {
    expect(setLabels([], { ...marks, version: 'x'.repeat(63) }).ok).toBe(true);
    expect(setLabels([], { ...marks, version: 'x'.repeat(64) }).ok).toBe(false);
  });

  it('must be labels, and no part of a selector', () => {
    const selector = { matchLabels: { 'app.kubernetes.io/version': '1' } };
    const [selected] = [deployment({ image: PINNED, spec: { selector } })];
    expect(
      errorsIn(setLabels([selected as KubeObject], { ...marks, version: '1.2.0+build', environment: '' })),
    ).toEqual([
      expect.stringMatching(/^environment "" cannot be a label/),
      expect.stringMatching(/^version "1\.2\.0\+build" cannot be a label/),
      expect.stringMatching(/^Deployment\/shop: spec\.selector\.matchLabels has app\.kubernetes\.io\/version/),
    ]);
  });
});

describe('the namespace', () => {
  it('is set on what belongs to one: built-in kinds, and custom ones unless their definition says otherwise', () => {
    const definition = (kind: string, scope: string) =>
      object(
        'CustomResourceDefinition',
        `${kind}s`,
        { spec: { group: 'example.com', scope, names: { kind } } },
        'apiextensions.k8s.io/v1',
      );
    const objects = setNamespace(
      [
        definition('Fleet', 'Cluster'),
        definition('Ship', 'Namespaced'),
        object('Fleet', 'f', {}, 'example.com/v1'),
        object('Ship', 's', {}, 'example.com/v1'),
        object('Fleet', 'f', {}, 'other.com/v1'),
        object('ClusterRole', 'c', {}, 'rbac.authorization.k8s.io/v1', { namespace: 'x' }),
        object('StorageClass', 'c', {}, 'storage.k8s.io/v1'),
        object('Service', 's'),
      ],
      'ns',
    );
    expect(objects.map(({ metadata }) => metadata.namespace)).toEqual([
      undefined,
      undefined,
      undefined,
      'ns',
      'ns',
      undefined,
      undefined,
      'ns',
    ]);
  });

  it('is that of service accounts which a binding names without one', () => {
    const subjects = [
      { kind: 'ServiceAccount', name: 'a' },
      { kind: 'ServiceAccount', name: 'b', namespace: 'x' },
      { kind: 'Group', name: 'g' },
    ];
    const [binding] = setNamespace([object('RoleBinding', 'b', { subjects }, 'rbac.authorization.k8s.io/v1')], 'ns');
    expect(binding?.['subjects']).toEqual([{ ...subjects[0], namespace: 'ns' }, subjects[1], subjects[2]]);
  });
});

describe('the order', () => {
  it('is definitions, policies, accounts, configuration, Services, custom objects, migrations, workloads, what is around them', () => {
    const migration = object('Job', 'migrate', {}, 'batch/v1', { annotations: { 'slipway.dev/phase': 'before' } });
    const wanted = [
      object('CustomResourceDefinition', 'd', {}, 'apiextensions.k8s.io/v1'),
      object('PriorityClass', 'p', {}, 'scheduling.k8s.io/v1'),
      object('NetworkPolicy', 'n', {}, 'networking.k8s.io/v1'),
      object('ServiceAccount', 'a'),
      object('RoleBinding', 'b', {}, 'rbac.authorization.k8s.io/v1'),
      object('ConfigMap', 'c'),
      object('Secret', 's'),
      object('PersistentVolumeClaim', 'v'),
      object('Service', 's'),
      object('ExternalSecret', 'e', {}, 'external-secrets.io/v1'),
      migration,
      object('Job', 'warm-up', {}, 'batch/v1'),
      object('StatefulSet', 'z', {}, 'apps/v1'),
      deployment(),
      object('PodDisruptionBudget', 'b', {}, 'policy/v1'),
      object('Ingress', 'i', {}, 'networking.k8s.io/v1'),
      object('HorizontalPodAutoscaler', 'h', {}, 'autoscaling/v2'),
      object('ScaledObject', 'k', {}, 'keda.sh/v1alpha1'),
    ];
    expect(names(inOrder(wanted))).toEqual(names(wanted));
    // Within a part they stay as they came.
    const within = new Set(['NetworkPolicy', 'PersistentVolumeClaim', 'Service', 'ExternalSecret']);
    const alone = wanted.filter(({ kind }, index) => within.has(kind) || index < 2 || wanted[index] === migration);
    expect(names(inOrder([...alone].reverse()))).toEqual(names(alone));
    expect(wanted.filter(comesBefore)).toEqual([migration]);
  });
});
