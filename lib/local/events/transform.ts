import { err, ok, type Result } from '../../result';
import type { BusEvent } from './bus-event';

/** What a target gets of an event: the event itself, a fixed text, a part of the event, or a template filled from it. */
export type TargetInput =
  | { readonly kind: 'event' }
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'template'; readonly paths: Readonly<Record<string, string>>; readonly template: string };

export interface RuleIdentity {
  readonly name: string;
  readonly arn: string;
}

/** The text that the target gets. Errors: a template that gives no JSON for this event. */
export function transform(input: TargetInput, event: BusEvent, rule: RuleIdentity, now: Date): Result<string, string> {
  switch (input.kind) {
    case 'event':
      return ok(JSON.stringify(event));
    case 'constant':
      return ok(input.text);
    case 'path': {
      const value = valueAt(event, input.path);
      return value === undefined ? err(`the event has nothing at ${input.path}`) : ok(JSON.stringify(value));
    }
    case 'template':
      return fill(input.template, valuesOf(input.paths, event, rule, now));
    default:
      return input satisfies never;
  }
}

function valuesOf(
  paths: Readonly<Record<string, string>>,
  event: BusEvent,
  rule: RuleIdentity,
  now: Date,
): ReadonlyMap<string, unknown> {
  const { detail: _, ...envelope } = event;
  const values = new Map<string, unknown>([
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', now.toISOString()],
    ['aws.events.event', envelope],
    ['aws.events.event.json', event],
  ]);
  for (const [name, path] of Object.entries(paths)) {
    const value = valueAt(event, path);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

const STEP = /\.([A-Za-z0-9_\-/ ]+|\*)|\[(\d+|\*)\]/gy;

/** Whether it is a path that EventBridge knows: `$`, `$.detail.list[0].name`, `*` for every member. */
export function isPath(path: string): boolean {
  return path.startsWith('$') && path.slice(1).replace(STEP, '') === '';
}

/** What stands at `path`; of a path with `*` the list of all that it names. */
function valueAt(value: unknown, path: string): unknown {
  let found: unknown[] = [value];
  let many = false;
  for (const [, key, index] of path.slice(1).matchAll(STEP)) {
    const step = key ?? index ?? '';
    many ||= step === '*';
    found = found.flatMap((each) => {
      if (typeof each !== 'object' || each === null) return [];
      if (step === '*') return Object.values(each);
      return Object.hasOwn(each, step) ? [(each as Record<string, unknown>)[step]] : [];
    });
  }
  return many ? found : found[0];
}

/**
 * Fills a template (EventBridge user guide, eb-transform-target-input). A variable outside of quotes becomes JSON, with quotes of
 * its own if it is a text; inside of them it is text, escaped so that the whole stays JSON. A variable that the event does not
 * have becomes an empty text. A template of several lines, each in quotes, gives these lines.
 */
function fill(template: string, values: ReadonlyMap<string, unknown>): Result<string, string> {
  let quoted = false;
  const filled = template.replace(/\\.|"|<([^<>\s]+)>/gs, (match, name?: string) => {
    if (match === '"') quoted = !quoted;
    if (name === undefined) return match;
    const value = values.get(name) ?? '';
    if (!quoted) return JSON.stringify(value);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
  const parts = /^\s*"/.test(filled) ? filled.split('\n').filter((line) => line.trim() !== '') : [filled];
  for (const part of parts) {
    try {
      JSON.parse(part);
    } catch {
      return err(`the input template gives no JSON for this event: ${part.slice(0, 200)}`);
    }
  }
  return ok(parts.length === 1 ? filled.trim() : parts.join('\n'));
}
