import type { LimitId, LimitTable } from './limit-table';
import { type Estate, measure } from './measure';
import type { Growth, Use } from './use';

/** How much of one limit is used, where most of it is. */
export interface Quota {
  readonly id: LimitId;
  readonly what: string;
  readonly where: string;
  readonly used: number;
  readonly limit: number;
  readonly percent: number;
  /** `waits`: more than may run at once, and few enough to wait for their turn. */
  readonly status: 'fits' | 'waits' | 'over';
  readonly source: string;
  readonly adjustable: boolean;
  readonly uncertain: boolean;
  /** The number of services, and of environments of one service, with which it no longer fits; absent: it does not grow. */
  readonly servicesUntil?: number;
  readonly environmentsUntil?: number;
}

/** Every limit that the estate uses, the fullest first. */
export function judgeQuotas(estate: Estate, table: LimitTable): Quota[] {
  const quotas: Quota[] = [];
  for (const [id, uses] of measure(estate)) {
    const most = uses.reduce<Use | undefined>(
      (max, use) => (max === undefined || use.used > max.used ? use : max),
      undefined,
    );
    if (most === undefined || most.used === 0) continue;
    const { what, limit, source, adjustable, uncertain = false } = table.limits[id];
    // What cannot run at once waits, as many times as the table says; the next is refused.
    const capacity = id.startsWith('builds-') ? limit * (1 + table.buildQueue) : limit;
    const status = most.used > capacity ? 'over' : most.used > limit ? 'waits' : 'fits';
    quotas.push({
      id,
      what,
      where: most.where,
      used: most.used,
      limit,
      percent: (100 * most.used) / limit,
      status,
      source: table.sources[source] ?? source,
      adjustable,
      uncertain,
      ...until(most.growth, capacity, estate.environments.length),
    });
  }
  return quotas.sort((a, b) => b.percent - a.percent);
}

/** The first number of services (with as many environments as now), and of environments of one service, that is too many. */
function until(
  growth: Growth | undefined,
  limit: number,
  environments: number,
): Pick<Quota, 'servicesUntil' | 'environmentsUntil'> {
  if (growth === undefined) return {};
  const { fixed, service, environment, acrossServices } = growth;
  const perService = service + environment * environments;
  return {
    ...(acrossServices && perService > 0 && { servicesUntil: Math.floor((limit - fixed) / perService) + 1 }),
    ...(environment > 0 && { environmentsUntil: Math.floor((limit - fixed - service) / environment) + 1 }),
  };
}

/** The limit that a team with ever more services meets first, and the one of a service with ever more environments. */
export function firstLimits(quotas: readonly Quota[]): { readonly services?: Quota; readonly environments?: Quota } {
  const first = (key: 'servicesUntil' | 'environmentsUntil'): Quota | undefined =>
    quotas
      .filter((quota) => quota[key] !== undefined)
      .reduce<Quota | undefined>(
        (least, quota) => ((quota[key] ?? 0) < (least?.[key] ?? Infinity) ? quota : least),
        undefined,
      );
  const [services, environments] = [first('servicesUntil'), first('environmentsUntil')];
  return { ...(services && { services }), ...(environments && { environments }) };
}
