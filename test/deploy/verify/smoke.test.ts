import { addressProblem } from '../../../lib/deploy/verify/address';
import { type SmokeRequest, smoke } from '../../../lib/deploy/verify/smoke';
import { failure, fakes } from './fakes';

const request: SmokeRequest = {
  test: { url: 'https://shop.example.com/', readyPath: '/readyz', versionPath: '/version' },
  service: 'web',
  namespace: 'shop',
  version: '1.4.2',
  limit: 30,
};
const answering = (reply: (url: string, seconds: number) => Response | Error) => {
  const asked: { url: string; connection: string | null }[] = [];
  const world = fakes(
    () => failure('not-found'),
    async (url, seconds, init) => {
      asked.push({ url, connection: new Headers(init.headers).get('connection') });
      const answer = reply(url, seconds);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  );
  return { world, asked };
};
const version = (value: string) => new Response(JSON.stringify({ version: value }));
const good = (url: string) => (url.endsWith('/version') ? version('1.4.2') : new Response('ok'));

test('ready and of the new version three times in a row, each request on a connection of its own', async () => {
  const { world, asked } = answering(good);
  expect(await smoke(request, world.ports)).toEqual({ status: 'ready' });
  const once = ['https://shop.example.com/readyz', 'https://shop.example.com/version'];
  expect(asked.map(({ url }) => url)).toEqual([...once, ...once, ...once]);
  expect(new Set(asked.map(({ connection }) => connection))).toEqual(new Set(['close']));
});

test('the old version answers now and then: not before it is gone for three in a row', async () => {
  let count = 0;
  const { world } = answering((url) =>
    url.endsWith('/version') ? version(++count % 3 === 0 && count < 10 ? '1.4.1' : '1.4.2') : new Response(),
  );
  expect(await smoke(request, world.ports)).toEqual({ status: 'ready' });
  expect(count).toBe(12);
});

test.each<[string, (url: string) => Response | Error, RegExp]>([
  [
    'the old version',
    (url) => (url.endsWith('/version') ? version('1.4.1') : new Response()),
    /\/version answered version 1\.4\.1, expected 1\.4\.2; it was asked for 30 s/,
  ],
  ['an error of the service', () => new Response('no', { status: 503 }), /\/readyz answered 503, expected 200/],
  [
    'a version path that fails',
    (url) => (url.endsWith('/version') ? new Response('', { status: 500 }) : new Response()),
    /\/version answered 500/,
  ],
  [
    'a success that is not 200',
    (url) => (url.endsWith('/version') ? version('1.4.2') : new Response(null, { status: 204 })),
    /answered 204/,
  ],
  ['no JSON', () => new Response('1.4.2'), /answered "1\.4\.2", expected JSON/],
  ['JSON of another shape', () => new Response('null'), /expected JSON/],
  [
    'no connection',
    () => Object.assign(new TypeError('fetch failed'), { cause: new Error('connect ECONNREFUSED') }),
    /gave no answer: connect ECONNREFUSED/,
  ],
])('bad when the time is up: %s', async (_, reply, words) => {
  const { world } = answering(reply);
  expect(await smoke(request, world.ports)).toMatchObject({
    status: 'failed',
    reason: { code: 'SmokeTest', object: 'Service/web', message: expect.stringMatching(words) },
  });
  expect(world.now()).toBeCloseTo(30, 0);
});

test('without a version path only readiness is asked', async () => {
  const { world, asked } = answering(good);
  const test = { url: 'http://x', readyPath: 'readyz' };
  expect(await smoke({ ...request, test }, world.ports)).toEqual({ status: 'ready' });
  expect(asked.map(({ url }) => url)).toEqual(Array(3).fill('http://x/readyz'));
});

test('`url: false`: nothing is asked, and that is said', async () => {
  const { world, asked } = answering(good);
  expect(await smoke({ ...request, test: { ...request.test, url: false } }, world.ports)).toEqual({ status: 'ready' });
  expect(asked).toEqual([]);
  expect(world.lines.join()).toContain('no request was made');
});

test('told to stop: an error, nothing is judged', async () => {
  const { world } = answering(() => {
    world.abort();
    return new Error('aborted');
  });
  expect(await smoke(request, world.ports)).toMatchObject({ status: 'error', reason: { code: 'Stopped' } });
});

test('a wrong answer whose cause is known ends it at once, with the cause', async () => {
  const { world } = answering(() => new Error('no'));
  const dead = { status: 'failed' as const, reason: { code: 'CrashLoop', message: 'x' }, pods: [] };
  let asked = 0;
  expect(await smoke({ ...request, onWrong: async () => (++asked > 1 ? dead : undefined) }, world.ports)).toBe(dead);
  expect(world.now()).toBeLessThan(1);
  expect(await smoke({ ...request, onWrong: async () => dead }, answering(good).world.ports)).toEqual({
    status: 'ready',
  });
});

test('interrupted between two requests', async () => {
  const { world } = answering(() => new Error('no'));
  const superseded = { status: 'superseded' as const, reason: { code: 'NewerDeploy', message: 'x' } };
  expect(await smoke({ ...request, onLook: async () => superseded }, world.ports)).toBe(superseded);
});

describe('the address of the Service', () => {
  const service = (ingress?: object, type = 'LoadBalancer', port: object = { port: 80 }) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { type, ports: [port] },
    status: { loadBalancer: ingress ? { ingress: [ingress] } : {} },
  });
  const { url: _, ...paths } = request.test as { url: string; readyPath: string; versionPath: string };
  const from = async (answer: (seconds: number) => string, limit = 600) => {
    const asked: string[] = [];
    const world = fakes(
      (_args, seconds) => answer(seconds),
      async (url) => {
        asked.push(url);
        return good(url);
      },
    );
    return { end: await smoke({ ...request, test: paths, addressLimit: limit }, world.ports), asked, world };
  };

  test.each([
    [service({ hostname: 'lb.example.com' }), 'http://lb.example.com:80/readyz'],
    [service({ ip: '127.0.0.1', ports: [{ port: 31234 }] }), 'http://127.0.0.1:31234/readyz'],
    [service({ ip: '2001:db8::1' }), 'http://[2001:db8::1]:80/readyz'],
    [service({ hostname: 'lb.example.com' }, 'LoadBalancer', { port: 443 }), 'https://lb.example.com:443/readyz'],
  ])('is that of its load balancer: %#', async (live, expected) => {
    expect((await from(() => JSON.stringify(live))).asked[0]).toBe(expected);
  });

  test('may take some minutes', async () => {
    const { end, world } = await from((seconds) =>
      JSON.stringify(service(seconds < 200 ? undefined : { hostname: 'lb' })),
    );
    expect(end).toEqual({ status: 'ready' });
    expect(world.now()).toBeGreaterThanOrEqual(200);
  });

  test('that never comes, or never will: bad, with what to do', async () => {
    expect((await from(() => JSON.stringify(service()), 60)).end).toMatchObject({
      status: 'failed',
      reason: {
        code: 'NoAddress',
        message: expect.stringMatching(/no address after 6\d s: kubectl describe service web/),
      },
    });
    const inside = await from(() => JSON.stringify(service(undefined, 'ClusterIP')));
    expect(inside.end).toMatchObject({
      status: 'failed',
      reason: { message: expect.stringContaining('`url: false`') },
    });
    expect(inside.world.now()).toBe(0);
    expect((await from(() => '')).end).toMatchObject({ status: 'failed', reason: { code: 'NoService' } });
    expect(addressProblem(service(), 'web')).toBeUndefined();
  });
});
