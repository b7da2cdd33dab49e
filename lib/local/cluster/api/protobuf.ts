/** First bytes of a Kubernetes protobuf body, before its `runtime.Unknown`. */
export const PROTOBUF_PREFIX = Buffer.from('k8s\0');

type Shape =
  | 'string'
  | 'bytes'
  | 'bool'
  | 'int'
  | Message
  | { readonly map: 'string' | 'bytes' }
  | { readonly list: 'string' | Message };

/** Field number -> name and shape. Numbers from the API's published generated.proto files. */
interface Message {
  readonly [number: number]: readonly [name: string, shape: Shape];
}

const META: Message = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  11: ['labels', { map: 'string' }],
  12: ['annotations', { map: 'string' }],
};

const KINDS: Readonly<Record<string, Message>> = {
  Namespace: { 1: ['metadata', META] },
  ConfigMap: {
    1: ['metadata', META],
    2: ['data', { map: 'string' }],
    3: ['binaryData', { map: 'bytes' }],
    4: ['immutable', 'bool'],
  },
  Secret: {
    1: ['metadata', META],
    2: ['data', { map: 'bytes' }],
    3: ['type', 'string'],
    4: ['stringData', { map: 'string' }],
    5: ['immutable', 'bool'],
  },
  ServiceAccount: { 1: ['metadata', META] },
  SelfSubjectAccessReview: {
    1: ['metadata', META],
    2: [
      'spec',
      {
        1: [
          'resourceAttributes',
          {
            1: ['namespace', 'string'],
            2: ['verb', 'string'],
            3: ['group', 'string'],
            4: ['version', 'string'],
            5: ['resource', 'string'],
            6: ['subresource', 'string'],
            7: ['name', 'string'],
          },
        ],
        2: ['nonResourceAttributes', { 1: ['path', 'string'], 2: ['verb', 'string'] }],
      },
    ],
  },
};

/** `runtime.Unknown`: typeMeta and the object's own bytes. */
const UNKNOWN: Message = {
  1: ['typeMeta', { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] }],
  2: ['raw', 'bytes'],
};

/** Reads the kinds that kubectl makes by itself; undefined for others. Bytes become base64, as in JSON. */
export function decodeProtobuf(body: Buffer): Record<string, unknown> | undefined {
  const { typeMeta, raw } = read(body.subarray(PROTOBUF_PREFIX.length), UNKNOWN) as {
    typeMeta?: { apiVersion?: string; kind?: string };
    raw?: string;
  };
  const message = KINDS[typeMeta?.kind ?? ''];
  if (!message || !typeMeta) return undefined;
  return { ...typeMeta, ...read(Buffer.from(raw ?? '', 'base64'), message) };
}

function read(bytes: Buffer, message: Message): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('truncated protobuf message');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = message[Math.floor(tag / 8)];
    switch (tag % 8) {
      case 0: {
        const value = varint();
        if (field) out[field[0]] = field[1] === 'bool' ? value === 1 : value;
        break;
      }
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        const value = bytes.subarray(at, at + length);
        at += length;
        if (field) assign(out, field[0], field[1], value);
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new RangeError(`protobuf wire type ${tag % 8}`);
    }
  }
  return out;
}

function assign(out: Record<string, unknown>, name: string, shape: Shape, value: Buffer): void {
  if (typeof shape === 'string') {
    // An absent string arrives as an empty one.
    if (value.length > 0) out[name] = scalar(shape, value);
  } else if ('map' in shape) {
    const kind = (shape as { map: 'string' | 'bytes' }).map;
    const entry = read(value, { 1: ['key', 'string'], 2: ['value', kind] }) as { key?: string; value?: string };
    out[name] = { ...(out[name] as object | undefined), [entry.key ?? '']: entry.value ?? '' };
  } else if ('list' in shape) {
    const of = (shape as { list: 'string' | Message }).list;
    const item = of === 'string' ? scalar('string', value) : read(value, of);
    out[name] = [...((out[name] as unknown[] | undefined) ?? []), item];
  } else {
    out[name] = read(value, shape as Message);
  }
}

const scalar = (shape: 'string' | 'bytes' | 'bool' | 'int', value: Buffer): unknown =>
  shape === 'bytes' ? value.toString('base64') : value.toString('utf8');
