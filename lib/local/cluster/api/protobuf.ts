import numbers from '../schema/field-numbers.json';
import { type FieldType, fieldsOf } from '../schema/schema';

/** First bytes of a Kubernetes protobuf body, before its `runtime.Unknown`. */
export const PROTOBUF_PREFIX = Buffer.from('k8s\0');

/**
 * Field numbers of the messages that clients send: type -> `number:field …`, from the generated.proto files of the Kubernetes API
 * (Apache-2.0). `number:~Type` is a message whose fields are those of its owner in JSON. Types of fields are in fields.json.
 */
const NUMBERS: Readonly<Record<string, string>> = numbers;

type Fields = Record<string, unknown>;

/** One field on the wire: a number, or the bytes of a length-delimited one. */
type Raw = bigint | Buffer;

/** Reads the kinds that kubectl makes by itself; undefined for others. Bytes become base64, as in JSON. Throws RangeError. */
export function decodeProtobuf(body: Buffer): Fields | undefined {
  let [apiVersion, kind] = ['', ''];
  let raw: Buffer = Buffer.alloc(0);
  for (const [number, value] of wire(body.subarray(PROTOBUF_PREFIX.length))) {
    if (number === 1) {
      for (const [inner, text] of wire(bytesOf(value))) {
        if (inner === 1) apiVersion = bytesOf(text).toString('utf8');
        else if (inner === 2) kind = bytesOf(text).toString('utf8');
      }
    } else if (number === 2) raw = bytesOf(value);
  }
  if (NUMBERS[kind] === undefined) return undefined;
  return { apiVersion, kind, ...message(raw, kind, kind) };
}

/** `table` names the numbers, `type` the fields; they differ where a message is inlined into its owner. */
function message(bytes: Buffer, table: string, type: string): Fields {
  const names = numbersOf(table);
  const fields = fieldsOf(type);
  const out: Fields = {};
  for (const [number, raw] of wire(bytes)) {
    const name = names.get(number);
    if (name === undefined) continue;
    if (name.startsWith('~')) {
      Object.assign(out, message(bytesOf(raw), name, type));
      continue;
    }
    const field = fields.get(name);
    if (field) assign(out, name, field.type, raw);
  }
  return out;
}

const parsed = new Map<string, ReadonlyMap<number, string>>();

function numbersOf(table: string): ReadonlyMap<number, string> {
  const known = parsed.get(table);
  if (known) return known;
  const pairs = (NUMBERS[table] ?? '').split(' ').map((pair): [number, string] => {
    const [number = '', name = ''] = pair.split(':');
    return [Number(number), name];
  });
  const made = new Map(pairs);
  parsed.set(table, made);
  return made;
}

function assign(out: Fields, name: string, type: FieldType, raw: Raw): void {
  if (type.form === 'list') {
    const list = (out[name] as unknown[] | undefined) ?? [];
    out[name] = [...list, valueFrom(type.of, raw) ?? (type.of.form === 'struct' ? {} : '')];
  } else if (type.form === 'map') {
    const entry = new Map(wire(bytesOf(raw)));
    const [key, value] = [entry.get(1), entry.get(2)];
    const read = value === undefined ? '' : valueFrom(type.of, value);
    out[name] = { ...(out[name] as Fields | undefined), [key === undefined ? '' : bytesOf(key).toString()]: read };
  } else {
    const value = valueFrom(type, raw);
    if (value !== undefined && !isUnset(name, value)) out[name] = value;
  }
}

/** Fields that may be absent in Go: their zero is a value. Of all others a zero means that nothing was said. */
const POINTERS = new Set(
  `replicas parallelism completions backoffLimit activeDeadlineSeconds ttlSecondsAfterFinished
   terminationGracePeriodSeconds revisionHistoryLimit progressDeadlineSeconds successfulJobsHistoryLimit
   failedJobsHistoryLimit startingDeadlineSeconds runAsUser runAsGroup fsGroup minReplicas averageUtilization
   defaultMode mode gracePeriodSeconds expirationSeconds partition maxUnavailable maxSurge minAvailable
   automountServiceAccountToken enableServiceLinks suspend privileged allowPrivilegeEscalation
   readOnlyRootFilesystem runAsNonRoot immutable controller blockOwnerDeletion optional shareProcessNamespace
   orphanDependents value`.split(/\s+/),
);
/** Structs that are always there in Go. */
const STRUCTS = new Set(['metadata', 'status', 'strategy', 'updateStrategy', 'resources']);

function isUnset(name: string, value: unknown): boolean {
  if (value === '') return true;
  if (value === 0 || value === false) return !POINTERS.has(name);
  return STRUCTS.has(name) && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function valueFrom(type: FieldType, raw: Raw): unknown {
  if (type.form === 'struct') return message(bytesOf(raw), type.name, type.name);
  if (type.form !== 'scalar') throw new RangeError('a list of lists');
  switch (type.name) {
    case 'boolean':
      return numberOf(raw) !== 0;
    case 'int32':
    case 'int64':
    case 'number':
      return numberOf(raw);
    case 'bytes':
      return bytesOf(raw).toString('base64');
    case 'time':
    case 'microtime': {
      const seconds = new Map(wire(bytesOf(raw))).get(1);
      return seconds === undefined || seconds === 0n
        ? undefined
        : new Date(numberOf(seconds) * 1000).toISOString().replace('.000Z', 'Z');
    }
    case 'quantity':
      return bytesOf(new Map(wire(bytesOf(raw))).get(1) ?? Buffer.alloc(0)).toString('utf8');
    case 'intstr': {
      const parts = new Map(wire(bytesOf(raw)));
      const isText = numberOf(parts.get(1) ?? 0n) === 1;
      return isText ? bytesOf(parts.get(3) ?? Buffer.alloc(0)).toString('utf8') : numberOf(parts.get(2) ?? 0n);
    }
    case 'any':
      return undefined;
    default:
      return bytesOf(raw).toString('utf8');
  }
}

function numberOf(raw: Raw): number {
  if (typeof raw !== 'bigint') throw new RangeError('bytes where a number is expected');
  return Number(BigInt.asIntN(64, raw));
}

function bytesOf(raw: Raw): Buffer {
  if (typeof raw === 'bigint') throw new RangeError('a number where bytes are expected');
  return raw;
}

/** The fields of a message in their order. https://protobuf.dev/programming-guides/encoding/ */
function wire(bytes: Buffer): [number: number, value: Raw][] {
  const out: [number, Raw][] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new RangeError('truncated protobuf message');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('truncated protobuf message');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) out.push([number, varint()]);
    else if (tag % 8 === 1) out.push([number, take(8).readBigInt64LE()]);
    else if (tag % 8 === 2) out.push([number, take(Number(varint()))]);
    else if (tag % 8 === 5) out.push([number, BigInt(take(4).readInt32LE())]);
    else throw new RangeError(`protobuf wire type ${tag % 8}`);
  }
  return out;
}
