import { age, type Column } from '../api/columns';
import type { Kind, Subresource } from '../kinds';
import { type Decoded, decode, isRecord } from '../schema/decode';
import { bad } from '../schema/field-errors';
import type { FieldError } from '../status';
import type { Condition, KubeObject } from '../types';
import { valuesAt } from './json-path';
import { prune, type Structural, shapeOfCustom } from './structural';
import { schemaErrors } from './validate';

/** https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/ */
export interface CustomResourceDefinition extends KubeObject {
  spec: {
    group: string;
    scope: 'Namespaced' | 'Cluster';
    names: Names;
    versions: Version[];
    conversion?: { strategy: string };
  };
  status?: { conditions?: Condition[]; acceptedNames?: Names; storedVersions?: string[] };
}

export interface Names {
  plural: string;
  singular: string;
  kind: string;
  listKind: string;
  shortNames?: string[];
  categories?: string[];
}

interface Version {
  name: string;
  served: boolean;
  storage: boolean;
  schema?: { openAPIV3Schema?: Structural };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  };
  additionalPrinterColumns?: { name: string; type: string; jsonPath: string; priority?: number }[];
}

/** Fills what the API fills in a definition, in place. */
export function definitionDefaults(object: Record<string, unknown>): void {
  const spec = isRecord(object['spec']) ? object['spec'] : {};
  const names = isRecord(spec['names']) ? spec['names'] : {};
  if (typeof names['kind'] === 'string') {
    names['singular'] ??= names['kind'].toLowerCase();
    names['listKind'] ??= `${names['kind']}List`;
  }
  spec['conversion'] ??= { strategy: 'None' };
}

/** What the API refuses in a definition; webhook conversion is not supported here. */
export function definitionErrors(object: KubeObject): FieldError[] {
  const { spec, metadata } = object as CustomResourceDefinition;
  const errors: FieldError[] = [];
  if (metadata.name !== `${spec.names.plural}.${spec.group}`) {
    errors.push(bad('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (spec.versions.filter((version) => version.storage).length !== 1) {
    errors.push(bad('spec.versions', spec.versions, 'must have exactly one version marked as storage version'));
  }
  if (spec.conversion && spec.conversion.strategy !== 'None') {
    errors.push({
      field: 'spec.conversion.strategy',
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: "${spec.conversion.strategy}": the embedded cluster calls no webhooks; supported values: "None"`,
    });
  }
  for (const [i, version] of spec.versions.entries()) {
    const path = `spec.versions[${i}].schema.openAPIV3Schema`;
    const schema = version.schema?.openAPIV3Schema;
    if (!schema)
      errors.push({ field: path, reason: 'FieldValueRequired', message: 'Required value: schemas are required' });
    else if (schema.type !== 'object')
      errors.push(bad(`${path}.type`, schema.type ?? '', 'must be object at the root'));
  }
  return errors;
}

/** A Kind for each served version, the stored one first. */
export function kindsOfDefinition({ spec }: CustomResourceDefinition): Kind[] {
  const storage = spec.versions.find((version) => version.storage);
  const versions = [...spec.versions].filter((version) => version.served);
  versions.sort((a, b) => Number(b.storage) - Number(a.storage));
  return versions.map((version) => kindOfVersion(spec, version, `${spec.group}/${storage?.name}`));
}

function kindOfVersion(spec: CustomResourceDefinition['spec'], version: Version, storedAs: string): Kind {
  const schema = version.schema?.openAPIV3Schema ?? {};
  const { names, group } = spec;
  const { status, scale } = version.subresources ?? {};
  const subresources: Subresource[] = [
    ...(status ? (['status'] as const) : []),
    ...(scale ? (['scale'] as const) : []),
  ];
  return {
    kind: names.kind,
    group,
    version: version.name,
    plural: names.plural,
    singular: names.singular,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    subresources,
    counted: true,
    custom: {
      storedAs,
      schema,
      decode: (raw) => decodeCustom(names.kind, schema, raw),
      errors: (object) => schemaErrors(withoutMeta(object), schema, ''),
      shape: shapeOfCustom(schema),
      columns: columnsOf(version),
      ...(scale ? { scale } : {}),
    },
  };
}

const withoutMeta = ({ apiVersion: _, kind: __, metadata: ___, ...rest }: KubeObject): object => rest;

function decodeCustom(kind: string, schema: Structural, raw: unknown): Decoded {
  if (!isRecord(raw)) return { object: {}, unknown: [], mistyped: [`json: cannot unmarshal into ${kind}`] };
  const { apiVersion, kind: given, metadata, ...rest } = raw;
  const meta = decode('ObjectMeta', metadata ?? {});
  const unknown = meta.unknown.map((path) => `metadata.${path}`);
  const body = prune(rest, schema, '', unknown) as Record<string, unknown>;
  return { object: { apiVersion, kind: given, metadata: meta.object, ...body }, unknown, mistyped: meta.mistyped };
}

function columnsOf(version: Version): Column[] {
  return (version.additionalPrinterColumns ?? []).map(({ name, type, jsonPath, priority = 0 }) => ({
    name,
    type: type === 'integer' ? 'integer' : 'string',
    ...(priority > 0 ? { wide: true } : {}),
    cell: (object, now) => {
      const [value] = valuesAt(object, jsonPath);
      if (value === undefined || value === null) return type === 'integer' ? null : '';
      if (type === 'date') return age(String(value), now);
      return typeof value === 'object' ? JSON.stringify(value) : type === 'integer' ? value : String(value);
    },
  }));
}
