import type { Event } from '../event';
import type { ConditionState, StageState } from '../run-state';

type EventOf<K extends Event['kind']> = Extract<Event, { kind: K }>;

/** The conditions of a stage after one more event about them. */
export function judged(
  stage: StageState,
  event: EventOf<'rule-started' | 'rule-ended' | 'condition-ended' | 'condition-overridden'>,
): ConditionState[] {
  const { hook, time } = event;
  const make = (): ConditionState => ({ hook, attempt: stage.attempt, status: 'InProgress', reason: '' });
  switch (event.kind) {
    case 'rule-started':
    case 'rule-ended':
      return replaced(
        stage.conditions,
        (condition) => condition.hook === hook && condition.status === 'InProgress',
        make,
        (condition) => ({
          ...condition,
          rules: replaced(
            condition.rules ?? [],
            ({ name }) => name === event.rule,
            () => ({ name: event.rule, provider: event.provider, status: 'InProgress', startedAt: time }),
            (rule) =>
              event.kind === 'rule-started'
                ? rule
                : { ...rule, status: event.status, reason: event.reason, endedAt: time },
          ),
        }),
      );
    case 'condition-ended':
      return replaced(
        stage.conditions,
        (condition) => condition.hook === hook && condition.status === 'InProgress',
        make,
        (condition) => ({
          ...condition,
          status: event.status,
          ...(event.result !== undefined && { result: event.result }),
          reason: event.reason,
          endedAt: time,
        }),
      );
    case 'condition-overridden':
      return replaced(
        stage.conditions,
        (condition) => condition.hook === hook,
        make,
        (condition) => ({ ...condition, status: 'Overridden' }),
      );
  }
}

/** The list with the last matching item changed; a new item, changed, at its end if none matches. */
function replaced<T>(items: readonly T[], matches: (item: T) => boolean, make: () => T, change: (item: T) => T): T[] {
  const at = items.findLastIndex(matches);
  return at < 0 ? [...items, change(make())] : items.with(at, change(items[at] as T));
}
