import type { ServerResponse } from 'node:http';
import { apiVersionOf } from '../kinds';
import type { Predicate } from '../selectors';
import { failure } from '../status';
import type { Change, Store } from '../store/store';
import type { KubeObject } from '../types';
import type { Exchange, ResourceRequest } from './request';
import { sendStatus } from './request';

/** How an object is shown: itself, or as a Table of one row. */
export type Render = (object: KubeObject, first: boolean) => unknown;

const DEFAULT_TIMEOUT = 30 * 60_000;
const BOOKMARK_EVERY = 30_000;

/**
 * Streams changes as JSON lines until the client leaves or its time is over: from a revision on, or from the present state, with
 * bookmarks where they are asked for. What a change moves out of the filter is a DELETED, what it moves in an ADDED.
 */
export function watch(
  exchange: Exchange,
  target: ResourceRequest,
  store: Store,
  filter: Predicate,
  render: Render,
): void {
  const { response, query, signal } = exchange;
  const from = query.get('resourceVersion') ?? '';
  const initial = query.get('sendInitialEvents') === 'true';
  const fresh = initial || from === '' || from === '0';
  const missed = fresh ? [] : store.since(Number(from));
  if (!fresh && Number.isNaN(Number(from))) {
    sendStatus(response, failure(400, 'BadRequest', `invalid resource version "${from}"`));
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' });
  response.flushHeaders();
  let first = true;
  const write = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
  const send = (type: string, object: KubeObject) => {
    write(type, render(object, first));
    first = false;
  };
  if (missed === undefined) {
    write('ERROR', failure(410, 'Expired', `too old resource version: ${from} (${store.revision})`));
    response.end();
    return;
  }
  const bookmark = (annotations?: Record<string, string>) =>
    write('BOOKMARK', {
      kind: target.kind.kind,
      apiVersion: apiVersionOf(target.kind),
      metadata: {
        resourceVersion: String(store.revision),
        creationTimestamp: null,
        ...(annotations ? { annotations } : {}),
      },
    });
  const pass = (change: Change) => {
    const type = seen(change, filter);
    if (type) send(type, change.object);
  };
  if (fresh)
    for (const object of store.list(target.kind.kind, target.namespace)) if (filter(object)) send('ADDED', object);
  for (const change of missed) pass(change);
  if (initial) bookmark({ 'k8s.io/initial-events-end': 'true' });
  const unsubscribe = store.subscribe((change) => {
    if (change.object.kind === target.kind.kind) pass(change);
  });
  const wantsBookmarks = query.get('allowWatchBookmarks') === 'true';
  const ticking = wantsBookmarks ? setInterval(() => bookmark(), BOOKMARK_EVERY) : undefined;
  const seconds = Number(query.get('timeoutSeconds'));
  const timer = setTimeout(() => end(), seconds > 0 ? seconds * 1000 : DEFAULT_TIMEOUT);
  const end = () => {
    clearTimeout(timer);
    clearInterval(ticking);
    unsubscribe();
    signal.removeEventListener('abort', end);
    finish(response);
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
}

const finish = (response: ServerResponse): void => {
  if (!response.writableEnded) response.end();
};

/** What a change is to someone who sees only what passes the filter. */
function seen({ type, object, previous }: Change, filter: Predicate): Change['type'] | undefined {
  const before = previous !== undefined && filter(previous);
  if (type === 'DELETED') return before || filter(object) ? 'DELETED' : undefined;
  const now = filter(object);
  if (before && now) return 'MODIFIED';
  if (now) return 'ADDED';
  return before ? 'DELETED' : undefined;
}
