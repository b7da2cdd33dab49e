import { firingAlarms } from '../../../lib/deploy/preflight/alarms';
import { showDifference } from '../../../lib/deploy/preflight/difference';
import { dryRun, withoutUnknownKinds } from '../../../lib/deploy/preflight/dry-run';
import { missingReferences } from '../../../lib/deploy/preflight/missing-references';
import { serviceProblems } from '../../../lib/deploy/preflight/service-problems';
import { workloadProblems } from '../../../lib/deploy/preflight/workload-problems';
import { deployment, FakeKubectl, FakeLog, failure, listText, object } from '../fakes';

const warnings: string[] = [];
const warn = (message: string): void => void warnings.push(message);
beforeEach(() => void warnings.splice(0));

describe('alarms', () => {
  const ask = (states: [string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'][], excuse?: string) =>
    firingAlarms(['a', 'b'], excuse, { alarms: async () => new Map(states), log: new FakeLog() }, warn);

  test('quiet ones, and those without data yet, let a release in', async () => {
    expect(
      await ask([
        ['a', 'OK'],
        ['b', 'INSUFFICIENT_DATA'],
      ]),
    ).toBeUndefined();
  });

  test('one that fires, and one that is not there, refuse it, both at once', async () => {
    expect(await ask([['b', 'ALARM']])).toMatchObject({
      outcome: 'Refused',
      reason: {
        code: 'AlarmUnknown',
        object: 'Alarm/a',
        message: expect.stringContaining('Alarm/b: it fires already'),
      },
    });
  });

  test('CloudWatch that cannot be asked refuses it', async () => {
    const alarms = () => Promise.reject(new Error('no route'));
    expect(await firingAlarms(['a'], undefined, { alarms, log: new FakeLog() }, warn)).toMatchObject({
      outcome: 'Refused',
      reason: { code: 'AlarmUnknown', message: expect.stringContaining('no route') },
    });
  });

  test('with an excuse nothing is refused, and each is said', async () => {
    expect(
      await ask(
        [
          ['a', 'OK'],
          ['b', 'ALARM'],
        ],
        'this is the way back',
      ),
    ).toBeUndefined();
    expect(warnings).toEqual([
      'Alarm/b: it fires already, before this release; not heeded, since this is the way back',
    ]);
  });
});

describe('workloads', () => {
  const judge = (wanted: object, live?: object) =>
    workloadProblems(
      [deployment('web', wanted)],
      new Map(live ? [['Deployment/web', deployment('web', live)]] : []),
      'web-dev',
    );

  test.each([
    ['nothing there', {}, undefined],
    ['as it should be', {}, {}],
    ['scaled to 0, and the release scales it up', { replicas: 1 }, { replicas: 0 }],
  ])('%s', (_what, wanted, live) => {
    expect(judge(wanted, live)).toBeUndefined();
  });

  test.each([
    ['paused on the cluster', {}, { paused: true }, 'Paused'],
    ['paused by the manifests', { paused: true }, undefined, 'Paused'],
    ['no replicas wanted', { replicas: 0 }, undefined, 'NoReplicas'],
    ['scaled to 0, and the release leaves it', { replicas: undefined }, { replicas: 0 }, 'NoReplicas'],
  ])('%s', (_what, wanted, live, code) => {
    expect(judge(wanted, live)).toMatchObject({ outcome: 'Refused', reason: { code, object: 'Deployment/web' } });
  });
});

describe('what pods need', () => {
  const pod = {
    serviceAccountName: 'robot',
    containers: [
      {
        envFrom: [{ configMapRef: { name: 'own' } }, { secretRef: { name: 'may-lack', optional: true } }],
        env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'token', key: 'a' } } }],
      },
    ],
    volumes: [
      { persistentVolumeClaim: { claimName: 'data' } },
      { projected: { sources: [{ configMap: { name: 'projected' } }] } },
    ],
  };
  const objects = [object('ConfigMap', 'own'), deployment('web', {}, pod)];

  test('is asked for by name, but for what the release brings or what may be absent', async () => {
    const kubectl = new FakeKubectl(
      () => 'secret/token\nserviceaccount/robot\npersistentvolumeclaim/data\nconfigmap/projected\n',
    );
    expect(await missingReferences(objects, 'web-dev', { kubectl }, warn)).toBeUndefined();
    expect(kubectl.commands).toEqual([
      'get secret/token persistentvolumeclaim/data configmap/projected serviceaccount/robot --namespace web-dev --ignore-not-found --output name',
    ]);
  });

  test.each(['secret/token', 'serviceaccount/robot', 'persistentvolumeclaim/data', 'configmap/projected'])(
    '%s is missing',
    async (name) => {
      const all = ['secret/token', 'serviceaccount/robot', 'persistentvolumeclaim/data', 'configmap/projected'];
      const kubectl = new FakeKubectl(() => all.filter((each) => each !== name).join('\n'));
      const stop = await missingReferences(objects, 'web-dev', { kubectl }, warn);
      expect(stop).toMatchObject({
        outcome: 'Refused',
        reason: { code: 'MissingReference', object: 'Deployment/web' },
      });
      expect(stop?.reason.message.toLowerCase()).toContain(`its pods need ${name}`);
    },
  );

  test('a role that may not look is told, and stops nothing', async () => {
    const kubectl = new FakeKubectl(() => failure('forbidden'));
    expect(await missingReferences(objects, 'web-dev', { kubectl }, warn)).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });
});

