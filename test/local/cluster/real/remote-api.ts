import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import type { KubeObject } from '../../../../lib/local/cluster/types';

/** How to reach an API server: of a kubeconfig with a token. */
export interface RemoteAccess {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

/** The few requests that a node makes of an API server. */
export class RemoteApi {
  constructor(private readonly access: RemoteAccess) {}

  async list(path: string): Promise<{ items: KubeObject[]; resourceVersion: string }> {
    const { status, body } = await this.send('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${body}`);
    const list = JSON.parse(body) as {
      items: KubeObject[];
      kind: string;
      apiVersion: string;
      metadata: { resourceVersion: string };
    };
    const kind = list.kind.replace(/List$/, '');
    const items = list.items.map((item) => ({ ...item, kind, apiVersion: list.apiVersion }));
    return { items: items as KubeObject[], resourceVersion: list.metadata.resourceVersion };
  }

  /** Ends when the server cuts the watch or `signal` aborts. */
  async watch(
    path: string,
    resourceVersion: string,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`;
    const response = await this.open('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, undefined, signal);
    for await (const line of createInterface({ input: response })) onEvent(JSON.parse(line) as WatchEvent);
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<{ status: number; body: string }> {
    const response = await this.open(
      method,
      path,
      body === undefined ? undefined : { text: JSON.stringify(body), type },
    );
    let received = '';
    for await (const chunk of response.setEncoding('utf8')) received += chunk;
    return { status: response.statusCode ?? 0, body: received };
  }

  private open(
    method: string,
    path: string,
    body?: { readonly text: string; readonly type: string },
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const { url, ca, token } = this.access;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, url),
        {
          method,
          ca,
          agent: false,
          ...(signal ? { signal } : {}),
          headers: {
            Authorization: `Bearer ${token}`,
            Accept: 'application/json',
            ...(body ? { 'Content-Type': body.type, 'Content-Length': Buffer.byteLength(body.text) } : {}),
          },
        },
        resolve,
      );
      outgoing.on('error', reject);
      outgoing.end(body?.text);
    });
  }
}
