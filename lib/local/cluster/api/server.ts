import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Authenticator } from '../auth/authenticator';
import { failure } from '../status';
import type { Identity } from '../tls';
import { type Exchange, sendStatus } from './request';

export type Handle = (exchange: Exchange, path: string) => Promise<void>;

/** Listens on a loopback port and passes each authenticated request on. */
export class ApiServer {
  private readonly stopping = new AbortController();
  private readonly sockets = new Set<Duplex>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** `port` 0 takes any; a wanted port that is in use is exchanged for another. */
  static async listen(
    identity: Identity,
    port: number,
    authenticator: Authenticator,
    handle: Handle,
    onError: (message: string) => void,
  ): Promise<ApiServer> {
    const server = createServer({ cert: identity.cert, key: identity.key, keepAliveTimeout: 60_000 });
    const bound = await bind(server, port);
    const api = new ApiServer(server, bound);
    server.on('connection', (socket) => {
      api.sockets.add(socket);
      socket.on('close', () => api.sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      api.serve(request, response, authenticator, handle).catch((error: unknown) => {
        onError(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
        sendStatus(
          response,
          failure(500, 'InternalError', 'Internal error occurred: see the log of the embedded cluster'),
        );
        response.end();
      });
    });
    return api;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async serve(
    request: IncomingMessage,
    response: ServerResponse,
    authenticator: Authenticator,
    handle: Handle,
  ): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.on('error', () => gone.abort());
    const url = new URL(request.url ?? '/', 'https://127.0.0.1');
    const user = OPEN.has(url.pathname) ? ANONYMOUS : await authenticator.user(request.headers.authorization);
    if (!user) {
      request.resume();
      sendStatus(response, failure(401, 'Unauthorized', 'Unauthorized'));
      return;
    }
    const signal = AbortSignal.any([gone.signal, this.stopping.signal]);
    await handle({ request, response, query: url.searchParams, user, signal }, url.pathname);
  }
}

const ANONYMOUS = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
/** Health and version need no credentials, as on a real cluster. */
const OPEN = new Set(['/healthz', '/livez', '/readyz', '/version']);

async function bind(server: Server, port: number): Promise<number> {
  const attempt = (wanted: number) =>
    new Promise<boolean>((resolve) => {
      const failed = () => resolve(false);
      server.once('error', failed);
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', failed);
        resolve(true);
      });
    });
  if (!(await attempt(port)) && (port === 0 || !(await attempt(0)))) throw new Error('cannot listen on 127.0.0.1');
  return (server.address() as AddressInfo).port;
}
