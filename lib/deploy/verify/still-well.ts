import type { End } from '../roll-out';
import type { Expectation } from '../verdict';
import { judge } from './judge';
import type { WatchOptions, WatchPorts } from './looks';
import { snapshot } from './snapshot';
import { endOf } from './wait';

/**
 * One look at workloads that were ready, for whoever waits for something else: `failed` or `superseded` when that is certain at
 * once, else nothing, also when the API does not answer.
 */
export async function stillWell(
  expectations: readonly Expectation[],
  options: WatchOptions,
  ports: WatchPorts,
): Promise<End | undefined> {
  if (expectations.length === 0) return undefined;
  const workloads = expectations.map(({ workload }) => workload);
  const seen = await snapshot(workloads, options.namespace, ports.kubectl, ports.clock);
  if (!seen.ok) return undefined;
  const { rollout: limit } = options.limits;
  const judgement = judge(seen.value, expectations, { ...options, limit, until: Number.POSITIVE_INFINITY });
  return judgement.verdict.status === 'ready' ? undefined : endOf(judgement, options, ports);
}
