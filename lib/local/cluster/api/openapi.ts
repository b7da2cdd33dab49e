import { apiVersionOf, groupVersions, type Kind } from '../kinds';
import { type FieldType, fieldsOf } from '../schema/schema';

/** `/openapi/v3`: where the document of each group and version is. */
export function openapiIndex(): object {
  const paths = groupVersions().map(({ group, version }) => {
    const path = group ? `apis/${group}/${version}` : `api/${version}`;
    return [path, { serverRelativeURL: `/openapi/v3/${path}` }];
  });
  return { paths: Object.fromEntries(paths) };
}

/**
 * The OpenAPI v3 document of a group and version: just enough that kubectl leaves validation to the server (the PATCH operation
 * names its kind and takes `fieldValidation`) and `kubectl explain` finds the fields.
 */
export function openapiDocument(path: string): object | undefined {
  const entry = groupVersions().find(
    ({ group, version }) => path === (group ? `apis/${group}/${version}` : `api/${version}`),
  );
  if (!entry) return undefined;
  const schemas: Record<string, object> = {};
  const paths: Record<string, object> = {};
  for (const kind of entry.kinds) {
    describe(kind.kind, schemas);
    schemas[kind.kind] = { ...schemas[kind.kind], 'x-kubernetes-group-version-kind': [gvk(kind)] };
    paths[`/${path}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`] = operations(kind);
  }
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.35.0' }, paths, components: { schemas } };
}

const gvk = (kind: Kind) => ({ group: kind.group, version: kind.version, kind: kind.kind });

function operations(kind: Kind): object {
  const query = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
  const parameters = [query('dryRun'), query('fieldManager'), query('fieldValidation'), query('force')];
  const schema = { $ref: `#/components/schemas/${kind.kind}` };
  const responses = { '200': { description: 'OK', content: { 'application/json': { schema } } } };
  const action = { 'x-kubernetes-group-version-kind': gvk(kind), tags: [apiVersionOf(kind)], responses };
  return {
    get: { ...action, 'x-kubernetes-action': 'get' },
    patch: { ...action, 'x-kubernetes-action': 'patch', parameters },
  };
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