describe('dry run and difference', () => {
  const definition = object(
    'CustomResourceDefinition',
    'widgets.example.com',
    { spec: { group: 'example.com', names: { kind: 'Widget' } } },
    'apiextensions.k8s.io/v1',
  );
  const widget = object('Widget', 'one', {}, 'example.com/v1');

  test('objects whose definition comes with the release are left out, and named', async () => {
    const log = new FakeLog();
    const asked = await withoutUnknownKinds([definition, widget, deployment()], {
      kubectl: new FakeKubectl(() => ''),
      log,
    });
    expect(asked).toEqual({ ok: true, value: [definition, deployment()] });
    expect(log.text).toContain('Widget/one');
    const there = new FakeKubectl(() => listText(definition));
    expect(await withoutUnknownKinds([definition, widget], { kubectl: there, log })).toEqual({
      ok: true,
      value: [definition, widget],
    });
  });

  test.each([
    ['refused', 'Refused'],
    ['forbidden', 'Refused'],
    ['unreachable', 'Error'],
    ['unauthorized', 'Error'],
  ] as const)('a dry run that is answered %s: %s', async (kind, outcome) => {
    const kubectl = new FakeKubectl(() =>
      failure(kind, 'The Deployment "web" is invalid: spec.selector: field is immutable'),
    );
    const answer = await dryRun([deployment()], 'web-dev', { kubectl, log: new FakeLog() });
    expect(answer).toMatchObject({ ok: false, errors: [{ outcome, reason: { object: 'Deployment/web' } }] });
  });

  test('the difference is printed without temporary names, and kept as it is', async () => {
    const text = [
      'diff -u -N /tmp/LIVE-1/apps.v1.Deployment.web-dev.web /tmp/MERGED-2/apps.v1.Deployment.web-dev.web',
      '--- /tmp/LIVE-1/apps.v1.Deployment.web-dev.web\t2026-11-21',
      '+++ /tmp/MERGED-2/apps.v1.Deployment.web-dev.web\t2026-11-21',
      '@@ -1,2 +1,2 @@',
      '-  a: 1',
      '+  a: 2',
      '',
    ].join('\n');
    const log = new FakeLog();
    const kept: string[] = [];
    const ports = { kubectl: new FakeKubectl(() => text), log };
    expect(
      await showDifference([deployment()], 'web-dev', ports, (each) => void kept.push(each), warn),
    ).toBeUndefined();
    expect(log.lines.at(-1)).toBe('── apps.v1.Deployment.web-dev.web\n@@ -1,2 +1,2 @@\n-  a: 1\n+  a: 2');
    expect(kept).toEqual([text]);
  });

  test('where it cannot be shown, that is a warning; where the API is away, it is an error', async () => {
    const show = (kind: 'other' | 'unreachable') =>
      showDifference([], 'n', { kubectl: new FakeKubectl(() => failure(kind)), log: new FakeLog() }, () => {}, warn);
    expect(await show('other')).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(await show('unreachable')).toMatchObject({ outcome: 'Error' });
  });
});

