import { err, ok, type Result } from '../../../result';
import { equal } from '../equal';
import type { Shape } from '../schema/shape';
import type { KubeObject, ManagedFields } from '../types';
import { FieldSet } from './field-set';
import { entriesOf, type Owner, ownersOf, sameWriter, type Writer } from './managers';
import { type Comparison, compare, fieldsIn, merge, prune } from './typed';

/** A field that an applier would change while somebody else manages it. */
export interface FieldConflict {
  readonly owner: Owner;
  readonly path: string;
}

/** Metadata that the server owns; nobody manages it. */
const SERVER_OWNED = new Set([
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'selfLink',
  'generation',
  'managedFields',
  'resourceVersion',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]);

/** Whoever stops setting labels does not take the metadata away with them. */
const NAME = FieldSet.parse({ 'f:metadata': { 'f:name': {} } });

/** The part of an object that a request to this subresource writes. */
export function writable(object: KubeObject, subresource: string | undefined): Record<string, unknown> {
  const { apiVersion: _, kind: __, metadata, status, ...rest } = object;
  if (subresource === 'status') return status === undefined ? {} : { status };
  const kept = Object.entries(metadata).filter(([name, value]) => !SERVER_OWNED.has(name) && value !== undefined);
  return kept.length > 0 ? { ...rest, metadata: Object.fromEntries(kept) } : rest;
}

/** `managedFields` after a create, update or patch: what changed is the writer's, and nobody else's. */
export function afterUpdate(
  shape: Shape,
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Writer,
  time: string,
): ManagedFields[] {
  // Managed fields may be written directly, as kubectl does to hand them over; an absent list changes nothing.
  const isGiven = !writer.subresource && !equal(after.metadata.managedFields, before?.metadata.managedFields);
  const given = isGiven ? ownersOf(after.metadata.managedFields) : [];
  const known = ownersOf(before?.metadata.managedFields);
  const reset = isGiven && after.metadata.managedFields?.length === 1 && given.length === 0;
  const owners = reset ? [] : given.length > 0 ? given : known;
  const change = compare(
    before ? writable(before, writer.subresource) : {},
    writable(after, writer.subresource),
    shape,
  );
  const changed = change.added.union(change.modified);
  if (!isGiven && changed.isEmpty() && change.removed.isEmpty()) return [...(before?.metadata.managedFields ?? [])];
  const mine = owners.find((owner) => sameWriter(owner, writer));
  const others = owners.filter((owner) => owner !== mine).map((owner) => without(owner, changed, change.removed));
  if (mine && !mine.fields.meets(change.removed) && changed.difference(mine.fields).isEmpty()) {
    return entriesOf([...others, mine], [], time);
  }
  const fields = mine ? mine.fields.difference(change.removed).union(changed) : changed;
  return entriesOf([...others, { ...writer, time, fields }], reset ? [] : [...given, ...known], time);
}

function without(owner: Owner, ...sets: readonly FieldSet[]): Owner {
  if (!sets.some((set) => owner.fields.meets(set))) return owner;
  const { entry: _, ...rest } = owner;
  return { ...rest, fields: sets.reduce((fields, set) => fields.difference(set), owner.fields) };
}

export interface Applied {
  /** The live object with the configuration merged in, not yet defaulted; `managedFields` up to date. */
  readonly object: KubeObject;
  readonly change: Comparison;
}

/**
 * Server-side apply: sets what the configuration sets, removes what this manager applied before and nobody else holds, refuses to
 * change what others manage unless forced. https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export function apply(
  shape: Shape,
  live: KubeObject,
  config: KubeObject,
  writer: Writer,
  time: string,
  force: boolean,
): Result<Applied, FieldConflict> {
  const wanted = writable(config, writer.subresource);
  const owners = ownersOf(live.metadata.managedFields);
  const last = owners.find((owner) => sameWriter(owner, writer));
  const others = owners.filter((owner) => owner !== last);
  const mine: Owner = { ...writer, time, fields: fieldsIn(wanted, shape) };
  let merged = merge(live, wanted, shape);
  if (last) {
    const owned = others.reduce((all, owner) => all.union(owner.fields), mine.fields).union(NAME);
    merged = prune(merged, shape, last.fields, owned);
  }
  const object = merged as KubeObject;
  const change = compare(writable(live, writer.subresource), writable(object, writer.subresource), shape);
  const changed = change.added.union(change.modified);
  const conflicts = others.flatMap((owner) =>
    owner.fields
      .intersection(changed)
      .paths()
      .map((path) => ({ owner, path })),
  );
  if (conflicts.length > 0 && !force) return err(...conflicts);
  const rest = others.map((owner) => without(owner, changed, change.removed));
  const managedFields = entriesOf([...rest, mine], owners, time);
  return ok({ object: { ...object, metadata: { ...object.metadata, managedFields } }, change });
}
