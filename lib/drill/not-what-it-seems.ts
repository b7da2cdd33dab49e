import { type Drill, GOOD, NEXT } from './drill';
import { container, type Manifest } from './manifests';
import { digestsOf, podIds } from './observe';
import type { Stage } from './stage';

const family = 'not-what-it-seems' as const;
const verified = { outcome: 'Verified', reason: /./, serves: NEXT, failedRequests: 0 } as const;
const refused = (reason: RegExp) => ({ outcome: 'Refused', reason, serves: GOOD, failedRequests: 0 }) as const;
const spec = (fields: object) => (manifests: Manifest[]) => {
  Object.assign(manifests[0]?.['spec'], fields);
};

/** Settings from a ConfigMap, as a variable of the container. */
const settings =
  (text: string, more: object = {}) =>
  (manifests: Manifest[]) => {
    const workload = manifests[0] as Manifest;
    const name = `${workload['metadata'].name}-settings`;
    container(workload)['env'].push({ name: 'SETTINGS', valueFrom: { configMapKeyRef: { name, key: 'settings' } } });
    Object.assign(workload['spec'], more);
    manifests.push(configMap(name, { settings: text }));
  };

const configMap = (name: string, data: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

/** Settings that the service says it has. */
async function settingsOf(stage: Stage): Promise<string> {
  const answer = await fetch(await stage.url(), { headers: { Connection: 'close' } });
  return ((await answer.json()) as { settings: string }).settings;
}

export const NOT_WHAT_IT_SEEMS: readonly Drill[] = [
  {
    number: 12,
    name: 'same-tag',
    family,
    summary: 'the same tag has new content',
    expects: verified,
    fromNothing: true,
    async run(stage) {
      const edit = (manifests: Manifest[], image: string) => {
        container(manifests[0] as Manifest)['image'] = `${image}:stable`;
      };
      await stage.deployGood({ edit });
      const release = await stage.release(NEXT, { edit });
      const ended = await stage.deploy(release);
      const running = await digestsOf(stage);
      const all = running.length > 0 && running.every((digest) => digest === release.digest);
      stage.check(all, `pods run ${running.join(', ')}, not ${release.digest}`);
      return ended;
    },
  },
  {
    number: 13,
    name: 'only-configuration',
    family,
    summary: 'nothing but a ConfigMap changed: the pods must roll all the same',
    expects: { ...verified, serves: GOOD },
    fromNothing: true,
    async run(stage) {
      await stage.deployGood({ edit: settings('colour=blue') });
      const before = await podIds(stage);
      const ended = await stage.deploy(await stage.release(GOOD, { edit: settings('colour=green') }));
      const kept = (await podIds(stage)).filter((id) => before.includes(id));
      stage.check(kept.length === 0, `${kept.length} pods are still those of before`);
      const answered = await settingsOf(stage);
      stage.check(answered === 'colour=green', `the service answers by ${answered}`);
      return ended;
    },
  },
  {
    number: 14,
    name: 'configuration-and-rollback',
    family,
    summary: 'the old image cannot read the new settings: both must go back together',
    expects: { outcome: 'RolledBack', reason: /ready|deadline/i, serves: GOOD, failedRequests: 0 },
    fromNothing: true,
    async run(stage) {
      const replacing = { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } };
      await stage.deployGood({ environment: { READS: '1' }, edit: settings('format=1', replacing) });
      const release = await stage.release(NEXT, {
        environment: { READS: '2' },
        behaviour: 'unready',
        edit: settings('format=2', replacing),
      });
      const ended = await stage.deploy(release, { rollout: 5 });
      const answered = await settingsOf(stage);
      stage.check(answered === 'format=1', `the service answers by ${answered}`);
      return ended;
    },
  },
  {
    number: 15,
    name: 'autoscaled',
    family,
    summary: 'the manifest has replicas, and an autoscaler has made them more',
    expects: verified,
    fromNothing: true,
    async run(stage) {
      const edit = (manifests: Manifest[]) => {
        manifests.push({
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: stage.service },
          spec: {
            scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: stage.service },
            minReplicas: 2,
            maxReplicas: 5,
            metrics: [
              { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
            ],
          },
        });
      };
      await stage.deployGood({ edit });
      await stage.ok(['scale', `deployment/${stage.service}`, '--replicas=4']);
      const ended = await stage.deploy(await stage.release(NEXT, { edit }));
      const { spec: after } = await stage.object('deployment', stage.service);
      stage.check(after.replicas === 4, `replicas are ${after.replicas}, not the autoscaler's 4`);
      return ended;
    },
  },
  {
    number: 16,
    name: 'no-replicas',
    family,
    summary: 'replicas: 0, and an image that does not exist: nothing can be seen to work',
    expects: refused(/replicas|no pods/i),
    async run(stage) {
      const digest = `sha256:${'f'.repeat(64)}`;
      return stage.deploy(await stage.release(NEXT, { replicas: 0, digest }));
    },
  },
  {
    number: 17,
    name: 'paused',
    family,
    summary: 'somebody has paused the Deployment',
    expects: refused(/paused/i),
    async run(stage) {
      await stage.ok(['rollout', 'pause', `deployment/${stage.service}`]);
      return stage.deploy(await stage.release(NEXT));
    },
  },
  {
    number: 18,
    name: 'immutable-field',
    family,
    summary: 'a field is changed that cannot be',
    expects: refused(/immutable/i),
    async run(stage) {
      const edit = (manifests: Manifest[]) => {
        const labels = { 'app.kubernetes.io/name': stage.service, tier: 'web' };
        const template = manifests[0]?.['spec'].template;
        spec({ selector: { matchLabels: labels }, template: { ...template, metadata: { labels } } })(manifests);
      };
      return stage.deploy(await stage.release(NEXT, { edit }));
    },
  },
  {
    number: 19,
    name: 'definition-and-object',
    family,
    summary: 'a custom resource and its definition come in one release',
    expects: verified,
    async run(stage) {
      const group = `${stage.service}.slipway.dev`;
      const schema = {
        type: 'object',
        properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
      };
      const edit = (manifests: Manifest[]) => {
        const names = { plural: 'moorings', singular: 'mooring', kind: 'Mooring' };
        const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } };
        // The object before its definition, as file names may have it.
        manifests.unshift({
          apiVersion: `${group}/v1`,
          kind: 'Mooring',
          metadata: { name: stage.service },
          spec: { size: 3 },
        });
        manifests.push({
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: `moorings.${group}` },
          spec: { group, scope: 'Namespaced', names, versions: [version] },
        });
      };
      stage.atEnd(() => stage.kubectl(['delete', 'crd', `moorings.${group}`, '--ignore-not-found']));
      const ended = await stage.deploy(await stage.release(NEXT, { edit }));
      const { spec: made } = await stage.object(`moorings.${group}`, stage.service);
      stage.check(made.size === 3, `the object is ${JSON.stringify(made)}`);
      return ended;
    },
  },
  {
    number: 20,
    name: 'partly-rejected',
    family,
    summary: 'one of several manifests is rejected when the others are applied',
    expects: { outcome: 'RolledBack', reason: /denied the request/, serves: GOOD, failedRequests: 0 },
    onlyEmbedded: 'it needs an admission webhook that is not asked for dry runs',
    async run(stage) {
      const { service } = stage;
      const edit = (manifests: Manifest[]) => {
        manifests.push(configMap(`${service}-added`, { a: '1' }));
        Object.assign(manifests[1]?.['metadata'], { annotations: { added: 'yes' } });
      };
      await stage.faults?.put({
        kind: 'deny',
        resources: ['deployments'],
        namespaces: [stage.namespace],
        message: 'not on a Friday',
        dryRun: false,
        count: 1,
      });
      const ended = await stage.deploy(await stage.release(NEXT, { edit }));
      const { metadata } = await stage.object('service', service);
      stage.check(metadata.annotations?.added === undefined, 'the Service is still that of the rejected release');
      const left = (await stage.objects('configmaps')).filter(({ metadata: { name } }) => name.includes('-added'));
      stage.check(left.length === 0, 'a ConfigMap of the rejected release is still there');
      return ended;
    },
  },
  {
    number: 21,
    name: 'removed-manifest',
    family,
    summary: 'a manifest is gone since the last release: pruned, yet restored with the last known good one',
    expects: { outcome: 'RolledBack', reason: /./, serves: GOOD, failedRequests: 0 },
    fromNothing: true,
    async run(stage) {
      const { service } = stage;
      const role = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: `${service}-old` } };
      await stage.deployGood({ edit: (manifests) => void manifests.push(role) });
      await stage.apply({ ...role, metadata: { name: `${service}-stranger` } });
      const names = async () =>
        (await stage.objects('serviceaccounts')).map(({ metadata: { name } }) => name as string);
      const release = await stage.release(NEXT);
      const deployed = await stage.deploy(release);
      stage.check(deployed.outcome === 'Verified', `the release without it ended ${deployed.said}`);
      const after = await names();
      stage.check(!after.includes(`${service}-old`), 'what the release no longer has is still there');
      stage.check(after.includes(`${service}-stranger`), "a stranger's object was pruned");
      const ended = await stage.deploy(release, { command: 'restore' });
      stage.check((await names()).includes(`${service}-old`), 'the last known good release is not whole');
      return ended;
    },
  },
];
