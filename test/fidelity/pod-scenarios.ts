import { configMap, container, daemonSet, deployment, job, service, statefulSet } from './objects';
import type { Scenario } from './scenario';

const APPLY = 'apply -f -';
const one = (change: object = {}) => deployment({ spec: { replicas: 1, ...change } });

/** What needs pods that run. */
export const POD_SCENARIOS: readonly Scenario[] = [
  {
    name: 'a rollout, its status and its tables',
    pods: true,
    rows: [
      { run: APPLY, input: [deployment({ spec: { replicas: 2 } }), service()] },
      { run: 'rollout status deploy/web --timeout=60s', out: /deployment "web" successfully rolled out/ },
      { run: 'get deploy web', out: /NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\s+web\s+2\/2\s+2\s+2\s+\d+s/ },
      { run: 'get pods', out: /(web-\w{8,10}-\w{5}\s+1\/1\s+Running\s+0\s+\d+s\s+){2}/ },
      { run: 'get rs', out: /web-\w{8,10}\s+2\s+2\s+2/ },
      {
        run: 'get deploy web -o jsonpath={.status.replicas}/{.status.updatedReplicas}/{.status.readyReplicas}/{.status.availableReplicas}',
        out: /^2\/2\/2\/2$/,
      },
      {
        run: 'get pods -o jsonpath={.items[0].metadata.ownerReferences[0].kind}/{.items[0].metadata.labels.app}',
        out: /^ReplicaSet\/web$/,
      },
      {
        run: 'get endpoints web -o jsonpath={.subsets[*].addresses[*].targetRef.kind}',
        out: /Pod Pod/,
        eventually: true,
      },
      { run: 'describe deploy web', out: /2 desired \| 2 updated \| 2 total \| 2 available[\s\S]*ScalingReplicaSet/ },
      { run: 'describe pods -l app=web', out: /Ready\s+True[\s\S]*Started/ },
      { run: 'scale deploy web --replicas=1', out: /scaled/ },
      { run: 'rollout status deploy/web --timeout=60s', out: /successfully/ },
      { run: 'get pods -o name', out: /^pod\/web-\S+\n$/, eventually: true },
      { run: 'rollout restart deploy/web' },
      { run: 'rollout status deploy/web --timeout=60s', out: /successfully/ },
      { run: 'delete deploy/web svc/web --wait', out: /deleted/ },
      { run: 'get pods', out: /No resources found/, eventually: true },
    ],
  },
  {
    name: 'an image that does not exist',
    pods: true,
    rows: [
      { run: APPLY, input: one() },
      { run: 'rollout status deploy/web --timeout=60s' },
      { run: 'set image deploy/web server=absent.invalid/none:1' },
      {
        run: 'get pods -o jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}',
        out: /ErrImagePull|ImagePullBackOff/,
        eventually: true,
      },
      { run: 'get events --field-selector reason=Failed', out: /Failed to pull image|ErrImagePull/, eventually: true },
      { run: 'rollout status deploy/web --timeout=1s', code: 1, out: /timed out waiting for the condition/ },
      { run: 'get deploy web -o jsonpath={.status.availableReplicas}', out: /^1$/ },
      { run: 'rollout undo deploy/web' },
      { run: 'rollout status deploy/web --timeout=60s', out: /successfully/ },
    ],
  },
  {
    name: 'a container that ends at once',
    pods: true,
    rows: [
      {
        run: APPLY,
        input: deployment({ spec: { replicas: 1 }, container: { command: ['sh', '-c', 'echo last words; exit 3'] } }),
      },
      {
        run: 'get pods -o jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}',
        out: /CrashLoopBackOff/,
        eventually: true,
      },
      {
        run: 'get pods -o jsonpath={.items[0].status.containerStatuses[0].lastState.terminated.exitCode}/{.items[0].status.containerStatuses[0].lastState.terminated.reason}',
        out: /^3\/Error$/,
        eventually: true,
      },
      { run: 'get pods', out: /0\/1\s+(CrashLoopBackOff|Error)\s+[1-9]/, eventually: true },
      {
        run: 'get events --field-selector reason=BackOff',
        out: /Back-off restarting failed container server in pod web-/,
        eventually: true,
      },
    ],
  },
  {
    name: 'the deadline for progress',
    pods: true,
    rows: [
      {
        run: APPLY,
        input: deployment({
          spec: { replicas: 1, progressDeadlineSeconds: 3 },
          container: { readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1 } },
        }),
      },
      { run: 'rollout status deploy/web --timeout=30s', code: 1, out: /exceeded its progress deadline/ },
      {
        run: 'get deploy web -o jsonpath={.status.conditions[?(@.type=="Progressing")].reason}',
        out: /^ProgressDeadlineExceeded$/,
      },
      { run: 'get deploy web -o jsonpath={.status.conditions[?(@.type=="Available")].status}', out: /^False$/ },
    ],
  },
  {
    name: 'missing configuration',
    pods: true,
    rows: [
      {
        run: APPLY,
        input: deployment({ spec: { replicas: 1 }, container: { envFrom: [{ configMapRef: { name: 'absent' } }] } }),
      },
      {
        run: 'get pods -o jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}',
        out: /CreateContainerConfigError/,
        eventually: true,
      },
      {
        run: 'get pods -o jsonpath={.items[*].status.containerStatuses[*].state.waiting.message}',
        out: /configmap "absent" not found/,
      },
      { run: APPLY, input: configMap('absent', { A: '1' }) },
      { run: 'rollout status deploy/web --timeout=60s', out: /successfully/ },
    ],
  },
  {
    name: 'a stateful set, in order',
    pods: true,
    rows: [
      { run: APPLY, input: [service('db', { clusterIP: 'None' }), statefulSet({ spec: { replicas: 2 } })] },
      { run: 'rollout status sts/db --timeout=60s', out: /2 pods|roll(ing|ed)|complete/ },
      { run: 'get pods -o name', out: /pod\/db-0\npod\/db-1/ },
      {
        run: 'get sts db -o jsonpath={.status.readyReplicas}/{.status.currentReplicas}/{.status.updatedReplicas}',
        out: /^2\/2\/2$/,
        eventually: true,
      },
      { run: 'set env sts/db A=1' },
      { run: 'rollout status sts/db --timeout=60s', out: /complete/ },
      { run: 'get pods -o jsonpath={.items[*].spec.containers[0].env[0].value}', out: /^1 1$/ },
      { run: 'rollout history sts/db', out: /1[\s\S]*2/ },
      { run: 'rollout undo sts/db', out: /rolled back/ },
      { run: 'rollout status sts/db --timeout=60s', out: /complete/ },
      { run: 'set image sts/db server=absent.invalid/none:1' },
      { run: 'rollout status sts/db --timeout=2s', code: 1, out: /timed out waiting for the condition/ },
      { run: 'get pod db-0 -o jsonpath={.status.phase}', out: /Running/ },
      { run: 'rollout undo sts/db' },
      { run: 'delete pod db-1 --wait', out: /deleted/ },
      { run: 'rollout status sts/db --timeout=60s', out: /complete/ },
    ],
  },
  {
    name: 'a daemon set',
    pods: true,
    rows: [
      { run: APPLY, input: daemonSet() },
      { run: 'rollout status ds/agent --timeout=60s', out: /successfully rolled out/ },
      {
        run: 'get ds agent -o jsonpath={.status.desiredNumberScheduled}/{.status.updatedNumberScheduled}/{.status.numberAvailable}',
        out: /^1\/1\/1$/,
        eventually: true,
      },
      { run: 'set env ds/agent A=1' },
      { run: 'rollout status ds/agent --timeout=60s', out: /successfully rolled out/ },
      { run: 'rollout undo ds/agent', out: /rolled back/ },
      { run: 'rollout status ds/agent --timeout=60s', out: /successfully rolled out/ },
    ],
  },
  {
    name: 'jobs',
    pods: true,
    rows: [
      { run: APPLY, input: job('good', ['true']) },
      { run: 'wait --for=condition=Complete job/good --timeout=60s', out: /condition met/ },
      { run: 'get job good', out: /good\s+Complete\s+1\/1/ },
      { run: APPLY, input: job('bad', ['sh', '-c', 'echo no; exit 4']) },
      { run: 'wait --for=condition=Failed job/bad --timeout=60s', out: /condition met/ },
      { run: 'get job bad -o jsonpath={.status.conditions[?(@.type=="Failed")].reason}', out: /BackoffLimitExceeded/ },
      { run: 'logs job/bad', out: /^no$/m },
    ],
  },
  {
    name: 'quota in the middle of a rollout',
    pods: true,
    rows: [
      { run: APPLY, input: one() },
      { run: 'rollout status deploy/web --timeout=60s' },
      { run: 'create quota q --hard=pods=1' },
      { run: 'get resourcequota q -o jsonpath={.status.used.pods}', out: /^1$/, eventually: true },
      { run: 'set env deploy/web A=1' },
      {
        run: 'get deploy web -o jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].reason}',
        out: /^FailedCreate$/,
        eventually: true,
      },
      { run: 'get deploy web -o jsonpath={.status.availableReplicas}', out: /^1$/ },
      { run: 'delete quota q' },
      { run: 'rollout status deploy/web --timeout=60s', out: /successfully/ },
    ],
  },
  {
    name: 'pods that do not fit',
    pods: true,
    rows: [
      {
        run: APPLY,
        input: deployment({ spec: { replicas: 1 }, container: { resources: { requests: { cpu: '10000' } } } }),
      },
      {
        run: 'get pods -o jsonpath={.items[*].status.conditions[?(@.type=="PodScheduled")].reason}',
        out: /^Unschedulable$/,
        eventually: true,
      },
      { run: 'get pods', out: /0\/1\s+Pending/ },
      {
        run: 'get events --field-selector reason=FailedScheduling',
        out: /0\/\d+ nodes are available: .*Insufficient cpu/,
        eventually: true,
      },
    ],
  },
  {
    name: 'init containers',
    pods: true,
    rows: [
      {
        run: APPLY,
        input: deployment({
          spec: { replicas: 1 },
          pod: { initContainers: [container({ name: 'first', ports: [], command: ['sh', '-c', 'exit 5'] })] },
        }),
      },
      { run: 'get pods', out: /Init:(CrashLoopBackOff|Error)/, eventually: true },
      {
        run: 'get pods -o jsonpath={.items[0].status.initContainerStatuses[0].lastState.terminated.exitCode}',
        out: /^5$/,
        eventually: true,
      },
    ],
  },
];
