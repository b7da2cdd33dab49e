import { createServer } from 'node:net';

/** A loopback port that was free a moment ago and that this function has not given out lately. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await probe();
    if (recent.has(port)) continue;
    recent.add(port);
    if (recent.size > 500) recent.delete(recent.values().next().value as number);
    return port;
  }
  throw new Error('no free port on 127.0.0.1');
}

const recent = new Set<number>();

function probe(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