describe('Services', () => {
  const workload = object(
    'Deployment',
    'web',
    {
      spec: {
        template: {
          metadata: { labels: { app: 'web', tier: 'front' } },
          spec: { containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 8080 }] }] },
        },
      },
    },
    'apps/v1',
  );
  const service = (selector: object | undefined, targetPort: unknown = 'http') =>
    object('Service', 'web', { spec: { ...(selector ? { selector } : {}), ports: [{ port: 80, targetPort }] } });
  const judge = (one: ReturnType<typeof service>, pods = listText()) =>
    serviceProblems([workload, one], 'web-dev', { kubectl: new FakeKubectl(() => pods) });

  test.each([
    ['fits pods of the release', service({ app: 'web' })],
    ['sends to a port by number', service({ app: 'web' }, 9999)],
    ['has no selector: somebody else gives it endpoints', service(undefined, 'any')],
  ])('one that %s is taken', async (_, one) => {
    expect(await judge(one)).toBeUndefined();
  });

  test('one that fits no pods anywhere is refused; pods that are there already may be meant', async () => {
    const typo = service({ app: 'wbe' });
    expect(await judge(typo)).toMatchObject({
      outcome: 'Refused',
      reason: { code: 'NoPodsSelected', object: 'Service/web', message: expect.stringContaining('app=wbe') },
    });
    expect(await judge(typo, listText(object('Pod', 'old')))).toBeUndefined();
  });

  test('one that sends to a port name that its pods have not is refused with the names there are', async () => {
    expect(await judge(service({ app: 'web' }, 'htp'))).toMatchObject({
      outcome: 'Refused',
      reason: { code: 'NoSuchPort', object: 'Service/web', message: expect.stringMatching(/port htp.*names: http/) },
    });
  });

  test("a cluster that cannot be asked is nobody's verdict", async () => {
    const kubectl = new FakeKubectl(() => failure('unreachable'));
    expect(await serviceProblems([service({ app: 'x' })], 'web-dev', { kubectl })).toMatchObject({ outcome: 'Error' });
  });
});

test('a webhook that does not answer a dry run refuses the release, in words that do not blame the API', async () => {
  const words = 'Internal error occurred: failed calling webhook "guard.example.com": connection refused';
  const answer = await dryRun([deployment()], 'web-dev', {
    kubectl: new FakeKubectl(() => failure('unreachable', words)),
    log: new FakeLog(),
  });
  expect(answer).toMatchObject({
    ok: false,
    errors: [
      { outcome: 'Refused', reason: { message: expect.stringMatching(/^an admission webhook .*guard\.example/) } },
    ],
  });
});

test('an object that is being deleted is refused: it would take what the release makes of it along', async () => {
  const metadata = { name: 'held', deletionTimestamp: '2026-11-21T12:00:00Z', finalizers: ['example.com/keep'] };
  const answer = await dryRun([object('ConfigMap', 'held')], 'web-dev', {
    kubectl: new FakeKubectl(() => listText({ apiVersion: 'v1', kind: 'ConfigMap', metadata })),
    log: new FakeLog(),
  });
  expect(answer).toMatchObject({
    ok: false,
    errors: [
      {
        outcome: 'Refused',
        reason: { object: 'ConfigMap/held', message: expect.stringContaining('example.com/keep') },
      },
    ],
  });
});
