import { equal } from '../equal';
import { isRecord } from '../schema/decode';
import type { Shape } from '../schema/shape';
import { elementName, elementsOf, isHollow, isInner } from './elements';
import { FieldSet } from './field-set';

/** The paths that a value sets: leaves, elements of lists, entries of maps, and what is there but empty. */
export function fieldsIn(value: unknown, shape: Shape): FieldSet {
  const out = new FieldSet();
  const named = shape.form === 'struct';
  for (const [element, below] of elementsOf(value, shape)) {
    if (isInner(below.value, below.shape)) out.graft(element, fieldsIn(below.value, below.shape));
    const whole = !named || !isInner(below.value, below.shape) || (isRecord(below.value) && isHollow(below.value));
    if (whole) out.members.add(element);
  }
  return out;
}

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Structs that every object of their owner has, in the API's own types: they appear with what is in them. */
const ALWAYS = new Set(
  ['metadata', 'spec', 'status', 'template', 'strategy', 'updateStrategy', 'jobTemplate', 'containers'].map(
    (name) => `f:${name}`,
  ),
);

/** What two states of a value differ in, by path. */
export function compare(before: unknown, after: unknown, shape: Shape): Comparison {
  const out: Comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  const [old, now] = [elementsOf(before, shape), elementsOf(after, shape)];
  for (const [element, right] of now) {
    const left = old.get(element);
    if (!left) {
      appear(out.added, element, right);
    } else if (equal(left.value, right.value)) {
      // Most of an object is as it was: only what differs is walked through.
    } else if (isInner(left.value, left.shape) && isInner(right.value, right.shape)) {
      const below = compare(left.value, right.value, right.shape);
      for (const part of ['added', 'modified', 'removed'] as const) out[part].graft(element, below[part]);
    } else {
      out.modified.members.add(element);
    }
  }
  for (const [element, left] of old) if (!now.has(element)) appear(out.removed, element, left);
  return out;
}

function appear(set: FieldSet, element: string, { value, shape }: { value: unknown; shape: Shape }): void {
  if (isInner(value, shape)) {
    const below = new FieldSet();
    for (const [inner, found] of elementsOf(value, shape)) appear(below, inner, found);
    set.graft(element, below);
  }
  if (!isInner(value, shape) || isHollow(value) || !ALWAYS.has(element)) set.members.add(element);
}

/** `live` with everything that `config` sets; lists that have keys are merged by element, in the order of `config`. */
export function merge(live: unknown, config: unknown, shape: Shape): unknown {
  if (!isInner(live, shape) || !isInner(config, shape)) return config;
  if (shape.form === 'struct' || shape.form === 'map') {
    const out = { ...(live as Record<string, unknown>) };
    for (const [name, value] of Object.entries(config as Record<string, unknown>)) {
      const below = shape.form === 'map' ? shape.of : shape.field(name);
      out[name] = below ? merge(out[name], value, below) : value;
    }
    return out;
  }
  const [left, right] = [elementsOf(live, shape), elementsOf(config, shape)];
  const out = new Map<string, unknown>();
  const rest = [...left.keys()];
  const takeOwn = () => {
    while (rest[0] !== undefined && (!right.has(rest[0]) || out.has(rest[0]))) {
      const element = rest.shift() as string;
      if (!out.has(element)) out.set(element, left.get(element)?.value);
    }
  };
  for (const [element, item] of right) {
    takeOwn();
    const mine = left.get(element);
    out.set(element, mine ? merge(mine.value, item.value, item.shape) : item.value);
  }
  takeOwn();
  return [...out.values()];
}

/** `value` without what the set `last` names and nobody in `owned` holds any more. */
export function prune(value: unknown, shape: Shape, last: FieldSet, owned: FieldSet): unknown {
  const gone = new Set<string>();
  const inner = new Map<string, unknown>();
  for (const [element, below] of elementsOf(value, shape)) {
    if (!last.touches(element)) continue;
    if (!owned.touches(element)) gone.add(element);
    else if (isInner(below.value, below.shape)) {
      const deeper = [last, owned].map((set) => set.children.get(element) ?? new FieldSet()) as [FieldSet, FieldSet];
      inner.set(element, prune(below.value, below.shape, ...deeper));
    }
  }
  if (gone.size === 0 && inner.size === 0) return value;
  if (shape.form === 'keyed' || shape.form === 'set') {
    const items = (value as unknown[]).map((item) => [elementName(shape, item), item] as const);
    return items.filter(([name]) => !gone.has(name)).map(([name, item]) => (inner.has(name) ? inner.get(name) : item));
  }
  const entries = Object.entries(value as Record<string, unknown>).filter(([name]) => !gone.has(`f:${name}`));
  return Object.fromEntries(entries.map(([name, old]) => [name, inner.get(`f:${name}`) ?? old]));
}
