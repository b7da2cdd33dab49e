import { ok } from '../../../result';
import type { Exchange } from '../api/request';
import type { Admission } from '../registry';
import { failure, refuse } from '../status';
import type { DenyFault, Fault, FaultReport, FaultSet, RequestFault } from './schema';
import { cut, strike } from './strike';

/** A fault that is on. */
interface Live<F extends Fault = Fault> {
  readonly fault: F;
  skip: number;
  strikes: number;
}

interface OpenWatch {
  readonly exchange: Exchange;
  readonly path: string;
}

/** The faults that are on, by the name of their set, and how often each has struck. */
export class Faults {
  private readonly sets = new Map<string, readonly Live[]>();
  private readonly watches = new Set<OpenWatch>();

  put(name: string, { faults }: FaultSet): void {
    this.sets.set(
      name,
      faults.map((fault) => ({ fault, skip: fault.skip, strikes: 0 })),
    );
    for (const { exchange, path } of this.watches) this.cutWatch(exchange, path, () => 0);
  }

  clear(name: string): void {
    this.sets.delete(name);
  }

  report(name: string): FaultReport | undefined {
    const set = this.sets.get(name);
    return set && { strikes: set.map(({ strikes }) => strikes) };
  }

  /** Lets the faults that fit strike a request; true: it is answered, or there is nobody left to answer. */
  async intercept(exchange: Exchange, path: string): Promise<boolean> {
    if (this.sets.size === 0 && !isWatch(exchange)) return false;
    const refusal = this.denial(exchange, path);
    if (refusal) return strike({ kind: 'refuse', status: refusal }, exchange);
    if (isWatch(exchange)) this.follow(exchange, path);
    for (const live of this.all()) {
      const { fault } = live;
      if (fault.kind === 'deny' || fault.kind === 'cut-watch') continue;
      if (!fits(fault, exchange, path) || !take(live)) continue;
      if (await strike(fault, exchange)) return true;
    }
    return false;
  }

  /** What users and controllers make, as a webhook sees it. */
  readonly admission: Admission = (kind, object) => {
    for (const live of this.denials()) {
      const { fault } = live;
      // Only what controllers make is surely no dry run.
      if (!fault.dryRun && !MADE_BY_CONTROLLERS.has(kind.plural)) continue;
      if (!concerns(fault, kind.plural, object.metadata.namespace)) continue;
      const labels = object.metadata.labels ?? {};
      if (Object.entries(fault.labels ?? {}).some(([name, value]) => labels[name] !== value)) continue;
      if (take(live)) return refuse(denied(fault.message));
    }
    return ok([]);
  };

  /** A write of a user that a webhook refuses. Webhooks that look at labels see the object itself: `admission`. */
  private denial({ request, query }: Exchange, path: string) {
    if (!WRITES.has(request.method ?? '')) return undefined;
    const target = RESOURCE.exec(path);
    if (!target) return undefined;
    const [, namespace, plural = ''] = target;
    for (const live of this.denials()) {
      const { fault } = live;
      if (fault.labels || (!fault.dryRun && query.get('dryRun') === 'All')) continue;
      if (concerns(fault, plural, namespace) && take(live)) return denied(fault.message);
    }
    return undefined;
  }

  private follow(exchange: Exchange, path: string): void {
    const open = { exchange, path };
    this.watches.add(open);
    exchange.response.on('close', () => this.watches.delete(open));
    this.cutWatch(exchange, path, (after) => after);
  }

  private cutWatch(exchange: Exchange, path: string, wait: (after: number) => number): void {
    for (const live of this.all()) {
      const { fault } = live;
      if (fault.kind !== 'cut-watch' || !fits(fault, exchange, path) || !take(live)) continue;
      const timer = setTimeout(() => cut(exchange), wait(fault.after));
      exchange.response.on('close', () => clearTimeout(timer));
      return;
    }
  }

  private all(): readonly Live[] {
    return [...this.sets.values()].flat();
  }

  private denials(): readonly Live<DenyFault>[] {
    return this.all().filter((live): live is Live<DenyFault> => live.fault.kind === 'deny');
  }
}

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const MADE_BY_CONTROLLERS: ReadonlySet<string> = new Set(['pods', 'replicasets', 'controllerrevisions']);
/** An object or a collection, no subresource. */
const RESOURCE = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/[^/]+)?$/;

const isWatch = ({ query }: Exchange): boolean => query.get('watch') === 'true' || query.get('watch') === '1';

function fits({ match }: RequestFault, { request, user }: Exchange, path: string): boolean {
  const { methods } = match;
  if (methods && !methods.some((method) => method === request.method)) return false;
  const tests = [
    [match.path, request.url ?? path],
    [match.userAgent, request.headers['user-agent'] ?? ''],
    [match.user, user.name],
  ] as const;
  return tests.every(([pattern, text]) => pattern === undefined || new RegExp(pattern).test(text));
}

function concerns({ resources, namespaces }: DenyFault, plural: string, namespace: string | undefined): boolean {
  if (!resources.includes('*') && !resources.includes(plural)) return false;
  return namespaces === undefined || (namespace !== undefined && namespaces.includes(namespace));
}

/** Whether it strikes this time. */
function take(live: Live): boolean {
  if (live.skip > 0) {
    live.skip--;
    return false;
  }
  if (live.fault.count !== undefined && live.strikes >= live.fault.count) return false;
  live.strikes++;
  return true;
}

/** In the words of the API server (k8s.io/apiserver, admission/plugin/webhook/errors). */
const denied = (message: string) =>
  failure(403, 'Forbidden', `admission webhook "faults.slipway.dev" denied the request: ${message}`);
