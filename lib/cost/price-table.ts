import table from './prices.json';

export type PriceId = keyof typeof table.prices;

export interface Price {
  readonly usd: number;
  readonly per: string;
  /** Key of the table's `sources`. */
  readonly source: string;
  readonly where: string;
  /** Not seen on a page or in a price list of AWS. */
  readonly uncertain?: boolean;
}

/** List prices of one region on one day, in US dollars without tax; every one with its source. */
export interface PriceTable {
  /** ISO 8601. */
  readonly date: string;
  readonly region: string;
  readonly hoursPerMonth: number;
  readonly sources: Readonly<Record<string, string>>;
  readonly prices: Readonly<Record<PriceId, Price>>;
  readonly freeTypes: { readonly types: readonly string[] };
  readonly standardSupportEnds: { readonly versions: Readonly<Record<string, string>> };
}

export const priceTable: PriceTable = table;
