import type { IncomingMessage, ServerResponse } from 'node:http';
import type { User } from '../auth/user';
import type { KindTable } from '../kind-table';
import type { Kind } from '../kinds';
import type { Status } from '../status';

/** A request for a resource: `/api/v1/…` or `/apis/<group>/<version>/…`. */
export interface ResourceRequest {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** What follows the subresource, with its leading slash: the path of a `proxy`. */
  readonly path?: string;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly user: User;
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal;
}

/** Reads a resource path; undefined when it names nothing that is served. */
export function resourceOf(path: string, kinds: KindTable): ResourceRequest | undefined {
  const parts = decoded(path);
  if (!parts) return undefined;
  const [root] = parts;
  const [group, version, rest] = root === 'api' ? ['', parts[1], parts.slice(2)] : [parts[1], parts[2], parts.slice(3)];
  if ((root !== 'api' && root !== 'apis') || group === undefined || version === undefined) return undefined;
  const inNamespace = rest[0] === 'namespaces' && rest.length >= 3 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? '');
  const own = inNamespace ? rest.slice(2) : rest;
  const [plural, name, subresource] = own;
  // Behind the subresource; the path begins with a slash, so its first part is empty.
  const below = 1 + parts.length - own.length + 3;
  const kind = plural === undefined ? undefined : kinds.find(group, version, plural);
  if (!kind || (inNamespace && !kind.namespaced)) return undefined;
  return {
    kind,
    namespace: inNamespace ? rest[1] : undefined,
    name,
    subresource,
    ...(subresource === 'proxy' ? { path: `/${path.split('/').slice(below).join('/')}` } : {}),
  };
}

/** The parts of a path; undefined when an escape in it cannot be read. */
function decoded(path: string): string[] | undefined {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

const LIMIT = 3 * 1024 * 1024;

/** The body, at most 3 MiB as on a real API server; undefined when it is longer. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function sendJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(code, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

export const sendStatus = (response: ServerResponse, status: Status): void => sendJson(response, status.code, status);
