import { type FieldType, fieldsOf } from './schema';

export interface Decoded {
  /** The object without unknown fields and nulls, quantities and times as the API writes them. */
  readonly object: Record<string, unknown>;
  /** Paths of fields that the type does not have. */
  readonly unknown: readonly string[];
  /** Values of a wrong type, in the words of the API's decoder. */
  readonly mistyped: readonly string[];
}

interface Findings {
  readonly unknown: string[];
  readonly mistyped: string[];
}

/** Reads `raw` as the type of that name. `status` and server-owned fields are read like any other. */
export function decode(type: string, raw: unknown): Decoded {
  const findings: Findings = { unknown: [], mistyped: [] };
  const object = struct(type, raw, '', type, findings);
  return { object: (object ?? {}) as Record<string, unknown>, ...findings };
}

function struct(type: string, raw: unknown, path: string, owner: string, findings: Findings): unknown {
  if (!isRecord(raw)) return mistyped(raw, `v1.${type}`, path, owner, findings);
  const fields = fieldsOf(type);
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const at = path ? `${path}.${key}` : key;
    const field = fields.get(key);
    if (!field) {
      findings.unknown.push(at);
      continue;
    }
    if (value === null || value === undefined) continue;
    const read = readValue(field.type, value, at, type, findings);
    if (read !== undefined && !(isEmpty(read, field.type) && !WRITTEN_EMPTY.has(`${type}.${key}`))) out[key] = read;
  }
  return out;
}

/** Lists that the Go types write also when they are empty; all others, and maps, have `omitempty`. */
const WRITTEN_EMPTY: ReadonlySet<string> = new Set([
  'PodSpec.containers',
  'EndpointSlice.endpoints',
  'EndpointSlice.ports',
  'Role.rules',
  'ClusterRole.rules',
  'CustomResourceDefinitionSpec.versions',
]);

const isEmpty = (value: unknown, { form }: FieldType): boolean =>
  (form === 'list' && (value as readonly unknown[]).length === 0) ||
  (form === 'map' && Object.keys(value as object).length === 0);

function readValue(type: FieldType, raw: unknown, path: string, owner: string, findings: Findings): unknown {
  switch (type.form) {
    case 'struct':
      return struct(type.name, raw, path, owner, findings);
    case 'list': {
      if (!Array.isArray(raw)) return mistyped(raw, `[]${goName(type.of)}`, path, owner, findings);
      const of = type.of;
      return raw.map((item, i) => readValue(of, item, `${path}[${i}]`, owner, findings));
    }
    case 'map': {
      if (!isRecord(raw)) return mistyped(raw, `map[string]${goName(type.of)}`, path, owner, findings);
      const of = type.of;
      return Object.fromEntries(
        Object.entries(raw).map(([key, value]) => [
          key,
          readValue(of, value === null ? zero(of) : value, `${path}.${key}`, owner, findings),
        ]),
      );
    }
    case 'scalar':
      return scalar(type.name, raw, path, owner, findings);
    default:
      return type satisfies never;
  }
}

function scalar(name: string, raw: unknown, path: string, owner: string, findings: Findings): unknown {
  const fail = (expected: string) => mistyped(raw, expected, path, owner, findings);
  switch (name) {
    case 'string':
    case 'time':
    case 'microtime':
      return typeof raw === 'string' ? raw : fail(name === 'string' ? 'string' : 'v1.Time');
    case 'bytes':
      return typeof raw === 'string' && isBase64(raw) ? raw : fail('[]uint8 (base64)');
    case 'boolean':
      return typeof raw === 'boolean' ? raw : fail('bool');
    case 'int32':
    case 'int64':
      return Number.isInteger(raw) ? raw : fail(name);
    case 'number':
    case 'double':
      return typeof raw === 'number' ? raw : fail('float64');
    case 'intstr':
      return typeof raw === 'string' || Number.isInteger(raw) ? raw : fail('intstr.IntOrString');
    case 'quantity':
      return isQuantity(raw) ? String(raw) : fail('resource.Quantity');
    default:
      return raw;
  }
}

function mistyped(raw: unknown, expected: string, path: string, owner: string, findings: Findings): undefined {
  const given = Array.isArray(raw) ? 'array' : raw === null ? 'null' : typeof raw === 'boolean' ? 'bool' : typeof raw;
  findings.mistyped.push(`json: cannot unmarshal ${given} into Go struct field ${owner}.${path} of type ${expected}`);
  return undefined;
}

const goName = (type: FieldType): string => (type.form === 'struct' ? `v1.${type.name}` : 'string');
const zero = (type: FieldType): unknown => (type.form === 'scalar' ? '' : {});

const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text);

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const isQuantity = (raw: unknown): boolean =>
  typeof raw === 'number' ||
  (typeof raw === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?\d+))?$/.test(raw));

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
