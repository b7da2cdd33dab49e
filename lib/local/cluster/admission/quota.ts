import { ok } from '../../../result';
import { amountOf } from '../kubelet/downward';
import type { Admission } from '../registry';
import { forbidden, refuse } from '../status';
import type { Store } from '../store/store';
import type { KubeObject, Pod } from '../types';

interface Quota extends KubeObject {
  spec: { hard?: Record<string, string> };
}

/** Resources that are counted; a quota of anything else is kept and not enforced. */
const COUNTED: Readonly<Record<string, (pod: Pod) => number>> = {
  pods: () => 1,
  'count/pods': () => 1,
  cpu: (pod) => sum(pod, 'requests', 'cpu'),
  memory: (pod) => sum(pod, 'requests', 'memory'),
  'requests.cpu': (pod) => sum(pod, 'requests', 'cpu'),
  'requests.memory': (pod) => sum(pod, 'requests', 'memory'),
  'limits.cpu': (pod) => sum(pod, 'limits', 'cpu'),
  'limits.memory': (pod) => sum(pod, 'limits', 'memory'),
};

/** Refuses a pod that a ResourceQuota of its namespace has no room for. */
export const quota: Admission = (kind, object, store) => {
  if (kind.kind !== 'Pod') return ok([]);
  const { namespace, name } = object.metadata;
  for (const each of store.list<Quota>('ResourceQuota', namespace)) {
    const used = usage(each, store);
    for (const [resource, limit] of Object.entries(each.spec.hard ?? {})) {
      const wanted = COUNTED[resource]?.(object as Pod);
      if (wanted === undefined || wanted + (used[resource] ?? 0) <= amountOf(limit)) continue;
      const room = `requested: ${resource}=${wanted}, used: ${resource}=${used[resource] ?? 0}, limited: ${resource}=${limit}`;
      return refuse(forbidden(kind, name, `exceeded quota: ${each.metadata.name}, ${room}`));
    }
  }
  return ok([]);
};

/** What the pods of a quota's namespace use of it. */
export function usage(each: KubeObject, store: Store): Record<string, number> {
  const active = store
    .list<Pod>('Pod', each.metadata.namespace)
    .filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
  const hard = Object.keys((each as Quota).spec.hard ?? {});
  return Object.fromEntries(
    hard.flatMap((resource) => {
      const count = COUNTED[resource];
      return count ? [[resource, active.reduce((total, pod) => total + count(pod), 0)]] : [];
    }),
  );
}

const sum = (pod: Pod, list: 'limits' | 'requests', name: string): number =>
  pod.spec.containers.reduce((total, c) => total + amountOf(c.resources?.[list]?.[name] ?? '0'), 0);
