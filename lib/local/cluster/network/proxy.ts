import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where a connection may go. */
export interface Backend {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';
/** How long to try for a backend that accepts, in milliseconds. */
const PATIENCE = 3_000;
const PAUSE = 50;

/**
 * One service port: takes connections on a loopback port and passes each on to a backend, in turn. A backend that does not accept
 * is passed over; while there is none, the connection waits a moment (a rolling update may be between two) and is then reset.
 */
export class PortProxy {
  private backends: readonly Backend[] = [];
  private next = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('connection', (socket) => this.accept(socket));
  }

  /** Listens on that port, or undefined when it is in use. */
  static listen(port: number): Promise<PortProxy | undefined> {
    return new Promise((resolve) => {
      const server = createServer({ pauseOnConnect: true, noDelay: true });
      server.once('error', () => resolve(undefined));
      server.listen(port, LOOPBACK, () => resolve(new PortProxy(server, port)));
    });
  }

  route(backends: readonly Backend[]): void {
    this.backends = backends;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(client: Socket): void {
    this.track(client);
    const deadline = Date.now() + PATIENCE;
    const attempt = (tried: number): void => {
      if (client.destroyed) return;
      const backend = this.backends[this.next++ % Math.max(1, this.backends.length)];
      if (!backend || tried >= this.backends.length) {
        if (Date.now() >= deadline) client.resetAndDestroy();
        else setTimeout(() => attempt(0), PAUSE);
        return;
      }
      const upstream = connect({ host: backend.host, port: backend.port, noDelay: true });
      const refused = () => attempt(tried + 1);
      upstream.once('error', refused);
      upstream.once('connect', () => {
        upstream.off('error', refused);
        this.join(client, upstream);
      });
    };
    attempt(0);
  }

  private join(client: Socket, upstream: Socket): void {
    this.track(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.pipe(upstream);
    upstream.pipe(client);
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }
}
