import { setCondition } from '../controllers/conditions';
import type { Condition, ContainerStatus, Pod, PodStatus } from '../types';

/** A pod's status from its containers'. `now` as the API writes times. */
export function podStatus(
  pod: Pod,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  now: string,
): PodStatus {
  const sidecars = new Set(pod.spec.initContainers?.filter((c) => c.restartPolicy === 'Always').map((c) => c.name));
  const steps = init.filter((c) => !sidecars.has(c.name));
  const beside = init.filter((c) => sidecars.has(c.name));
  const phase = phaseOf(pod, steps, main);
  const begun = main.some((c) => c.state.running || c.state.terminated || c.lastState.terminated);
  const initialized =
    steps.every((c) => c.state.terminated?.exitCode === 0) && (begun || beside.every((c) => c.started));
  const ready = phase === 'Running' && [...beside, ...main].every((c) => c.ready);
  const unready = [...beside, ...main].filter((c) => !c.ready).map((c) => c.name);
  const done = phase === 'Succeeded';
  const why = done
    ? { reason: 'PodCompleted' }
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  let conditions = pod.status?.conditions;
  const put = (type: string, holds: boolean, otherwise: Partial<Condition>) => {
    conditions = setCondition(conditions, { type, status: holds ? 'True' : 'False', ...(holds ? {} : otherwise) }, now);
  };
  put('PodScheduled', true, {});
  put('Initialized', initialized, { reason: 'ContainersNotInitialized', message: 'containers with incomplete status' });
  put('ContainersReady', ready, why);
  put('Ready', ready, why);
  return {
    phase,
    conditions: (conditions ?? []).map(({ lastUpdateTime: _, ...rest }) => rest),
    hostIP: '127.0.0.1',
    podIP: '127.0.0.1',
    podIPs: [{ ip: '127.0.0.1' }],
    startTime: pod.status?.startTime ?? now,
    qosClass: qosOf(pod),
    ...(init.length > 0 ? { initContainerStatuses: [...init] } : {}),
    containerStatuses: [...main],
  };
}

function phaseOf(pod: Pod, init: readonly ContainerStatus[], main: readonly ContainerStatus[]): PodStatus['phase'] {
  const { restartPolicy } = pod.spec;
  const exits = main.map((c) => c.state.terminated?.exitCode);
  if (restartPolicy === 'Never' && init.some((c) => (c.state.terminated?.exitCode ?? 0) !== 0)) return 'Failed';
  if (restartPolicy !== 'Always' && exits.every((code) => code !== undefined)) {
    if (exits.every((code) => code === 0)) return 'Succeeded';
    if (restartPolicy === 'Never') return 'Failed';
  }
  const begun = main.some((c) => c.state.running || c.state.terminated || c.lastState.terminated);
  return begun ? 'Running' : 'Pending';
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosOf(pod: Pod): string {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map((c) => c.resources ?? {});
  const amounts = (r: { limits?: Record<string, string>; requests?: Record<string, string> }) => [
    r.limits?.['cpu'],
    r.limits?.['memory'],
    r.requests?.['cpu'],
    r.requests?.['memory'],
  ];
  if (all.every((r) => amounts(r).every((amount) => amount === undefined))) return 'BestEffort';
  const guaranteed = all.every((r) => {
    const [limitCpu, limitMemory, cpu, memory] = amounts(r);
    return limitCpu !== undefined && limitMemory !== undefined && limitCpu === cpu && limitMemory === memory;
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
