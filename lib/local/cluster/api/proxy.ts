import { type IncomingHttpHeaders, request as open, type RequestOptions } from 'node:http';
import { ok } from '../../../result';
import { portMapOf, resolvePort } from '../controllers/service';
import { type Answer, badRequest, failure, notFound, refuse, type Status } from '../status';
import type { Store } from '../store/store';
import type { KubeObject, Pod, Service } from '../types';
import { type Exchange, type ResourceRequest, sendStatus } from './request';

/**
 * The `proxy` subresource of pods and services: the request goes on to the pod's port on this machine, the answer comes back as it
 * is. Names are `[scheme:]name[:port]`.
 * https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls
 */
export function proxy(exchange: Exchange, target: ResourceRequest, store: Store): Promise<void> {
  const address = addressOf(target, store);
  if (!address.ok) {
    exchange.request.resume();
    const [status = unreachable('no address')] = address.errors;
    sendStatus(exchange.response, status);
    return Promise.resolve();
  }
  return forward(exchange, address.value, target.path ?? '/');
}

function addressOf({ kind, namespace, name: text = '' }: ResourceRequest, store: Store): Answer<number> {
  const parts = text.split(':');
  const [scheme, name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  if (scheme === 'https') return refuse(unreachable('the embedded cluster proxies plain http only'));
  if (parts.length > 3 || !['', 'http'].includes(scheme ?? '')) {
    return refuse(badRequest(`invalid ${kind.kind.toLowerCase()} request "${text}"`));
  }
  const object = store.get(kind.kind, namespace, name);
  if (!object) return refuse(notFound(kind, name));
  return kind.kind === 'Pod' ? portOfPod(object as Pod, port) : portOfService(object as Service, port, store);
}

function portOfPod(pod: Pod, wanted: string): Answer<number> {
  const { name } = pod.metadata;
  if (!pod.status?.podIP) return refuse(badRequest(`pod "${name}" has no address yet`));
  const first = pod.spec.containers.flatMap((container) => container.ports ?? [])[0]?.containerPort;
  const number = wanted === '' ? (first ?? 80) : /^\d+$/.test(wanted) ? Number(wanted) : undefined;
  if (number === undefined) return refuse(badRequest(`invalid pod port "${wanted}": a number is expected`));
  const real = portMapOf(pod)[String(number)];
  return real === undefined ? refuse(refused(number)) : ok(real);
}

/** As the real server: the port by its name or number, on any ready endpoint. */
function portOfService(service: Service, wanted: string, store: Store): Answer<number> {
  const { name, namespace } = service.metadata;
  const ports = service.spec.ports ?? [];
  const port =
    wanted === '' && ports.length === 1
      ? ports[0]
      : ports.find((candidate) => candidate.name === wanted || String(candidate.port) === wanted);
  if (!port)
    return refuse(failure(503, 'ServiceUnavailable', `no service port "${wanted}" found for service "${name}"`));
  const { subsets = [] } = (store.get('Endpoints', namespace, name) ?? {}) as KubeObject & { subsets?: Subset[] };
  for (const { addresses = [] } of subsets) {
    const pod = store.get<Pod>('Pod', namespace, addresses[0]?.targetRef.name ?? '');
    const number = pod && resolvePort(pod.spec.containers, port.targetPort);
    const real = pod && portMapOf(pod)[String(number)];
    if (real !== undefined) return ok(real);
  }
  return refuse(failure(503, 'ServiceUnavailable', `no endpoints available for service "${name}"`));
}

interface Subset {
  readonly addresses?: readonly { readonly targetRef: { readonly name: string } }[];
}

function forward({ request, response, query, signal }: Exchange, port: number, path: string): Promise<void> {
  const search = query.toString();
  const options: RequestOptions = {
    host: '127.0.0.1',
    port,
    agent: false,
    method: request.method ?? 'GET',
    path: `${path}${search ? `?${search}` : ''}`,
    headers: { ...withoutHops(request.headers), host: `127.0.0.1:${port}` },
    signal,
  };
  return new Promise((resolve) => {
    const outgoing = open(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      response.on('close', resolve);
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (response.headersSent) response.destroy();
      else sendStatus(response, error.code === 'ECONNREFUSED' ? refused(port) : unreachable(error.message));
      resolve();
    });
    request.pipe(outgoing);
  });
}

const HOPS = new Set(['authorization', 'connection', 'keep-alive', 'proxy-authorization', 'te', 'upgrade', 'host']);

/** What concerns one connection, and the caller's credentials, stay here. */
const withoutHops = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOPS.has(name) && name !== 'transfer-encoding'),
  ) as IncomingHttpHeaders;

const unreachable = (why: string): Status =>
  failure(503, 'ServiceUnavailable', `error trying to reach service: ${why}`);
const refused = (port: number): Status => unreachable(`dial tcp 127.0.0.1:${port}: connect: connection refused`);
