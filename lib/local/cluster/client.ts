import { request } from 'node:https';
import type { Access } from './kubeconfig';

/** One request to the API as its administrator; rejects when the API cannot be reached in time. `timeout` in milliseconds. */
export function call(
  access: Access,
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  timeout = 5_000,
): Promise<{ status: number; body: string }> {
  const url = new URL(path, access.url);
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method,
        ca: Buffer.from(access.caData, 'base64'),
        agent: false,
        headers: {
          Authorization: `Bearer ${access.token}`,
          Accept: 'application/json',
          ...(text ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } : {}),
        },
        timeout,
      },
      (response) => {
        let received = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          received += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: received }));
        response.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer from ${access.url} in ${timeout / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}
