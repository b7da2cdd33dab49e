import { createHash } from 'node:crypto';
import type { Trigger } from '../pipelines/host';
import type { EventRule, RetryPolicy } from '../template/event-rule';
import type { BusEvent } from './bus-event';
import { transform } from './transform';

/** What one target gets of one event. Made when the event comes, by the rules of that time. */
export interface Delivery {
  /** A UUID, the same one for the same event, rule and target: its token, by which a target knows it again. */
  readonly id: string;
  /** Id of the event. */
  readonly event: string;
  /** ARN of the rule, or of what else starts the target. */
  readonly rule: string;
  /** ARN. */
  readonly target: string;
  /** JSON. */
  readonly input: string;
  readonly trigger: Trigger;
  readonly retry: RetryPolicy;
  /** ISO 8601. */
  readonly since: string;
}

/** A delivery, or why there can be none. */
export type Routed = Delivery | { readonly problem: string };

/** What the rules make of an event. A rule that is disabled makes nothing. */
export function route(event: BusEvent, rules: readonly EventRule[], now: Date): Routed[] {
  return rules.flatMap((rule) => {
    if (!rule.enabled || !rule.pattern(event)) return [];
    return rule.targets.map((target): Routed => {
      const input = transform(target.input, event, rule, now);
      if (!input.ok) return { problem: `rule ${rule.name}, target ${target.id}: ${input.errors.join('; ')}` };
      return {
        id: deliveryId(event.id, rule.arn, target.id),
        event: event.id,
        rule: rule.arn,
        target: target.arn,
        input: input.value,
        trigger: { type: 'CloudWatchEvent', detail: rule.arn },
        retry: target.retry,
        since: now.toISOString(),
      };
    });
  });
}

/** A UUID made of the parts (RFC 9562, version 8). */
export function deliveryId(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\n')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
