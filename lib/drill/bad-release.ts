import { type Drill, GOOD, NEXT } from './drill';
import { container, type Manifest } from './manifests';
import { digestsOf, podIds, templateOf } from './observe';

const family = 'bad-release' as const;
/** The old pods serve all the time, and in the end. */
const asBefore = { serves: GOOD, failedRequests: 0 } as const;
const rolledBack = (reason: RegExp) => ({ outcome: 'RolledBack', reason, ...asBefore }) as const;

/** Longer than any drill takes: whatever waits for it is too late. */
const FAR = 600;
const spec = (fields: object) => (manifests: Manifest[]) => {
  Object.assign(manifests[0]?.['spec'], fields);
};
/** One pod of two gives way at a time, so that a bad release really takes pods away. */
const replacing = { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } };

export const BAD_RELEASE: readonly Drill[] = [
  {
    number: 1,
    name: 'image-missing',
    family,
    summary: 'the image does not exist',
    expects: rolledBack(/ErrImagePull|ImagePullBackOff|image/i),
    async run(stage) {
      const before = await podIds(stage);
      const release = await stage.release(NEXT, { digest: `sha256:${'f'.repeat(64)}` });
      const ended = await stage.deploy(release, { rollout: FAR });
      stage.check((await podIds(stage)).join() === before.join(), 'the old pods are not those of before');
      return ended;
    },
  },
  {
    number: 2,
    name: 'crash-at-start',
    family,
    summary: 'the container ends at its start (CrashLoopBackOff)',
    expects: rolledBack(/crash|exit/i),
    async run(stage) {
      const ended = await stage.deploy(await stage.release(NEXT, { behaviour: 'exit' }), { rollout: FAR });
      stage.check(/has no table "visits"/.test(ended.output), 'the last words of the container are not in the output');
      return ended;
    },
  },
  {
    number: 3,
    name: 'crash-when-ready',
    family,
    summary: 'it gets ready, and crashes a while later',
    expects: rolledBack(/crash|exit|restart/i),
    async run(stage) {
      const edit = spec({ minReadySeconds: 10 });
      return stage.deploy(await stage.release(NEXT, { behaviour: 'dies:3000', edit }), { rollout: FAR });
    },
  },
  {
    number: 4,
    name: 'never-ready',
    family,
    summary: 'it never gets ready; progressDeadlineSeconds ends it',
    expects: rolledBack(/deadline|ready/i),
    async run(stage) {
      const edit = spec({ progressDeadlineSeconds: 5 });
      return stage.deploy(await stage.release(NEXT, { behaviour: 'unready', edit }), { rollout: FAR });
    },
  },
  {
    number: 5,
    name: 'deadline-too-long',
    family,
    summary: 'it never gets ready, and its deadline is longer than our own maximum',
    expects: rolledBack(/\b6 ?s/),
    async run(stage) {
      const edit = spec({ progressDeadlineSeconds: 3600 });
      return stage.deploy(await stage.release(NEXT, { behaviour: 'unready', edit }), { rollout: 6 });
    },
  },
  {
    number: 6,
    name: 'stateful-never-ready',
    family,
    summary: 'a StatefulSet and a DaemonSet never get ready; they have no deadline of their own',
    expects: rolledBack(/ready/i),
    fromNothing: true,
    async run(stage) {
      const agent = `${stage.service}-agent`;
      const edit = (manifests: Manifest[]) => {
        const workload = structuredClone(manifests[0]) as Manifest;
        const labels = { 'app.kubernetes.io/name': agent };
        const { template } = workload['spec'];
        template.metadata = { labels };
        workload['spec'] = { selector: { matchLabels: labels }, template };
        manifests.push({ ...workload, kind: 'DaemonSet', metadata: { name: agent, labels } });
      };
      await stage.deployGood({ kind: 'StatefulSet', edit });
      const release = await stage.release(NEXT, { kind: 'StatefulSet', behaviour: 'unready', edit });
      const ended = await stage.deploy(release, { rollout: 8 });
      const { status } = await stage.object('daemonset', agent);
      stage.check(status.numberReady === 1 && status.updatedNumberScheduled === 1, 'the DaemonSet is not as before');
      return ended;
    },
  },
  {
    number: 7,
    name: 'two-bad-in-a-row',
    family,
    summary: 'the release before it was bad, too: `rollout undo` would restore that one',
    expects: rolledBack(/crash|exit/i),
    async run(stage) {
      const first = await stage.release('1.5.0', { behaviour: 'unready' });
      const image = `${first.repository}@${first.digest}`;
      if (stage.venue.kind === 'embedded') {
        await stage.ok(['set', 'image', `deployment/${stage.service}`, `server=${image}`]);
      } else {
        await stage.ok(['set', 'env', `deployment/${stage.service}`, 'VERSION=1.5.0', 'BEHAVIOUR=unready']);
      }
      return stage.deploy(await stage.release(NEXT, { behaviour: 'exit' }), { rollout: FAR });
    },
  },
  {
    number: 8,
    name: 'nothing-left-over',
    family,
    summary: 'the bad release adds a container, a variable and a volume; none of them stays',
    expects: rolledBack(/crash|exit/i),
    async run(stage) {
      const before = await templateOf(stage);
      const edit = (manifests: Manifest[], image: string) => {
        const workload = manifests[0] as Manifest;
        const { spec: pod } = workload['spec'].template;
        container(workload)['env'].push({ name: 'ADDED', value: 'yes' });
        container(workload)['volumeMounts'] = [{ name: 'added', mountPath: '/added' }];
        pod.volumes = [{ name: 'added', emptyDir: {} }];
        pod.containers.push({ name: 'added', image, ports: [{ containerPort: 8081 }] });
      };
      const ended = await stage.deploy(await stage.release(NEXT, { behaviour: 'exit', edit }), { rollout: FAR });
      const after = await templateOf(stage);
      stage.check(after === before, `the pod template is not that of before:\n${before}\n${after}`);
      return ended;
    },
  },
  {
    number: 9,
    name: 'first-deploy-fails',
    family,
    summary: 'the first deploy ever is bad: there is nothing to go back to',
    expects: {
      outcome: 'RollbackFailed',
      reason: /no last known good/i,
      serves: 'nothing',
      failedRequests: 'any',
    },
    fromNothing: true,
    async run(stage) {
      const ended = await stage.deploy(await stage.release(NEXT, { behaviour: 'exit' }), { rollout: FAR });
      const pods = await stage.objects('pods');
      stage.check(pods.length > 0, 'the evidence is gone: no pod is left');
      stage.check(/has no table "visits"/.test(ended.output), 'the last words of the container are not in the output');
      return ended;
    },
  },
  {
    number: 10,
    name: 'answers-errors',
    family,
    summary: 'it passes its readiness probe and answers with errors',
    expects: { outcome: 'RolledBack', reason: /500|smoke/i, serves: GOOD, failedRequests: 'any' },
    async run(stage) {
      return stage.deploy(await stage.release(NEXT, { behaviour: 'errors' }), { rollout: FAR, smoke: 5 });
    },
  },
  {
    number: 11,
    name: 'rollback-fails',
    family,
    summary: 'the rollback fails, too: the cluster refuses the pods of the good release',
    expects: { outcome: 'RollbackFailed', reason: /denied|refuse|ready|pods/i, ...asBefore },
    onlyEmbedded: 'it needs an admission webhook that refuses the pods of the good release',
    fromNothing: true,
    async run(stage) {
      await stage.deployGood({ edit: spec(replacing) });
      const good = (await digestsOf(stage))[0] ?? '';
      await stage.faults?.put({
        kind: 'deny',
        resources: ['pods'],
        namespaces: [stage.namespace],
        labels: { 'app.kubernetes.io/version': GOOD },
        message: 'no more pods of this release',
      });
      const release = await stage.release(NEXT, { behaviour: 'exit', edit: spec(replacing) });
      const ended = await stage.deploy(release, { rollout: 10 });
      stage.check((await digestsOf(stage)).includes(good), 'the good pod that was left is gone');
      return ended;
    },
  },
];
