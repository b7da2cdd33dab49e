import {
  autoscaler,
  configMap,
  daemonSet,
  definition,
  deployment,
  job,
  lease,
  quota,
  service,
  statefulSet,
  widget,
} from './objects';
import type { Scenario } from './scenario';

const image = (name: string) => ({ container: { image: name } });
const APPLY = 'apply -f -';
const SERVER = 'apply --server-side --field-manager=one -f -';
const OTHER = 'apply --server-side --field-manager=two -f -';
const GROUP = 'fidelity.slipway.dev';

/** What the API server alone answers for: no pod needs to run. */
export const API_SCENARIOS: readonly Scenario[] = [
  {
    name: 'client-side apply',
    rows: [
      { run: APPLY, input: deployment(), out: /^deployment.apps\/web created$/m },
      { run: APPLY, input: deployment(), out: /^deployment.apps\/web unchanged$/m },
      { run: 'diff -f -', input: deployment(), out: /^$/ },
      { run: 'diff -f -', input: deployment(image('x:2')), code: 1, out: /^\+.*image: x:2$/m },
      { run: `${APPLY} --dry-run=server`, input: deployment(image('x:2')), out: /configured \(server dry run\)/ },
      { run: 'get deploy web -o jsonpath={.metadata.generation}', out: /^1$/ },
      { run: APPLY, input: deployment(image('x:2')), out: /configured/ },
      { run: 'get deploy web -o jsonpath={.metadata.generation}', out: /^2$/ },
      {
        run: APPLY,
        input: deployment({
          container: {
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
          },
        }),
      },
      { run: APPLY, input: deployment({ container: { env: [{ name: 'B', value: '3' }] } }), out: /configured/ },
      {
        run: 'get deploy web -o jsonpath={.spec.template.spec.containers[0].env}',
        out: /^\[\{"name":"B","value":"3"\}\]$/,
      },
      {
        run: 'get deploy web -o jsonpath={.metadata.managedFields[*].manager}',
        out: /kubectl-client-side-apply/,
      },
    ],
  },
  {
    name: 'server-side apply',
    rows: [
      { run: SERVER, input: deployment(), out: /^deployment.apps\/web serverside-applied$/m },
      { run: 'get deploy web -o jsonpath={.metadata.generation}', out: /^1$/ },
      { run: SERVER, input: deployment(), out: /serverside-applied/ },
      { run: 'get deploy web -o jsonpath={.metadata.generation}', out: /^1$/ },
      { run: `diff --server-side --field-manager=one -f -`, input: deployment(), out: /^$/ },
      {
        run: `diff --server-side --field-manager=one -f -`,
        input: deployment(image('x:2')),
        code: 1,
        out: /image: x:2/,
      },
      {
        run: 'get deploy web --show-managed-fields -o jsonpath={.metadata.managedFields[0].manager}/{.metadata.managedFields[0].operation}',
        out: /^one\/Apply$/,
      },
      {
        run: OTHER,
        input: deployment(image('x:2')),
        code: 1,
        out: /conflict with "one".*\.spec\.template\.spec\.containers\[name="server"\]\.image/s,
      },
      { run: `${OTHER} --force-conflicts`, input: deployment(image('x:2')) },
      { run: 'get deploy web -o jsonpath={.spec.template.spec.containers[0].image}', out: /^x:2$/ },
      { run: SERVER, input: deployment(), code: 1, out: /conflict with "two"/ },
      {
        run: `${SERVER} --dry-run=server --force-conflicts`,
        input: deployment(),
        out: /serverside-applied \(server dry run\)/,
      },
      { run: 'get deploy web -o jsonpath={.spec.template.spec.containers[0].image}', out: /^x:2$/ },
    ],
  },
  {
    name: 'server-side apply: fields that an applier no longer sets',
    rows: [
      {
        run: SERVER,
        input: deployment({
          metadata: { labels: { a: '1', b: '2' } },
          spec: { minReadySeconds: 3 },
          container: {
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
            args: ['x', 'y'],
          },
        }),
      },
      {
        run: 'get deploy web -o jsonpath={.spec.minReadySeconds}',
        out: /^3$/,
      },
      {
        run: SERVER,
        input: deployment({ metadata: { labels: { a: '1' } }, container: { env: [{ name: 'B', value: '2' }] } }),
      },
      { run: 'get deploy web -o jsonpath={.metadata.labels}', out: /^\{"a":"1"\}$/ },
      {
        run: 'get deploy web -o jsonpath={.spec.minReadySeconds}|{.spec.template.spec.containers[0].args}',
        out: /^\|$/,
      },
      {
        run: 'get deploy web -o jsonpath={.spec.template.spec.containers[0].env}',
        out: /^\[\{"name":"B","value":"2"\}\]$/,
      },
    ],
  },
  {
    name: 'server-side apply: what two own stays until both let go',
    rows: [
      { run: SERVER, input: configMap('c', { a: '1', b: '2' }) },
      { run: OTHER, input: configMap('c', { a: '1', z: '9' }) },
      { run: SERVER, input: configMap('c', { b: '2' }) },
      { run: 'get cm c -o jsonpath={.data}', out: /^\{"a":"1","b":"2","z":"9"\}$/ },
      { run: OTHER, input: configMap('c', { z: '9' }) },
      { run: 'get cm c -o jsonpath={.data}', out: /^\{"b":"2","z":"9"\}$/ },
      { run: 'patch cm c --type=merge -p \'{"data":{"b":"3"}}\'', out: /patched/ },
      {
        run: SERVER,
        input: configMap('c', { b: '2' }),
        code: 1,
        out: /conflict with "kubectl-patch" using v1: \.data\.b/,
      },
    ],
  },
  {
    name: 'server-side apply: a list of ports, a set of finalizers, an atomic selector',
    rows: [
      {
        run: SERVER,
        input: service('web', {
          ports: [
            { name: 'http', port: 80 },
            { name: 'admin', port: 81 },
          ],
        }),
      },
      { run: SERVER, input: service('web', { ports: [{ name: 'http', port: 80 }] }) },
      { run: 'get svc web -o jsonpath={.spec.ports[*].port}', out: /^80$/ },
      {
        run: OTHER,
        input: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web' },
          spec: { ports: [{ name: 'two', port: 82 }] },
        },
      },
      { run: 'get svc web -o jsonpath={.spec.ports[*].port}', out: /^80 82$/ },
      {
        run: SERVER,
        input: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'f', finalizers: ['slipway.dev/one'] } },
      },
      {
        run: OTHER,
        input: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'f', finalizers: ['slipway.dev/two'] } },
      },
      { run: 'get cm f -o jsonpath={.metadata.finalizers}', out: /slipway.dev\/one.*slipway.dev\/two/ },
      { run: SERVER, input: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'f' } } },
      { run: 'get cm f -o jsonpath={.metadata.finalizers}', out: /^\["slipway.dev\/two"\]$/ },
      { run: 'patch cm f --type=merge -p \'{"metadata":{"finalizers":null}}\'' },
    ],
  },
  {
    name: 'from client-side to server-side apply',
    rows: [
      { run: APPLY, input: deployment({ spec: { minReadySeconds: 3 } }) },
      { run: 'apply --server-side --field-manager=slipway -f -', input: deployment(), out: /serverside-applied/ },
      {
        run: 'get deploy web --show-managed-fields -o jsonpath={.metadata.managedFields[?(@.operation=="Apply")].manager}',
        out: /slipway/,
      },
      {
        run: 'get deploy web --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}',
        not: /kubectl-client-side-apply/,
      },
    ],
  },
  {
    name: 'what is wrong is refused, with the field',
    rows: [
      {
        run: APPLY,
        input: { ...deployment(), spec: { ...deployment().spec, replicsa: 1 } },
        code: 1,
        out: /strict decoding error: unknown field "spec.replicsa"/,
      },
      {
        run: SERVER,
        input: { ...deployment(), spec: { ...deployment().spec, replicsa: 1 } },
        code: 1,
        out: /\.spec\.replicsa: field not declared in schema/,
      },
      { run: APPLY, input: deployment({ spec: { replicas: 'two' } }), code: 1, out: /replicas of type int32/ },
      {
        run: APPLY,
        input: deployment({ container: { image: '' } }),
        code: 1,
        out: /spec.template.spec.containers\[0\].image: Required value/,
      },
      { run: APPLY, input: deployment({ name: 'Web' }), code: 1, out: /metadata.name: Invalid value: "Web"/ },
      { run: APPLY, input: deployment() },
      {
        run: APPLY,
        input: deployment({ spec: { selector: { matchLabels: { app: 'x' } } } }),
        code: 1,
        out: /spec.selector: Invalid value: .*field is immutable|selector.*does not match template/s,
      },
      {
        run: `${SERVER} --dry-run=server --force-conflicts`,
        input: {
          ...deployment(),
          spec: {
            ...deployment().spec,
            selector: { matchLabels: { app: 'web', more: 'x' } },
            template: { ...deployment().spec.template, metadata: { labels: { app: 'web', more: 'x' } } },
          },
        },
        code: 1,
        out: /spec.selector: Invalid value: .*field is immutable/s,
      },
      { run: 'apply -n absent -f -', input: deployment(), code: 1, out: /namespaces "absent" not found/ },
      { run: 'get deploy absent', code: 1, out: /Error from server \(NotFound\): deployments.apps "absent" not found/ },
      {
        run: APPLY,
        input: widget('absent.dev', {}),
        code: 1,
        out: /no matches for kind "Widget" in version "absent.dev\/v1"/,
      },
      { run: 'create -f -', input: deployment(), code: 1, out: /Error from server \(AlreadyExists\)/ },
      {
        run: APPLY,
        input: deployment({
          pod: { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
          container: { volumeMounts: [{ name: 'w', mountPath: '/w' }] },
        }),
        code: 1,
        out: /volumeMounts\[0\].name: Not found: "w"/,
      },
    ],
  },
  {
    name: 'patches',
    rows: [
      { run: APPLY, input: deployment({ container: { env: [{ name: 'A', value: '1' }] } }) },
      { run: 'set image deploy/web server=x:9', out: /image updated/ },
      { run: 'set env deploy/web C=3', out: /env updated/ },
      { run: 'get deploy web -o jsonpath={.spec.template.spec.containers[0].env[*].name}', out: /^A C$/ },
      {
        run: 'patch deploy web -p \'{"spec":{"template":{"spec":{"containers":[{"name":"server","image":"x:10"}]}}}}\'',
        out: /patched/,
      },
      {
        run: 'get deploy web -o jsonpath={.spec.template.spec.containers[*].image}/{.spec.template.spec.containers[0].env[*].name}',
        out: /^x:10\/A C$/,
      },
      { run: 'patch deploy web --type=merge -p \'{"spec":{"minReadySeconds":4}}\'', out: /patched/ },
      {
        run: 'patch deploy web --type=json -p \'[{"op":"replace","path":"/spec/minReadySeconds","value":5}]\'',
        out: /patched/,
      },
      {
        run: 'patch deploy web --type=json -p \'[{"op":"test","path":"/spec/minReadySeconds","value":9}]\'',
        code: 1,
        out: /request is invalid|test/i,
      },
      { run: 'get deploy web -o jsonpath={.spec.minReadySeconds}', out: /^5$/ },
      { run: 'annotate deploy web a=b', out: /annotated/ },
      { run: 'label deploy web l=m', out: /labeled/ },
      { run: 'scale deploy web --replicas=0', out: /scaled/ },
      { run: 'rollout pause deploy/web', out: /paused/ },
      { run: 'get deploy web -o jsonpath={.spec.paused}', out: /^true$/ },
      { run: 'rollout undo deploy/web', code: 1, out: /paused/ },
      { run: 'rollout resume deploy/web', out: /resumed/ },
      { run: 'rollout restart deploy/web', out: /restarted/ },
    ],
  },
  {
    name: 'custom resources',
    rows: [
      { run: APPLY, input: widget(GROUP, { size: 1 }), code: 1, out: /no matches for kind "Widget"/ },
      {
        run: SERVER,
        input: definition(GROUP),
        out: /customresourcedefinition.apiextensions.k8s.io\/widgets\..* serverside-applied/,
      },
      { run: `wait --for=condition=Established crd/widgets.${GROUP} --timeout=20s`, out: /condition met/ },
      {
        run: SERVER,
        input: widget(GROUP, { size: 1, colour: 'red' }),
        out: /widget.fidelity.slipway.dev\/one serverside-applied/,
        eventually: true,
      },
      { run: 'get widgets', out: /NAME\s+SIZE\s+one\s+1/ },
      { run: 'get wd one -o jsonpath={.spec.colour}{.metadata.generation}', out: /^red1$/ },
      { run: SERVER, input: widget(GROUP, { size: 2 }) },
      { run: 'get wd one -o jsonpath={.spec}{.metadata.generation}', out: /^\{"size":2\}2$/ },
      {
        run: SERVER,
        input: widget(GROUP, { size: 0 }),
        code: 1,
        out: /spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1/,
      },
      { run: SERVER, input: widget(GROUP, { colour: 'red' }), code: 1, out: /spec.size: Required value/ },
      {
        run: SERVER,
        input: widget(GROUP, { size: 1, colour: 'green' }),
        code: 1,
        out: /spec.colour: Unsupported value: "green": supported values: "red", "blue"/,
      },
      { run: APPLY, input: widget(GROUP, { size: 1, shape: 'x' }, 'two'), code: 1, out: /unknown field "spec.shape"/ },
      { run: 'patch wd one --type=merge -p \'{"spec":{"size":7}}\'', out: /patched/ },
      { run: 'patch wd one --subresource=status --type=merge -p \'{"status":{"ready":true}}\'', out: /patched/ },
      { run: 'get wd one -o jsonpath={.metadata.generation}{.status.ready}', out: /^3true$/ },
      { run: 'delete wd one', out: /deleted/ },
      { run: `delete crd widgets.${GROUP}`, out: /deleted/ },
    ],
  },
  {
    name: 'leases, as a lock',
    rows: [
      { run: 'create -f -', input: lease('one'), out: /lease.coordination.k8s.io\/lock created/ },
      { run: 'create -f -', input: lease('two'), code: 1, out: /AlreadyExists/ },
      {
        run: 'get lease lock -o jsonpath={.spec.holderIdentity}/{.spec.renewTime}',
        out: /^one\/2026-01-01T00:00:00.000000Z$/,
      },
      {
        run: 'replace -f -',
        input: { ...lease('two'), metadata: { name: 'lock', resourceVersion: '1' } },
        code: 1,
        out: /Conflict.*the object has been modified/s,
      },
      { run: 'replace -f -', input: lease('two'), out: /replaced/ },
      { run: 'delete lease lock', out: /deleted/ },
    ],
  },
  {
    name: 'quotas, autoscalers and budgets are kept',
    rows: [
      { run: APPLY, input: [quota({ pods: '0' }), autoscaler('web'), deployment({ spec: { replicas: 1 } })] },
      { run: 'get resourcequota quota -o jsonpath={.status.hard.pods}', out: /^0$/, eventually: true },
      {
        run: 'get deploy web -o jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].status}/{.status.conditions[?(@.type=="ReplicaFailure")].reason}',
        out: /^True\/FailedCreate$/,
        eventually: true,
      },
      {
        run: 'get deploy web -o jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}',
        out: /forbidden: exceeded quota: quota, requested: pods=1, used: pods=0, limited: pods=0/,
      },
      { run: 'get events --field-selector reason=FailedCreate', out: /replicaset\/web-.*exceeded quota/ },
      { run: 'get hpa web', out: /Deployment\/web/ },
    ],
  },
  {
    name: 'what waits',
    rows: [
      { run: APPLY, input: deployment({ spec: { replicas: 0 } }) },
      { run: 'rollout status deploy/web --timeout=20s', out: /successfully rolled out/ },
      { run: 'wait --for=condition=Available deploy/web --timeout=20s', out: /condition met/ },
      { run: 'wait --for=jsonpath={.metadata.name}=web deploy/web --timeout=20s', out: /condition met/ },
      {
        run: 'wait --for=condition=Never deploy/web --timeout=1s',
        code: 1,
        out: /timed out waiting for the condition/,
      },
      { run: 'rollout history deploy/web', out: /REVISION/ },
      { run: 'get deploy,rs -o wide', out: /deployment.apps\/web\s+0\/0\s+0\s+0/ },
      { run: 'describe deploy web', out: /0 desired \| 0 updated \| 0 total/ },
      { run: 'delete deploy web --wait', out: /deleted/ },
      { run: 'get rs', out: /No resources found/, eventually: true },
    ],
  },
  {
    name: 'generations and revisions',
    rows: [
      { run: APPLY, input: deployment() },
      {
        run: 'get rs -o jsonpath={.items[*].metadata.annotations.deployment\\.kubernetes\\.io/revision}',
        out: /^1$/,
        eventually: true,
      },
      { run: 'set image deploy/web server=x:2' },
      { run: 'set image deploy/web server=x:3' },
      {
        run: 'get deploy web -o jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}',
        out: /^3$/,
        eventually: true,
      },
      {
        run: 'get deploy web -o jsonpath={.metadata.generation}-{.status.observedGeneration}',
        out: /^3-3$/,
        eventually: true,
      },
      { run: 'rollout undo deploy/web', out: /rolled back/ },
      { run: 'get deploy web -o jsonpath={.spec.template.spec.containers[0].image}', out: /^x:2$/ },
      {
        run: 'get deploy web -o jsonpath={.metadata.annotations.kubectl\\.kubernetes\\.io/last-applied-configuration}',
        out: /"image":"/,
        not: /x:2/,
      },
      { run: 'rollout undo deploy/web --to-revision=1', out: /rolled back/ },
      { run: 'rollout history deploy/web', out: /3[\s\S]*4[\s\S]*5/, eventually: true },
      { run: 'rollout undo deploy/web --to-revision=99', code: 1, out: /unable to find specified revision 99/ },
    ],
  },
  {
    name: 'stateful sets and daemon sets',
    rows: [
      { run: APPLY, input: [statefulSet(), service('db', { clusterIP: 'None' })], out: /statefulset.apps\/db created/ },
      { run: APPLY, input: statefulSet(), out: /unchanged/ },
      { run: 'get sts db', out: /NAME\s+READY\s+AGE\s+db\s+0\/0/ },
      {
        run: SERVER.concat(' --force-conflicts'),
        input: statefulSet({ spec: { podManagementPolicy: 'Parallel' } }),
        code: 1,
        out: /updates to statefulset spec for fields other than .*are forbidden/s,
      },
      {
        run: APPLY,
        input: daemonSet({ pod: { nodeSelector: { never: 'there' } } }),
        out: /daemonset.apps\/agent created/,
      },
      { run: 'rollout status ds/agent --timeout=20s', out: /successfully rolled out/, eventually: true },
      {
        run: 'get ds agent',
        out: /NAME\s+DESIRED\s+CURRENT\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+NODE SELECTOR\s+AGE\s+agent\s+0/,
      },
      {
        run: 'get controllerrevisions -o name',
        out: /controllerrevision.apps\/db-[\s\S]*|controllerrevision.apps\/agent-/,
        eventually: true,
      },
    ],
  },
  {
    name: 'imperative commands',
    rows: [
      { run: 'create configmap c --from-literal=a=1', out: /configmap\/c created/ },
      { run: 'create secret generic s --from-literal=a=1', out: /secret\/s created/ },
      { run: 'create deployment d --image=x:1 --replicas=0', out: /deployment.apps\/d created/ },
      { run: 'create job j --image=x:1', out: /job.batch\/j created/ },
      { run: 'create cronjob k --image=x:1 --schedule=@yearly', out: /cronjob.batch\/k created/ },
      { run: 'create role r --verb=get --resource=pods', out: /role.rbac.authorization.k8s.io\/r created/ },
      { run: 'create rolebinding b --role=r --user=jane', out: /rolebinding.rbac.authorization.k8s.io\/b created/ },
      { run: 'create quota q --hard=pods=5', out: /resourcequota\/q created/ },
      { run: 'create serviceaccount t', out: /serviceaccount\/t created/ },
      {
        run: 'create poddisruptionbudget p --selector=app=d --min-available=1',
        out: /poddisruptionbudget.policy\/p created/,
      },
      { run: 'expose deployment d --port=80', out: /service\/d exposed/ },
      { run: 'autoscale deployment d --min=1 --max=2', out: /horizontalpodautoscaler.autoscaling\/d autoscaled/ },
      { run: 'auth can-i create deployments', out: /^yes$/m },
      { run: 'auth whoami', out: /Username/ },
      { run: 'explain deployment.spec.strategy', out: /rollingUpdate/ },
      { run: 'api-resources --api-group=apps', out: /statefulsets\s+sts\s+apps\/v1\s+true\s+StatefulSet/ },
      { run: 'delete job/j cronjob/k deploy/d', out: /deleted/ },
    ],
  },
  {
    name: 'owners and garbage',
    rows: [
      { run: APPLY, input: [deployment(), configMap('mine', { a: '1' })] },
      { run: 'get rs -o name', out: /replicaset.apps\/web-/, eventually: true },
      { run: 'delete deploy web --cascade=orphan', out: /deleted/ },
      { run: 'get rs -o name', out: /replicaset.apps\/web-/ },
      { run: APPLY, input: deployment(), out: /created/ },
      { run: 'get rs -o jsonpath={.items[*].metadata.ownerReferences[*].kind}', out: /^Deployment$/, eventually: true },
      { run: 'delete deploy web', out: /deleted/ },
      { run: 'get rs', out: /No resources found/, eventually: true },
      { run: 'get cm mine', out: /mine/ },
    ],
  },
  {
    name: 'jobs are immutable',
    rows: [
      { run: APPLY, input: job('migrate', ['true'], { suspend: true }), out: /created/ },
      {
        run: APPLY,
        input: job('migrate', ['false'], { suspend: true }),
        code: 1,
        out: /spec.template: Invalid value: .*field is immutable/s,
      },
      { run: 'get job migrate -o jsonpath={.spec.selector.matchLabels}', out: /batch.kubernetes.io\/controller-uid/ },
    ],
  },
];
