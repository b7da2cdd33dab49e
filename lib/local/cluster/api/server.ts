import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Authenticator } from '../auth/authenticator';
import { failure } from '../status';
import type { Identity } from '../tls';
import { type Exchange, sendStatus } from './request';

export type Handle = (exchange: Exchange, path: string) => Promise<void>;

/** Sees each authenticated request first; true: nobody else may answer it. */
export type Intercept = (exchange: Exchange, path: string) => Promise<boolean>;

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
    intercept: Intercept = async () => false,
  ): Promise<ApiServer> {
    const server = createServer({ cert: identity.cert, key: identity.key, keepAliveTimeout: 60_000 });
    const bound = await bind(server, port);
    const api = new ApiServer(server, bound);
    server.on('connection', (socket) => {
      api.sockets.add(socket);
      socket.on('close', () => api.sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      api.serve(request, response, authenticator, intercept, handle).catch((error: unknown) => {
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

  /** Gone at once, with every connection; `resume` listens on the same port again, and rejects when that is taken. */
  suspend(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  async resume(): Promise<void> {
    if (!(await attempt(this.server, this.port))) throw new Error(`port ${this.port} of 127.0.0.1 is in use`);
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
    intercept: Intercept,
    handle: Handle,
  ): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.on('error', () => gone.abort());
    const url = new URL(request.url ?? '/', 'https://127.0.0.1');
    const { authorization } = request.headers;
    const isOpen = authorization === undefined && OPEN.has(url.pathname);
    const user = isOpen ? ANONYMOUS : await authenticator.user(authorization);
    if (!user) {
      request.resume();
      sendStatus(response, failure(401, 'Unauthorized', 'Unauthorized'));
      return;
    }
    const signal = AbortSignal.any([gone.signal, this.stopping.signal]);
    const exchange = { request, response, query: url.searchParams, user, signal };
    if (!(await intercept(exchange, url.pathname))) await handle(exchange, url.pathname);
  }
}

const ANONYMOUS = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
/** Health and version need no credentials, as on a real cluster; bad ones are refused here, too. */
const OPEN = new Set(['/healthz', '/livez', '/readyz', '/version']);

async function bind(server: Server, port: number): Promise<number> {
  if (!(await attempt(server, port)) && (port === 0 || !(await attempt(server, 0))))
    throw new Error('cannot listen on 127.0.0.1');
  return (server.address() as AddressInfo).port;
}

function attempt(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const failed = () => resolve(false);
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}
