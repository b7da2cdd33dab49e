import type { Clock } from '../ports';
import type { ApiProxy } from './api-proxy';

export type PodAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly milliseconds: number }
  /** The API server did not get through to the pod, or nobody got through to the API server. */
  | { readonly kind: 'unreachable'; readonly why: string }
  /** The deployer has no right to it. */
  | { readonly kind: 'denied'; readonly why: string };

export interface PodRequest {
  readonly pod: string;
  readonly port: number;
  /** With a leading slash. */
  readonly path: string;
}

const TIMEOUT = 10_000;

/**
 * GET requests to pods through the API server's proxy, so that they need no address of their own:
 * https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls
 */
export const podRequests =
  (proxy: Pick<ApiProxy, 'url'>, namespace: string, ports: PodRequestPorts) =>
  async ({ pod, port, path }: PodRequest): Promise<PodAnswer> => {
    const url = `${proxy.url}/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy${path}`;
    const started = ports.clock.now().getTime();
    try {
      const response = await ports.fetch(url, {
        redirect: 'manual',
        headers: { 'user-agent': 'slipway' },
        signal: AbortSignal.any([ports.signal, AbortSignal.timeout(TIMEOUT)]),
      });
      const body = await response.text();
      return classify(response.status, body, ports.clock.now().getTime() - started);
    } catch (error) {
      const milliseconds = ports.clock.now().getTime() - started;
      if (!ports.signal.aborted && (error as Error).name === 'TimeoutError')
        return { kind: 'answered', status: 0, body: `no answer within ${TIMEOUT / 1000} s`, milliseconds };
      return { kind: 'unreachable', why: reasonOf(error) };
    }
  };

export interface PodRequestPorts {
  readonly fetch: typeof fetch;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
}

/** What the API server and kubectl say for themselves is told from what the pod says. */
function classify(status: number, body: string, milliseconds: number): PodAnswer {
  if (status === 503 && body.includes('error trying to reach service')) return { kind: 'unreachable', why: line(body) };
  if (status === 502 && body === '') return { kind: 'unreachable', why: 'kubectl proxy did not reach the API server' };
  if (isStatus(body)) return { kind: status === 403 || status === 401 ? 'denied' : 'unreachable', why: line(body) };
  return { kind: 'answered', status, body, milliseconds };
}

/** A failure in the API server's own form (429, 500, 503, a pod that is gone): says nothing about the pod. */
const isStatus = (body: string): boolean =>
  /"kind":\s*"Status"/.test(body) && /"apiVersion":\s*"v1"/.test(body) && /"status":\s*"Failure"/.test(body);

/** `message` of a Status, else the text itself; one line. */
function line(body: string): string {
  const found = /"message":\s*("(?:[^"\\]|\\.)*")/.exec(body)?.[1];
  const message = found === undefined ? body : (JSON.parse(found) as string);
  return message.replace(/\s+/g, ' ').trim().slice(0, 300);
}

const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
};
