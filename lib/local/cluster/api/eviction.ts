import { ok } from '../../../result';
import type { Clock } from '../clock';
import { isFinished, isReady } from '../controllers/pods';
import { type DeleteOptions, deleteObject } from '../deletion';
import type { Registry } from '../registry';
import { matchesLabels } from '../selectors';
import { type Answer, failure, notFound, refuse, type Status } from '../status';
import type { KubeObject, LabelSelector, Pod } from '../types';

interface Budget extends KubeObject {
  spec: { selector?: LabelSelector };
  status?: { currentHealthy?: number; desiredHealthy?: number; disruptionsAllowed?: number };
}

/**
 * Deletes a pod unless its disruption budget forbids that for now: 429.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
export function evict(
  registry: Registry,
  clock: Clock,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions,
): Answer<Status> {
  const kind = registry.kinds.of('Pod');
  const pod = registry.store.get<Pod>('Pod', namespace, name);
  if (!pod) return refuse(notFound(kind, name));
  const budgets = registry.store
    .list<Budget>('PodDisruptionBudget', namespace)
    .filter((budget) => matchesLabels(budget.spec.selector, pod.metadata.labels));
  if (budgets.length > 1) {
    const why = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    return refuse(failure(500, 'InternalError', why));
  }
  const [budget] = budgets;
  if (budget && !isFinished(pod) && isReady(pod)) {
    const { currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0 } = budget.status ?? {};
    if (disruptionsAllowed <= 0) {
      const message = `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
      return refuse(
        failure(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
          causes: [{ reason: 'DisruptionBudget', message }],
        }),
      );
    }
    if (!options.dryRun) {
      registry.change<Budget>(budget, (copy) => {
        copy.status = { ...copy.status, disruptionsAllowed: disruptionsAllowed - 1 };
      });
    }
  }
  const deleted = deleteObject(registry, clock, kind, namespace, name, options);
  if (!deleted.ok) return deleted;
  return ok({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}
