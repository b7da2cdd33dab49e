import type { KindTable } from '../kind-table';
import type { Kind } from '../kinds';
import { type FieldType, fieldsOf } from '../schema/schema';

/** `/openapi/v3`: where the document of each group and version is. */
export function openapiIndex(kinds: KindTable): object {
  const paths = kinds.groupVersions().map(({ group, version }) => {
    const path = group ? `apis/${group}/${version}` : `api/${version}`;
    return [path, { serverRelativeURL: `/openapi/v3/${path}` }];
  });
  return { paths: Object.fromEntries(paths) };
}

/**
 * The OpenAPI v3 document of a group and version: just enough that kubectl leaves validation to the server (the PATCH operation
 * names its kind and takes `fieldValidation`) and `kubectl explain` finds the fields.
 */
export function openapiDocument(kinds: KindTable, path: string): object | undefined {
  const entry = kinds
    .groupVersions()
    .find(({ group, version }) => path === (group ? `apis/${group}/${version}` : `api/${version}`));
  if (!entry) return undefined;
  const schemas: Record<string, object> = {};
  const paths: Record<string, object> = {};
  for (const kind of entry.kinds) {
    describeKind(kind, schemas);
    schemas[kind.kind] = { ...schemas[kind.kind], 'x-kubernetes-group-version-kind': [gvk(kind)] };
    paths[`/${path}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`] = operations(kind);
  }
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.35.0' }, paths, components: { schemas } };
}

/**
 * `/openapi/v2`: a document without definitions, in protobuf (`swagger` is field 1, `info` field 2 with `title` 1 and `version` 2).
 * kubectl validates `kind: List` by itself with that document, and leaves alone what it does not define; the server then validates
 * each item.
 */
export const OPENAPI_V2 = message(1, '2.0', message(2, message(1, 'Kubernetes', message(2, 'v1.35.0'))));

export const OPENAPI_V2_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** A length-delimited protobuf field of less than 128 bytes, and what follows it. */
function message(field: number, content: string | Buffer, rest: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([field * 8 + 2, bytes.length]), bytes, rest]);
}

const gvk = (kind: Kind) => ({ group: kind.group, version: kind.version, kind: kind.kind });

function operations(kind: Kind): object {
  const query = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
  const parameters = [query('dryRun'), query('fieldManager'), query('fieldValidation'), query('force')];
  const schema = { $ref: `#/components/schemas/${kind.kind}` };
  const responses = { '200': { description: 'OK', content: { 'application/json': { schema } } } };
  const action = { 'x-kubernetes-group-version-kind': gvk(kind), responses };
  return {
    get: { ...action, 'x-kubernetes-action': 'get' },
    patch: { ...action, 'x-kubernetes-action': 'patch', parameters },
  };
}

function describeKind(kind: Kind, into: Record<string, object>): void {
  if (!kind.custom) {
    describe(kind.kind, into);
    return;
  }
  describe('ObjectMeta', into);
  const text = { type: 'string' };
  const own = { apiVersion: text, kind: text, metadata: { allOf: [{ $ref: '#/components/schemas/ObjectMeta' }] } };
  into[kind.kind] = { ...kind.custom.schema, type: 'object', properties: { ...kind.custom.schema.properties, ...own } };
}

function describe(type: string, into: Record<string, object>): void {
  if (type in into) return;
  into[type] = {};
  const fields = [...fieldsOf(type)];
  const properties = fields.map(([name, field]) => [name, schemaOf(field.type, into)]);
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  into[type] = {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
  };
}

function schemaOf(type: FieldType, into: Record<string, object>): object {
  switch (type.form) {
    case 'list':
      return { type: 'array', items: schemaOf(type.of, into) };
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(type.of, into) };
    case 'struct':
      describe(type.name, into);
      return { allOf: [{ $ref: `#/components/schemas/${type.name}` }] };
    case 'scalar':
      return SCALARS[type.name] ?? { type: 'string' };
    default:
      return type satisfies never;
  }
}

const SCALARS: Readonly<Record<string, object>> = {
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  number: { type: 'number' },
  bytes: { type: 'string', format: 'byte' },
  time: { type: 'string', format: 'date-time' },
  microtime: { type: 'string', format: 'date-time' },
  intstr: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  any: { type: 'object' },
};
