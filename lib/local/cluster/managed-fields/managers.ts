import { equal } from '../equal';
import { isRecord } from '../schema/decode';
import type { ManagedFields } from '../types';
import { FieldSet } from './field-set';

/** Who writes, and how: the identity of an entry of `managedFields`. */
export interface Writer {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
}

export interface Owner extends Writer {
  readonly time: string;
  readonly fields: FieldSet;
  /** As it is stored, while its fields are those that were read from it. */
  readonly entry?: ManagedFields;
}

/** Appliers are the same in each version of the API, updaters are not. */
export const sameWriter = (a: Writer, b: Writer): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  (a.subresource ?? '') === (b.subresource ?? '') &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

/** Sets that were read: entries are shared between the states of an object. */
const sets = new WeakMap<object, FieldSet>();

function setOf(fields: object): FieldSet {
  const known = sets.get(fields) ?? FieldSet.parse(fields);
  sets.set(fields, known);
  return known;
}

/** Reads `metadata.managedFields`; what is not readable as such is nobody's. */
export function ownersOf(entries: readonly ManagedFields[] | undefined): Owner[] {
  return (entries ?? []).flatMap((entry) => {
    if (!isRecord(entry) || !entry.manager || !isRecord(entry.fieldsV1)) return [];
    const { manager, operation, apiVersion, time, subresource } = entry;
    return [
      {
        ...{ manager, operation, apiVersion, time },
        ...(subresource ? { subresource } : {}),
        fields: setOf(entry.fieldsV1),
        entry,
      },
    ];
  });
}

/** `metadata.managedFields`: appliers first, then by time. An entry whose fields did not change keeps its time. */
export function entriesOf(owners: readonly Owner[], before: readonly Owner[], time: string): ManagedFields[] {
  return owners
    .filter((owner) => !owner.fields.isEmpty())
    .map(({ manager, operation, apiVersion, subresource, fields, entry }): ManagedFields => {
      if (entry) return entry;
      const fieldsV1 = fields.toFields();
      const writer = { manager, operation, apiVersion, ...(subresource ? { subresource } : {}) };
      const old = before.find((owner) => sameWriter(owner, writer) && owner.apiVersion === apiVersion);
      const kept = old && equal(old.fields.toFields(), fieldsV1) ? old.time : time;
      return { ...writer, time: kept, fieldsType: 'FieldsV1', fieldsV1 };
    })
    .sort(
      (a, b) =>
        compareText(a.operation, b.operation) || compareText(a.time, b.time) || compareText(a.manager, b.manager),
    );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
