/** An event as EventBridge hands it to rules and targets (EventBridge user guide, eb-events-structure). */
export interface BusEvent {
  readonly version: '0';
  /** A UUID. */
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, UTC, seconds. */
  readonly time: string;
  readonly region: string;
  /** ARNs. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What of an event its source knows; the rest is the bus's. */
export type EventContent = Pick<BusEvent, 'detail-type' | 'source' | 'resources' | 'detail'>;

export function busEvent(
  content: EventContent,
  place: { readonly account: string; readonly region: string },
  id: string,
  now: Date,
): BusEvent {
  return {
    version: '0',
    id,
    'detail-type': content['detail-type'],
    source: content.source,
    account: place.account,
    time: now.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: place.region,
    resources: content.resources,
    detail: content.detail,
  };
}
