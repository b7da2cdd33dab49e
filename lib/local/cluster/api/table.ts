import type { Kind } from '../kinds';
import type { KubeObject } from '../types';
import { age, type Column, columnsOf } from './columns';

/** `kubectl get`: a meta.k8s.io/v1 Table of these objects. */
export function tableOf(kind: Kind, objects: readonly KubeObject[], resourceVersion: string, now: number): object {
  const columns = columnsOf(kind.kind, kind.custom?.columns);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion },
    columnDefinitions: columns.map(definition),
    rows: objects.map((object) => row(columns, object, now)),
  };
}

/** One event of a watch: only the first repeats the columns. */
export function rowTable(kind: Kind, object: KubeObject, first: boolean, now: number): object {
  const table = tableOf(kind, [object], object.metadata.resourceVersion, now);
  return first ? table : { ...table, columnDefinitions: null };
}

const definition = (column: Column) => ({
  name: column.name,
  type: column.type ?? 'string',
  format: column.name === 'Name' ? 'name' : '',
  description: '',
  priority: column.wide ? 1 : 0,
});

const row = (columns: readonly Column[], object: KubeObject, now: number) => ({
  cells: columns.map((column) =>
    column.name === 'Age' ? age(object.metadata.creationTimestamp, now) : column.cell(object, now),
  ),
  object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
});
