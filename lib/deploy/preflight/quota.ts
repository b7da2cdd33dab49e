import { isDeepStrictEqual } from 'node:util';
import { parseQuantity } from '../../quantity';
import { itemsIn } from '../apply';
import type { KubectlFailure } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import type { Reason } from '../outcome';
import type { Stop } from '../parts';
import type { Ports } from '../ports';
import { fieldsAt } from '../render/fields';
import { podTemplateOf } from '../render/pod-template';
import type { LiveObjects } from './live-workloads';
import { type Amounts, podDemand, podPlan } from './pod-demand';
import { refusedFor, stopOf } from './stop';

/** Deployments and StatefulSets whose number of pods is known beforehand. */
const COUNTED: readonly string[] = ['Deployment', 'StatefulSet'];

/**
 * Compares what the rollout needs with what quotas have left. Refused: the rollout could never end. A warning: it fits, but with
 * fewer pods at a time than the strategy wants.
 * @param answered the release's objects as a dry run answered them, defaults included
 */
export async function quotaProblems(
  answered: readonly KubeObject[],
  live: LiveObjects,
  namespace: string,
  { kubectl }: Pick<Ports, 'kubectl'>,
  warn: (message: string) => void,
): Promise<Stop | undefined> {
  const answer = await kubectl.run(['get', 'resourcequotas', '--namespace', namespace, '--output', 'json'], {
    quiet: true,
  });
  if (!answer.ok) {
    const failure = answer.errors[0] as KubectlFailure;
    if (failure.kind !== 'forbidden') return stopOf(failure);
    warn(`quotas were not looked at: ${failure.message}`);
    return undefined;
  }
  const problems = judgeQuotas(answered, live, itemsIn(answer.value));
  for (const message of problems.tight) warn(message);
  return refusedFor(problems.impossible);
}

export function judgeQuotas(
  answered: readonly KubeObject[],
  live: LiveObjects,
  quotas: readonly KubeObject[],
): { readonly impossible: readonly Reason[]; readonly tight: readonly string[] } {
  const impossible: Reason[] = [];
  const tight: string[] = [];
  const rolling = answered
    .filter(({ kind }) => COUNTED.includes(kind))
    .map((workload) => ({ workload, there: live.get(titleOf(workload)) }))
    .map(({ workload, there }) => ({
      workload,
      changes: !isDeepStrictEqual(podTemplateOf(workload), there && podTemplateOf(there)),
      demand: podDemand(workload),
      oldDemand: there ? podDemand(there) : {},
      plan: podPlan(workload, there),
    }));
  for (const quota of quotas) {
    const spec = fieldsAt(quota, 'spec');
    // Only for some pods; which ones is not told by a template alone.
    if (spec?.['scopes'] !== undefined || spec?.['scopeSelector'] !== undefined) continue;
    for (const [resource, free, hard] of headroom(quota)) {
      const name = (amount: number): string => `${round(amount)} of ${resource}`;
      const growth = rolling.reduce(
        (total, { demand, oldDemand, plan }) =>
          total + at(demand, resource) * plan.wanted - at(oldDemand, resource) * plan.old,
        0,
      );
      const object = titleOf(quota);
      if (growth > free) {
        const message = `the release needs ${name(growth)} more than now, and ${round(free)} of ${round(hard)} are left; raise the quota or ask for less`;
        impossible.push({ code: 'QuotaExceeded', object, message });
        continue;
      }
      for (const { workload, changes, demand, plan } of rolling) {
        const need = at(demand, resource);
        if (!changes || plan.old === 0 || need === 0 || plan.surge === 0) continue;
        if (!plan.endsFirst && need > free) {
          const message = `${titleOf(workload)} makes a new pod before an old one goes (maxUnavailable 0), which needs ${name(need)}; ${round(free)} of ${round(hard)} are left`;
          impossible.push({ code: 'QuotaExceeded', object, message });
        } else if (need * plan.surge > free) {
          tight.push(
            `${object}: ${round(free)} of ${round(hard)} of ${resource} are left, ${titleOf(workload)} would use ${round(need * plan.surge)} while it rolls; it rolls with fewer pods at a time`,
          );
        }
      }
    }
  }
  return { impossible, tight };
}

function headroom(quota: KubeObject): (readonly [resource: string, free: number, hard: number])[] {
  const status = fieldsAt(quota, 'status');
  const limits = fieldsAt(status, 'hard') ?? {};
  return Object.entries(limits).flatMap(([resource, limit]) => {
    const hard = parseQuantity(limit);
    const used = parseQuantity(fieldsAt(status, 'used')?.[resource] ?? 0);
    return hard === undefined || used === undefined ? [] : [[resource, hard - used, hard] as const];
  });
}

const at = (amounts: Amounts, resource: string): number => amounts[resource] ?? 0;

const round = (amount: number): string => `${Math.round(amount * 1000) / 1000}`;
