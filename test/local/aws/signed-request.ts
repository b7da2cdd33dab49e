import { STSClient } from '@aws-sdk/client-sts';
import type { Surroundings } from './fixture';

interface Request {
  readonly method: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface Signed {
  readonly headers: Record<string, string>;
  readonly query?: Record<string, string>;
}

/** The SDK's own signer, for another service than the client's where need be. */
async function signer(here: Surroundings) {
  const { config } = new STSClient(here.client());
  return (await config.signer()) as unknown as {
    sign(request: object, options: object): Promise<Signed>;
    presign(request: object, options: object): Promise<Signed>;
  };
}

function unsigned(here: Surroundings, { method, path = '/', query = {}, headers = {}, body }: Request): object {
  const { hostname, port } = new URL(here.endpoint.url);
  const host = `${hostname}:${port}`;
  return { protocol: 'http:', hostname, port: Number(port), method, path, query, headers: { host, ...headers }, body };
}

const urlOf = (here: Surroundings, path = '/', query: Readonly<Record<string, string>> = {}): string =>
  `${here.endpoint.url}${path}${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ''}`;

/** Sends a request that the SDK's signer signed for a service; `changes` are made between the two. */
export async function sendSigned(
  here: Surroundings,
  signingService: string,
  request: Request,
  changes: Partial<Request> = {},
): Promise<Response> {
  const signed = await (await signer(here)).sign(unsigned(here, request), { signingService });
  const { host: _, ...headers } = signed.headers;
  const { method, path, query, body } = { ...request, ...changes };
  return fetch(urlOf(here, path, query), { method, headers: { ...headers, ...changes.headers }, body: body as string });
}

/** The token of `aws eks get-token`: a presigned call of GetCallerIdentity that names the cluster in a header. */
export async function presignIdentity(here: Surroundings, cluster: string, signingDate?: Date): Promise<string> {
  const request = unsigned(here, {
    method: 'GET',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { 'x-k8s-aws-id': cluster },
  });
  const signed = await (await signer(here)).presign(request, {
    expiresIn: 60,
    signingService: 'sts',
    unhoistableHeaders: new Set(['x-k8s-aws-id']),
    signableHeaders: new Set(['x-k8s-aws-id', 'host']),
    ...(signingDate && { signingDate }),
  });
  return urlOf(here, '/', signed.query);
}
