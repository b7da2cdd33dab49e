import { connect, createServer, type Server } from 'node:net';

/**
 * An address of its own for a pod, since an API server neither proxies to loopback addresses nor takes them as endpoints. It is
 * reachable where the machine has the network on its loopback device (`ip address add 10.244.0.1/16 dev lo`); else only said.
 */
export class PodAddress {
  private readonly servers = new Map<number, Server>();

  constructor(readonly ip: string) {}

  static of(number: number): PodAddress {
    return new PodAddress(`10.244.${(number >> 8) & 255}.${number & 255}`);
  }

  /** `ports`: container port -> port on 127.0.0.1. */
  listen(ports: Readonly<Record<string, number>>): void {
    for (const [port, target] of Object.entries(ports)) {
      if (this.servers.has(Number(port))) continue;
      const server = createServer((client) => {
        const upstream = connect({ host: '127.0.0.1', port: target });
        client.on('error', () => upstream.destroy());
        upstream.on('error', () => client.resetAndDestroy());
        client.pipe(upstream).pipe(client);
      });
      server.on('error', () => {});
      server.listen(Number(port), this.ip);
      this.servers.set(Number(port), server);
    }
  }

  close(): void {
    for (const server of this.servers.values()) server.close();
  }
}
