import type { DeployedResource, InventoryEnvironment, OwnerOf } from '../inventory';
import type { AssumptionName, Assumptions } from './assumptions';
import type { PriceId, PriceTable } from './price-table';

/** All that an estimate depends on: what the templates create, prices, and what is measured or assumed. */
export interface Estate {
  readonly resources: readonly DeployedResource[];
  readonly environments: readonly InventoryEnvironment[];
  readonly prices: PriceTable;
  readonly assumptions: Assumptions;
  /** Seconds that actions took on this machine: pipeline -> `<stage>/<action>` -> seconds. */
  readonly measured: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** ISO 8601; decides whether a Kubernetes version is in standard support. */
  readonly today: string;
}

/** One position of a bill. */
export interface CostLine {
  readonly what: string;
  /** `<stack>/<logical id>`; absent: what the templates do not hold themselves. */
  readonly resource?: string;
  /** The environment that it is there for; absent: shared. */
  readonly environment?: string;
  /** How many of them there are. */
  readonly count: number;
  readonly quantity: number;
  readonly unit: string;
  readonly price: PriceId;
  readonly usd: number;
  /** Assumptions that the quantity rests on. */
  readonly assumed: readonly AssumptionName[];
}

export const sum = (lines: readonly { readonly usd: number }[]): number =>
  lines.reduce((total, { usd }) => total + usd, 0);

/** A position for `resource`, priced. */
export function line(
  estate: Estate,
  price: PriceId,
  what: string,
  quantity: number,
  more: { readonly resource?: DeployedResource; readonly owner?: OwnerOf; readonly environment?: string } = {},
  assumed: readonly AssumptionName[] = [],
): CostLine {
  const { resource, owner } = more;
  const environment = more.environment ?? (resource === undefined ? undefined : owner?.(resource));
  return {
    what,
    ...(resource !== undefined && { resource: `${resource.stack}/${resource.logicalId}` }),
    ...(environment !== undefined && { environment }),
    count: 1,
    quantity,
    unit: estate.prices.prices[price].per,
    price,
    usd: quantity * estate.prices.prices[price].usd,
    assumed,
  };
}
