import { gunzipSync } from 'node:zlib';
import { cbor, dateToTag } from '@smithy/core/cbor';
import { XMLBuilder } from 'fast-xml-parser';
import type { AwsError, RawRequest, Route, Service } from './service';

/** How a client and a service talk: AWS's protocols (Smithy 2.0 documentation, "AWS protocols"). */
export type Protocol = 'json-1.0' | 'json-1.1' | 'query' | 'cbor' | 'rest-json' | 'rest-xml';

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export function protocolOf({ method, headers, query }: RawRequest, service: string | undefined): Protocol {
  const type = headers['content-type'] ?? '';
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return 'cbor';
  if (headers['x-amz-target'] !== undefined) return type.includes('json-1.0') ? 'json-1.0' : 'json-1.1';
  if (type.startsWith('application/x-www-form-urlencoded') || (method === 'GET' && query.has('Action'))) return 'query';
  return service === 's3' ? 'rest-xml' : 'rest-json';
}

/** Largest body that a compressed one may become. */
const LARGEST_BODY = 64 * 1024 * 1024;

/** The operation of a request, and its input; undefined where the request names none that the service has a route for. */
export function readCall(sent: RawRequest, protocol: Protocol, service: Service | undefined): Route | undefined {
  const isCompressed = sent.headers['content-encoding'] === 'gzip' && protocol !== 'rest-xml';
  const request = isCompressed ? { ...sent, body: gunzipSync(sent.body, { maxOutputLength: LARGEST_BODY }) } : sent;
  switch (protocol) {
    case 'json-1.0':
    case 'json-1.1':
      return {
        operation: request.headers['x-amz-target']?.split('.').at(-1) ?? '',
        input: JSON.parse(request.body.toString('utf8') || '{}') as Route['input'],
      };
    case 'cbor':
      return {
        operation: /\/operation\/(\w+)$/.exec(request.path)?.[1] ?? '',
        input: request.body.length > 0 ? (cbor.deserialize(request.body) as Route['input']) : {},
      };
    case 'query': {
      const form = request.method === 'GET' ? request.query : new URLSearchParams(request.body.toString('utf8'));
      return { operation: form.get('Action') ?? '', input: unflatten(form) };
    }
    case 'rest-json':
    case 'rest-xml': {
      const route = service?.route?.(request);
      const body = protocol === 'rest-json' && request.body.length > 0 ? JSON.parse(request.body.toString('utf8')) : {};
      return route && { ...route, input: { ...(body as object), ...route.input } };
    }
    default:
      return protocol satisfies never;
  }
}

/**
 * `AlarmNames.member.1=x` -> `{ AlarmNames: ['x'] }`, `Attributes.entry.1.key=k` with `.value=v` -> `{ Attributes: { k: 'v' } }`, and
 * `a.b=x` -> `{ a: { b: 'x' } }`; what signs or routes the request is no input.
 */
function unflatten(form: URLSearchParams): Record<string, unknown> {
  const tree: Tree = new Map();
  for (const [key, value] of form) {
    if (key === 'Action' || key === 'Version' || key.startsWith('X-Amz-')) continue;
    const steps = key.split('.');
    const last = steps.pop() as string;
    let at = tree;
    for (const step of steps) {
      const below = at.get(step);
      const next: Tree = below instanceof Map ? below : new Map();
      at.set(step, next);
      at = next;
    }
    at.set(last, value);
  }
  return plain(tree) as Record<string, unknown>;
}

type Tree = Map<string, Tree | string>;

function plain(tree: Tree | string): unknown {
  if (typeof tree === 'string') return tree;
  const [items, entries] = [tree.get('member'), tree.get('entry')];
  if (tree.size === 1 && items instanceof Map) return inOrder(items).map(plain);
  if (tree.size === 1 && entries instanceof Map)
    return Object.fromEntries(
      inOrder(entries).map((entry) => {
        const { key, value } = plain(entry) as { key: string; value: unknown };
        return [key, value];
      }),
    );
  return Object.fromEntries([...tree].map(([name, value]) => [name, plain(value)]));
}

