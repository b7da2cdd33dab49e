import type { Clock } from '../clock';
import type { EventRule } from '../template/event-rule';
import { type BusEvent, busEvent, type EventContent } from './bus-event';
import { type Delivery, route } from './delivery';
import { changed, type EventJournal, openEventJournal, type Refs } from './journal';

/** What became of handing something to a target. `later`: the same may succeed another time. */
export type DeliveryOutcome =
  | { readonly status: 'delivered'; readonly detail: string }
  | { readonly status: 'later' | 'refused'; readonly reason: string };

export interface BusOptions {
  /** Folder of the journal. */
  readonly folder: string;
  readonly account: string;
  readonly region: string;
  readonly rules: readonly EventRule[];
  /** Hands a delivery to its target. May be called again for the same one. */
  deliver(delivery: Delivery): Promise<DeliveryOutcome>;
  /** Hears of what went wrong, in words for people. */
  warn(message: string): void;
  readonly clock: Clock;
  newId(): string;
  /** From 0 to 1, for the waits between attempts. */
  random(): number;
}

/** A change of a repository's refs: full name -> what it is now, `null` if it is gone. */
export interface RefChanges {
  readonly repository: string;
  readonly changes: Readonly<Record<string, string | null>>;
}

/**
 * The default event bus: matches events with the rules and hands them to the targets, each at least once. What was published is in a
 * journal before the promise ends; what a killed process left undelivered, the next one delivers.
 */
export interface EventBus {
  publish(contents: readonly EventContent[], with_?: PublishOptions): Promise<readonly BusEvent[]>;
  /** Begins to deliver, and with what was left. */
  start(): void;
  /** Of a repository, as last journaled; undefined: never seen. */
  refs(repository: string): Refs | undefined;
  /** A repository that is new here: these refs are no news. */
  seeded(repository: string, refs: Refs): void;
  rules(): readonly EventRule[];
  /** EnableRule, DisableRule; until this process ends. False: there is no such rule. */
  setEnabled(rule: string, enabled: boolean): boolean;
  /** When nothing is left to deliver. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface PublishOptions {
  readonly refs?: RefChanges;
  /** What starts without a rule: the triggers of pipelines. */
  readonly deliveries?: (events: readonly BusEvent[]) => readonly Delivery[];
}

export function openBus(options: BusOptions): EventBus {
  const journal = openEventJournal(`${options.folder}/journal.jsonl`);
  return new Bus(options, journal);
}

/** Milliseconds between attempts: doubles from one second to five minutes. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 300_000;

class Bus implements EventBus {
  private known: EventRule[];
  private readonly repositories: Map<string, Refs>;
  private readonly waiting: Map<string, Delivery>;
  private readonly running = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();
  private started = false;

  constructor(
    private readonly options: BusOptions,
    private readonly journal: EventJournal,
  ) {
    this.known = [...options.rules];
    this.repositories = new Map(journal.before.refs);
    this.waiting = new Map(journal.before.pending);
  }

  async publish(contents: readonly EventContent[], { refs, deliveries }: PublishOptions = {}): Promise<BusEvent[]> {
    const { clock, newId, account, region, warn } = this.options;
    const now = clock.now();
    const events = contents.map((content) => busEvent(content, { account, region }, newId(), now));
    const routed = events.flatMap((event) => route(event, this.known, now));
    const made: Delivery[] = [...(deliveries?.(events) ?? [])];
    for (const each of routed) {
      if ('problem' in each) warn(each.problem);
      else made.push(each);
    }
    if (refs || made.length > 0) {
      this.journal.append({ kind: 'events', ...refs, events, deliveries: made });
      if (refs) {
        const before = this.repositories.get(refs.repository) ?? {};
        this.repositories.set(refs.repository, changed(before, refs.changes));
      }
      for (const delivery of made) this.waiting.set(delivery.id, delivery);
      await this.journal.flush();
      this.deliverWaiting();
    }
    return events;
  }

  start(): void {
    this.started = true;
    this.deliverWaiting();
  }

  refs(repository: string): Refs | undefined {
    return this.repositories.get(repository);
  }

  seeded(repository: string, refs: Refs): void {
    this.journal.append({ kind: 'refs', repository, refs });
    this.repositories.set(repository, refs);
  }

  rules(): readonly EventRule[] {
    return this.known;
  }

  setEnabled(name: string, enabled: boolean): boolean {
    const found = this.known.some((rule) => rule.name === name);
    this.known = this.known.map((rule) => (rule.name === name ? { ...rule, enabled } : rule));
    return found;
  }

  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  async close(): Promise<void> {
    this.started = false;
    this.closing.abort();
    await this.idle();
    await this.journal.flush();
    this.journal.close();
  }

  private deliverWaiting(): void {
    if (!this.started) return;
    for (const [id, delivery] of this.waiting) {
      this.waiting.delete(id);
      if (this.running.has(id)) continue;
      const run = this.deliver(delivery).finally(() => this.running.delete(id));
      this.running.set(id, run);
    }
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { clock, warn, random } = this.options;
    const until = Date.parse(delivery.since) + delivery.retry.seconds * 1000;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.attempt(delivery);
      if (outcome.status === 'delivered') return this.end(delivery, 'delivered', outcome.detail);
      if (this.closing.signal.aborted) return;
      const over = attempt >= delivery.retry.attempts || clock.now().getTime() >= until;
      if (outcome.status === 'refused' || over) {
        warn(`${delivery.rule} could not be delivered to ${delivery.target}: ${outcome.reason}`);
        return this.end(delivery, 'dead', outcome.reason);
      }
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempt, 20));
      await clock.sleep(wait * (0.5 + random() / 2), this.closing.signal);
      if (this.closing.signal.aborted) return;
    }
  }

  private async attempt(delivery: Delivery): Promise<DeliveryOutcome> {
    try {
      return await this.options.deliver(delivery);
    } catch (cause) {
      return { status: 'later', reason: cause instanceof Error ? cause.message : String(cause) };
    }
  }

  private end(delivery: Delivery, status: 'delivered' | 'dead', detail: string): void {
    this.journal.append({ kind: 'ended', delivery: delivery.id, status, detail });
  }
}
