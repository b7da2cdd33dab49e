import { usage } from '../admission/quota';
import type { Recorder } from '../events';
import type { Registry } from '../registry';
import { matchesLabels } from '../selectors';
import type { Change } from '../store/store';
import type { IntOrString, KubeObject, LabelSelector, Pod, ReplicaSet } from '../types';
import type { Controller } from './manager';
import { isFinished, isReady, isTerminating } from './pods';

interface Budget extends KubeObject {
  spec: { selector?: LabelSelector; minAvailable?: IntOrString; maxUnavailable?: IntOrString };
}

interface Autoscaler extends KubeObject {
  spec: { scaleTargetRef: { kind: string; name: string }; minReplicas?: number; maxReplicas: number };
}

/**
 * Keeps the status of what nothing here acts on, so that it says what is so: disruption budgets count pods, autoscalers keep
 * their target within its bounds and say that there are no metrics, quotas say what is used.
 */
export class StatusController implements Controller {
  readonly name = 'status';
  private readonly told = new Set<string>();

  constructor(
    private readonly registry: Registry,
    private readonly recorder: Recorder,
  ) {}

  keys({ object }: Change): readonly string[] {
    const relevant = [
      'CronJob',
      'Pod',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'ResourceQuota',
      'Deployment',
    ];
    return relevant.includes(object.kind) ? [object.metadata.namespace ?? ''] : [];
  }

  reconcile(namespace: string): undefined {
    const { store } = this.registry;
    for (const budget of store.list<Budget>('PodDisruptionBudget', namespace)) this.budget(budget);
    for (const scaler of store.list<Autoscaler>('HorizontalPodAutoscaler', namespace)) this.autoscaler(scaler);
    for (const cron of store.list('CronJob', namespace)) {
      const message = `The embedded cluster keeps no schedules; run it by hand: kubectl create job --from=cronjob/${cron.metadata.name} NAME`;
      if (!this.told.has(cron.metadata.uid))
        this.recorder.record(cron, 'Warning', 'NotScheduled', message, 'cronjob-controller');
      this.told.add(cron.metadata.uid);
    }
    for (const quota of store.list('ResourceQuota', namespace)) {
      const hard = (quota['spec'] as { hard?: Record<string, string> }).hard ?? {};
      const used = Object.fromEntries(Object.entries(usage(quota, store)).map(([key, value]) => [key, String(value)]));
      this.registry.change(quota, (copy) => {
        copy['status'] = { hard, used };
      });
    }
  }

  private budget(budget: Budget): void {
    const pods = this.registry.store
      .list<Pod>('Pod', budget.metadata.namespace)
      .filter((pod) => matchesLabels(budget.spec.selector, pod.metadata.labels) && !isFinished(pod));
    const healthy = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length;
    const { minAvailable, maxUnavailable } = budget.spec;
    const desired =
      minAvailable === undefined
        ? pods.length - portion(maxUnavailable ?? 1, pods.length)
        : portion(minAvailable, pods.length);
    this.registry.change(budget, (copy) => {
      copy['status'] = {
        currentHealthy: healthy,
        desiredHealthy: Math.max(0, desired),
        disruptionsAllowed: Math.max(0, healthy - Math.max(0, desired)),
        expectedPods: pods.length,
        observedGeneration: copy.metadata.generation ?? 0,
      };
    });
  }

  private autoscaler(scaler: Autoscaler): void {
    const { kind, name } = scaler.spec.scaleTargetRef;
    const target = this.registry.store.get<ReplicaSet>(kind, scaler.metadata.namespace, name);
    const replicas = target?.status?.replicas ?? 0;
    const wanted = target?.spec.replicas ?? 0;
    // As the real one does without metrics; 0 switches it off.
    const desired =
      wanted === 0 ? 0 : Math.min(Math.max(wanted, scaler.spec.minReplicas ?? 1), scaler.spec.maxReplicas);
    if (target && desired !== wanted) {
      this.registry.change<ReplicaSet>(target, (copy) => {
        copy.spec.replicas = desired;
      });
      const bound = desired > wanted ? 'below Spec.MinReplicas' : 'above Spec.MaxReplicas';
      const message = `New size: ${desired}; reason: Current number of replicas ${bound}`;
      this.recorder.record(scaler, 'Normal', 'SuccessfulRescale', message, 'horizontal-pod-autoscaler');
    }
    this.registry.change(scaler, (copy) => {
      copy['status'] = {
        currentReplicas: replicas,
        desiredReplicas: desired,
        conditions: [
          {
            type: 'ScalingActive',
            status: 'False',
            reason: 'FailedGetResourceMetric',
            message: 'the embedded cluster measures nothing: it keeps to minReplicas and maxReplicas',
            lastTransitionTime: copy.metadata.creationTimestamp,
          },
        ],
      };
    });
  }
}

/** A percentage rounds up. */
function portion(value: IntOrString, of: number): number {
  if (typeof value === 'number') return value;
  return Math.ceil((Number.parseInt(value, 10) * of) / 100);
}
