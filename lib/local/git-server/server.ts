import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { Repository } from './repository';

export interface GitServerOptions {
  /** Keeps address and credentials from one start to the next, and what is being received. */
  readonly folder: string;
  find(name: string): Repository | undefined;
  /** Runs what changes a repository; ends when the change has been taken note of. */
  change<T>(repository: Repository, work: () => Promise<T>): Promise<T>;
}

export interface GitServer {
  /** With credentials: `http://slipway:<token>@127.0.0.1:<port>/<name>.git`. */
  url(repository: string): string;
  /** Whether the address is another one than the last time. */
  readonly moved: boolean;
  close(): Promise<void>;
}

const SERVICES = ['git-upload-pack', 'git-receive-pack'] as const;
type Service = (typeof SERVICES)[number];

const ADDRESS = z.object({ port: z.number(), token: z.string() });

/** Serves repositories to git by the smart HTTP protocol (gitprotocol-http), on loopback, to who knows the token. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const { folder } = options;
  const incoming = join(folder, 'incoming');
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  const file = join(folder, 'server.json');
  const before = await readAddress(file);
  const token = before?.token ?? randomBytes(18).toString('base64url');
  const server = createServer((request, response) => {
    answer(request, response, { ...options, incoming, token }).catch((error: unknown) => {
      if (response.headersSent) response.destroy(error as Error);
      else say(response, 500, `${(error as Error).message}\n`);
    });
  });
  const kept = before !== undefined && (await listen(server, before.port));
  if (!kept) await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  if (!kept) await writeFile(file, JSON.stringify({ port, token }), { mode: 0o600 });
  return {
    url: (repository) => `http://slipway:${token}@127.0.0.1:${port}/${repository}.git`,
    moved: before !== undefined && !kept,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readAddress(file: string): Promise<z.infer<typeof ADDRESS> | undefined> {
  try {
    return ADDRESS.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** False: the port is taken. */
const listen = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      server.off('listening', done);
      if (port !== 0 && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) resolve(false);
      else reject(error);
    };
    const done = (): void => {
      server.off('error', fail);
      resolve(true);
    };
    server.once('error', fail).once('listening', done).listen(port, '127.0.0.1');
  });

const say = (response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(text);
};

interface Context extends GitServerOptions {
  readonly incoming: string;
  readonly token: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  if (!isAuthorized(request, context.token)) {
    request.resume();
    return say(response, 401, 'The credentials of this remote are in the address that slipway up prints.\n', {
      'www-authenticate': 'Basic realm="slipway"',
    });
  }
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, name = '', action = ''] =
    /^\/(.+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(decodeURI(url.pathname)) ?? [];
  const repository = name === '' ? undefined : context.find(name);
  if (!repository) return say(response, 404, `There is no repository ${name || url.pathname} here.\n`);
  const service = SERVICES.find((each) => each === (action === 'info/refs' ? url.searchParams.get('service') : action));
  if (!service) return say(response, 403, 'git here speaks the smart HTTP protocol alone.\n');
  if (action === 'info/refs' && request.method === 'GET') return advertise(request, response, repository, service);
  if (action !== 'info/refs' && request.method === 'POST')
    return exchange(request, response, repository, service, context);
  return say(response, 405, 'This method is not allowed here.\n');
}

function isAuthorized({ headers }: IncomingMessage, token: string): boolean {
  const [scheme = '', given = ''] = headers.authorization?.split(' ') ?? [];
  const expected = Buffer.from(`slipway:${token}`);
  const actual = Buffer.from(given, 'base64');
  return scheme.toLowerCase() === 'basic' && actual.length === expected.length && timingSafeEqual(actual, expected);
}

const commandOf = (service: Service): string => service.slice('git-'.length);

const protocolOf = ({ headers }: IncomingMessage): Record<string, string> => {
  const version = headers['git-protocol'];
  return typeof version === 'string' ? { GIT_PROTOCOL: version } : {};
};

const NO_CACHE = { 'cache-control': 'no-cache, max-age=0, must-revalidate' };

async function advertise(
  request: IncomingMessage,
  response: ServerResponse,
  { git }: Repository,
  service: Service,
): Promise<void> {
  const protocol = protocolOf(request);
  const child = git.start([commandOf(service), '--stateless-rpc', '--advertise-refs', '.'], protocol);
  const refs = await collect(child.stdout);
  if (refs.length === 0) return say(response, 500, `git ${commandOf(service)} failed\n`);
  response.writeHead(200, { 'content-type': `application/x-${service}-advertisement`, ...NO_CACHE });
  const line = `# service=${service}\n`;
  // The second version of the protocol says no service.
  if (!protocol['GIT_PROTOCOL']?.includes('version=2'))
    response.write(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`);
  response.end(refs);
}

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  repository: Repository,
  service: Service,
  context: Context,
): Promise<void> {
  if (request.headers['content-type'] !== `application/x-${service}-request`) {
    request.resume();
    return say(response, 415, `Expected the content type application/x-${service}-request.\n`);
  }
  const file = join(context.incoming, randomBytes(12).toString('hex'));
  try {
    const zipped = request.headers['content-encoding'] === 'gzip';
    await (zipped
      ? pipeline(request, createGunzip(), createWriteStream(file))
      : pipeline(request, createWriteStream(file)));
    const run = () => {
      const child = repository.git.start([commandOf(service), '--stateless-rpc', '.'], protocolOf(request));
      createReadStream(file).pipe(child.stdin);
      return child.stdout;
    };
    const headers = { 'content-type': `application/x-${service}-result`, ...NO_CACHE };
    if (service === 'git-upload-pack') {
      response.writeHead(200, headers);
      await pipeline(run(), response);
      return;
    }
    // Whoever pushed hears of it when the events are safe, not before.
    const report = await context.change(repository, () => collect(run()));
    response.writeHead(200, headers).end(report);
  } finally {
    await rm(file, { force: true });
  }
}

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
