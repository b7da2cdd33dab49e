import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '../../../lib/deploy/render/render';
import {
  deployment,
  errorsIn,
  folder,
  input,
  localKubectl,
  noKubectl,
  object,
  PINNED,
  podOf,
  valueIn,
} from './fixture';

const EXAMPLE = join(__dirname, '../../../examples/visits/k8s/overlays');
const visits = (overlay: string) =>
  input(
    { kind: 'kustomize', folder: join(EXAMPLE, overlay) },
    { service: 'visits', image: { name: 'visits', repository: 'r/visits', digest: 'sha256:1' }, namespace: 'visits' },
  );

describe('the sample service', () => {
  it('is rendered by kustomize: pinned, marked, in its order, names as kustomize gave them', async () => {
    const objects = valueIn(await render(visits('dev'), { kubectl: localKubectl() }));
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name.replace(/-[a-z0-9]{10}$/, '-#')}`);
    expect(names).toEqual([
      'NetworkPolicy/default-deny',
      'NetworkPolicy/visits',
      'NetworkPolicy/visits-redis',
      'ServiceAccount/visits',
      'ConfigMap/visits-#',
      'Service/visits',
      'Service/visits-redis',
      'Deployment/visits',
      'Deployment/visits-redis',
      'PodDisruptionBudget/visits',
    ]);
    expect(objects.every(({ metadata }) => metadata.namespace === 'visits')).toBe(true);
    expect(objects.map(({ metadata }) => [metadata.labels, metadata.annotations])).toEqual(
      objects.map(() => [
        expect.objectContaining({ 'slipway.dev/service': 'visits', 'slipway.dev/environment': 'dev' }),
        expect.objectContaining({ 'slipway.dev/release': '20261121T130000000Z-1.2.0' }),
      ]),
    );
    const [own, redis] = objects.filter(({ kind }) => kind === 'Deployment').map(podOf);
    expect(own?.spec.containers[0]?.image).toBe('r/visits@sha256:1');
    expect(own?.metadata.labels?.['app.kubernetes.io/version']).toBe('1.2.0');
    expect(own?.metadata.annotations).toEqual({ 'slipway.dev/image-digest': 'sha256:1' });
    expect(redis?.metadata.labels?.['app.kubernetes.io/version']).toBeUndefined();
    expect(redis?.metadata.annotations).toBeUndefined();
  });

  it('leaves the number of pods to the autoscaler, in the set or on the cluster', async () => {
    const replicasOf = async (overlay: string, autoscaled: { kind: string; name: string }[] = []) => {
      const objects = valueIn(await render({ ...visits(overlay), autoscaled }, { kubectl: localKubectl() }));
      return (objects.find(({ kind }) => kind === 'Deployment')?.['spec'] as { replicas?: number } | undefined)
        ?.replicas;
    };
    expect(await replicasOf('dev')).toBe(2);
    expect(await replicasOf('staging')).toBeUndefined();
    expect(await replicasOf('dev', [{ kind: 'Deployment', name: 'visits' }])).toBeUndefined();
    expect(await replicasOf('dev', [{ kind: 'StatefulSet', name: 'visits' }])).toBe(2);
  });

  it('does not get further than what kustomize refuses', async () => {
    const nowhere = { kind: 'kustomize' as const, folder: join(EXAMPLE, 'nowhere') };
    expect(errorsIn(await render(input(nowhere), { kubectl: localKubectl() }))).toEqual([
      expect.stringMatching(/overlays\/nowhere cannot be built by kustomize: must build at directory/),
    ]);
  });
});

describe('plain YAML', () => {
  const remove: (() => void)[] = [];
  afterAll(() => {
    for (const each of remove) each();
  });
  const plain = (files: Record<string, string | object>, changes = {}, log?: { info(line: string): void }) => {
    const made = folder(files);
    remove.push(made.remove);
    return render(input({ kind: 'plain', path: made.path }, changes), { kubectl: noKubectl, log });
  };

  it('is read from every file of a folder, lists and JSON included, as kubectl reads it', async () => {
    const objects = valueIn(
      await plain({
        'a/web.yaml': `# the web\n---\n${JSON.stringify(deployment())}\n---\n`,
        'config.yml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: free}\ndata: {a: "1"}\nmode: 0644\ntime: 12:30\nday: 2026-01-02\nflag: yes\n',
        'list.json': {
          apiVersion: 'v1',
          kind: 'List',
          items: [
            object('Service', 'shop'),
            { apiVersion: 'v1', kind: 'SecretList', items: [{ metadata: { name: 's' } }] },
          ],
        },
        'README.md': 'not YAML: {',
        '.hidden/x.yaml': 'not YAML: {',
      }),
    );
    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'ConfigMap/free',
      'Secret/s',
      'Service/shop',
      'Deployment/shop',
    ]);
    expect(objects[0]).toMatchObject({ mode: 0o644, time: '12:30', day: '2026-01-02', flag: true });
    expect(podOf(objects[3]).spec.containers[0]?.image).toBe(PINNED);
  });

  it('tells every file that is no YAML, and every document that is no object of this namespace, at once', async () => {
    expect(errorsIn(await plain({ 'a.yaml': 'a: [', 'b.yaml': 'a: 1\na: 2\n' }))).toEqual([
      expect.stringMatching(/a\.yaml, line 1: .*expected valid YAML/),
      expect.stringMatching(/b\.yaml, line 2: Map keys must be unique/),
    ]);
    const errors = errorsIn(
      await plain({
        'a.yaml': '- 1\n---\nkind: Service\n---\napiVersion: v1\nkind: Service\nmetadata: {generateName: x-}\n',
        'b.yaml': {
          apiVersion: 'v1',
          kind: 'List',
          items: [
            object('Service', 'shop'),
            object('Service', 'shop'),
            object('ConfigMap', 'c', {}, 'v1', { namespace: 'other' }),
            object('Namespace', 'n'),
            object('Pod', 'p'),
            object('ConfigMap', 'd', {}, 'v1', { labels: { a: 1 } }),
            object('ConfigMap', 'e', {}, 'v1', { annotations: { 'slipway.dev/fase': 'before' } }),
            object('ConfigMap', 'f', {}, 'v1', { annotations: { 'slipway.dev/phase': 'before' } }),
            object('Job', 'g', { spec: {} }, 'batch/v1', { annotations: { 'slipway.dev/phase': 'after' } }),
            object('ClusterRole', 'h', {}, 'rbac.authorization.k8s.io/v1', { namespace: 'ignored' }),
          ],
        },
      }),
    );
    expect(errors.map((error) => error.replace(/^\S*\/(?=[ab]\.yaml)/, ''))).toEqual([
      'a.yaml, document 1: is no Kubernetes object; expected a mapping with apiVersion, kind and metadata.name',
      'a.yaml, document 2: has no apiVersion, metadata.name (as text); expected a Kubernetes object',
      'a.yaml, document 3: metadata.generateName: a deploy has to find its objects again; give metadata.name',
      'b.yaml, item 6: metadata.labels.a: 1 is no text; put it in quotes',
      expect.stringMatching(/^b.yaml, item 2: Service\/shop: is there twice, also in .*b\.yaml, item 1; keep one$/),
      "b.yaml, item 3: ConfigMap/c: metadata.namespace is other; expected shop-dev, the environment's, or none",
      'b.yaml, item 4: Namespace/n: Namespace is no part of a release: namespaces are made with the cluster, not by a deploy; remove it',
      'b.yaml, item 5: Pod/p: Pod is no part of a release: nothing brings a bare pod back or rolls it; use a Deployment, StatefulSet, DaemonSet or Job',
      'b.yaml, item 7: ConfigMap/e: annotation slipway.dev/fase is not known; expected one of slipway.dev/phase, slipway.dev/keep-name, slipway.dev/allow, or another prefix',
      'b.yaml, item 8: ConfigMap/f: annotation slipway.dev/phase is for Jobs; a ConfigMap has its place in the order by its kind',
      'b.yaml, item 9: Job/g: annotation slipway.dev/phase is "after"; expected "before"',
      'b.yaml, item 9: Job/g: its pod template has no containers',
    ]);
  });

  it('is not followed out of its folder by a link', async () => {
    const made = folder({ 'a.json': deployment() });
    remove.push(made.remove);
    symlinkSync('/etc/hostname', join(made.path, 'b.yaml'));
    expect(errorsIn(await render(input({ kind: 'plain', path: made.path }), { kubectl: noKubectl }))).toEqual([
      expect.stringMatching(/b\.yaml is a symbolic link, which is not followed/),
    ]);
  });

  it('needs objects, the service’s image among them', async () => {
    expect(errorsIn(await plain({ 'a.yaml': '# nothing\n' }))).toEqual([
      expect.stringContaining('has no Kubernetes objects'),
    ]);
    expect(errorsIn(await plain({ 'a.json': deployment({ image: 'shopping:1' }) }))).toEqual([
      expect.stringMatching(/no container has the service's image: looked for `image: shop`.*but they have shopping:1/),
    ]);
    const nowhere = input({ kind: 'plain', path: '/nowhere' });
    expect(errorsIn(await render(nowhere, { kubectl: noKubectl }))).toEqual([
      '/nowhere: no such file or folder; expected manifests there',
    ]);
  });

  it('says which images may change by themselves, and which objects need rights beyond the namespace', async () => {
    const lines: string[] = [];
    const files = {
      'a.json': deployment(),
      'b.json': deployment({ name: 'cache', image: 'redis:8' }),
      'c.json': deployment({ name: 'queue', image: `nats@sha256:${'b'.repeat(64)}` }),
      'd.json': object('PriorityClass', 'high', {}, 'scheduling.k8s.io/v1'),
    };
    valueIn(await plain(files, {}, { info: (line) => lines.push(line) }));
    expect(lines).toEqual([
      'Deployment/cache, container app: image redis:8 has no digest and may change by itself',
      'PriorityClass/high belongs to no namespace: whoever deploys needs the right to change it in the whole cluster',
    ]);
  });

  it('is the same objects for the same input', async () => {
    const files = { 'a.json': deployment(), 'b.json': object('ConfigMap', 'c') };
    expect(await plain(files)).toEqual(await plain(files));
  });
});
