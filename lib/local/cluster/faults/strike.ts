import type { ServerResponse } from 'node:http';
import { type Exchange, sendJson } from '../api/request';
import { delay } from '../kubelet/delay';
import { failure, type Status } from '../status';
import type { RequestFault } from './schema';

type Strike = Exclude<RequestFault, { kind: 'cut-watch' }> | { readonly kind: 'refuse'; readonly status: Status };

/** Does to a request what the fault says; true: nobody else may answer it. */
export async function strike(fault: Strike, exchange: Exchange): Promise<boolean> {
  switch (fault.kind) {
    case 'latency':
      return !(await delay(fault.milliseconds, exchange.signal));
    case 'throttle':
      return answer(exchange, TOO_MANY, fault.retryAfter);
    case 'error':
      return answer(
        exchange,
        failure(fault.code, fault.code === 503 ? 'ServiceUnavailable' : 'InternalError', WORDS[fault.code] ?? BROKEN),
        fault.retryAfter,
      );
    case 'unauthorized':
      return answer(exchange, failure(401, 'Unauthorized', 'Unauthorized'));
    case 'refuse':
      return answer(exchange, fault.status);
    case 'drop':
      if (fault.when === 'after') {
        swallow(exchange);
        return false;
      }
      cut(exchange);
      return true;
    default:
      return fault satisfies never;
  }
}

/** Ends the connection without a word. */
export const cut = ({ request }: Exchange): void => {
  request.socket.destroy();
};

/** The request is done as always; when the answer is complete the connection is cut in its place. */
function swallow(exchange: Exchange): void {
  const { response } = exchange;
  const silent = {
    writeHead: () => response,
    write: () => true,
    flushHeaders: () => {},
    end: () => {
      cut(exchange);
      return response;
    },
  };
  Object.assign(response, silent as Partial<ServerResponse>);
}

function answer({ request, response }: Exchange, status: Status, retryAfter?: number): true {
  request.resume();
  sendJson(response, status.code, status, retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) });
  return true;
}

const TOO_MANY = failure(429, 'TooManyRequests', 'Too many requests, please try again later.', {
  retryAfterSeconds: 1,
});
const BROKEN = 'Internal error occurred: etcdserver: request timed out';
const WORDS: Readonly<Record<number, string>> = {
  503: 'the server is currently unable to handle the request',
  504: 'Timeout: request did not complete within the allotted timeout',
};
