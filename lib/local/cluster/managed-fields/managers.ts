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
}

/** Appliers are the same in each version of the API, updaters are not. */
export const sameWriter = (a: Writer, b: Writer): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  (a.subresource ?? '') === (b.subresource ?? '') &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

/** Reads `metadata.managedFields`; what is not readable as such is nobody's. */
export function ownersOf(entries: readonly ManagedFields[] | undefined): Owner[] {
  return (entries ?? []).flatMap((entry) => {
    if (!isRecord(entry) || !entry.manager || !isRecord(entry.fieldsV1)) return [];
    const { manager, operation, apiVersion, time, subresource } = entry;
    return [
      {
        ...{ manager, operation, apiVersion, time },
        ...(subresource ? { subresource } : {}),
        fields: FieldSet.parse(entry.fieldsV1),
      },
    ];
  });
}

/** `metadata.managedFields`: appliers first, then by time. An entry whose fields did not change keeps its time. */
export function entriesOf(owners: readonly Owner[], before: readonly Owner[], time: string): ManagedFields[] {
  return owners
    .filter((owner) => !owner.fields.isEmpty())
    .map(({ manager, operation, apiVersion, subresource, fields }): ManagedFields => {
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
