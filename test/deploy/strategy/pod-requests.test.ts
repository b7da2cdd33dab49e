import { podRequests } from '../../../lib/deploy/strategy/pod-requests';

const status = (code: number, message: string) =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code });

const answer = (code: number, body: string) =>
  podRequests({ url: 'http://127.0.0.1:1' }, 'n', {
    fetch: async () => new Response(body, { status: code }),
    clock: { now: () => new Date(0) },
    signal: new AbortController().signal,
  })({ pod: 'p', port: 80, path: '/' });

test.each([
  [429, 'Too many requests, please try again later.'],
  [500, 'etcdserver: request timed out'],
  [503, 'the server is currently unable to handle the request'],
  [503, 'error trying to reach service: dial tcp 10.0.0.1:80: connect: connection refused'],
  [404, 'pods "p" not found'],
])('a %i of the API server itself is no answer of the pod', async (code, message) => {
  expect(await answer(code, status(code, message))).toEqual({ kind: 'unreachable', why: message });
});

test('a pod that answers 503 in its own words is the pod', async () => {
  const body = '{"status":"Failure","message":"no connection to the database"}';
  expect(await answer(503, body)).toMatchObject({ kind: 'answered', status: 503 });
});

test('403 of the API server: no right to ask', async () => {
  expect(await answer(403, status(403, 'no'))).toEqual({ kind: 'denied', why: 'no' });
});