const inOrder = (items: Tree): (Tree | string)[] =>
  [...items].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);

export interface CallContext {
  readonly protocol: Protocol;
  readonly operation: string;
  readonly service?: Service;
  readonly requestId: string;
  /** The request's `accept`. */
  readonly accept?: string;
}

export function writeOutput(output: Readonly<Record<string, unknown>>, context: CallContext): WireResponse {
  const { protocol, operation, service, requestId } = context;
  switch (protocol) {
    case 'json-1.0':
    case 'json-1.1':
      return respond(200, context, `application/x-amz-${protocol}`, toJson(output));
    case 'rest-json':
      return respond(200, context, 'application/json', toJson(output));
    case 'cbor':
      return respond(200, context, 'application/cbor', Buffer.from(cbor.serialize(forCbor(output))), {
        'smithy-protocol': 'rpc-v2-cbor',
      });
    case 'rest-xml':
      // Of this protocol only S3 is here, whose outputs are headers and a body.
      return {
        status: output['status'] as number,
        headers: { 'x-amz-request-id': requestId, ...(output['headers'] as Record<string, string>) },
        body: output['body'] as Uint8Array,
      };
    case 'query': {
      const response = { [`${operation}Result`]: output, ResponseMetadata: { RequestId: requestId } };
      if (context.accept?.includes('application/json'))
        return respond(200, context, 'application/json', toJson({ [`${operation}Response`]: response }));
      return respond(
        200,
        context,
        'text/xml',
        toXml({ [`${operation}Response`]: { '@xmlns': service?.xmlNamespace, ...response } }),
      );
    }
    default:
      return protocol satisfies never;
  }
}

export function writeError(error: AwsError, context: CallContext): WireResponse {
  const { protocol, requestId } = context;
  const { code, message, status = 400 } = error;
  switch (protocol) {
    case 'json-1.0':
    case 'json-1.1':
      return respond(status, context, `application/x-amz-${protocol}`, toJson({ __type: code, message }), {
        'x-amzn-query-error': `${code};Sender`,
      });
    case 'rest-json':
      return respond(status, context, 'application/json', toJson({ message }), { 'x-amzn-errortype': code });
    case 'cbor':
      return respond(status, context, 'application/cbor', Buffer.from(cbor.serialize({ __type: code, message })), {
        'smithy-protocol': 'rpc-v2-cbor',
        'x-amzn-query-error': `${code};Sender`,
      });
    case 'rest-xml':
      return respond(
        status,
        context,
        'application/xml',
        toXml({ Error: { Code: code, Message: message, RequestId: requestId } }),
      );
    case 'query': {
      const body = { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId };
      if (context.accept?.includes('application/json'))
        return respond(status, context, 'application/json', toJson(body));
      return respond(status, context, 'text/xml', toXml({ ErrorResponse: body }));
    }
    default:
      return protocol satisfies never;
  }
}

function respond(
  status: number,
  { requestId }: CallContext,
  type: string,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): WireResponse {
  return { status, headers: { 'content-type': type, 'x-amzn-requestid': requestId, ...headers }, body };
}

/** Times are seconds since 1970 in JSON, bytes are base64. */
const toJson = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key, each: unknown) {
    const original = this[key];
    if (original instanceof Uint8Array) return Buffer.from(original).toString('base64');
    return original instanceof Date ? original.getTime() / 1000 : each;
  });

const xml = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

const toXml = (value: unknown): string => `<?xml version="1.0" encoding="UTF-8"?>\n${xml.build(asMembers(value))}`;

/** Lists in the query protocol are `<member>` elements, a Map's entries `<entry>` elements; times are ISO 8601. */
function asMembers(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return { entry: [...value].map(([key, each]) => ({ key, value: asMembers(each) })) };
  if (Array.isArray(value)) return { member: value.map(asMembers) };
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, asMembers(each)]])),
    );
  return value;
}

/** Times are tagged; what is undefined is left out. */
function forCbor(value: unknown): unknown {
  if (value instanceof Date) return dateToTag(value);
  if (Array.isArray(value)) return value.map(forCbor);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, forCbor(each)]])),
    );
  return value;
}
