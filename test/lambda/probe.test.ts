import { describe, expect, test } from '@jest/globals';
import { probe, USER_AGENT } from '../../lambda/bake/probe';

type Answer = { readonly status?: number; readonly body?: string } | Error;

async function ask(answers: Readonly<Record<string, Answer>>, url = 'http://visits/') {
  const asked: string[] = [];
  const agents = new Set<string | null>();
  const request = async (input: unknown, { headers = {} }: RequestInit = {}): Promise<Response> => {
    agents.add(new Headers(headers).get('user-agent'));
    const { pathname } = new URL(String(input));
    asked.push(String(input));
    const answer = answers[pathname] ?? { status: 404 };
    if (answer instanceof Error) throw answer;
    return new Response(answer.body ?? '', { status: answer.status ?? 200 });
  };
  return { wrong: await probe(url, '2.0', request as typeof fetch), asked, agents };
}

const READY = { '/readyz': {} };

describe('a request of the bake', () => {
  test('is well when the service is ready and the right version', async () => {
    const { wrong, asked, agents } = await ask({ ...READY, '/version': { body: '{"version":"2.0"}' } });
    expect(wrong).toBeUndefined();
    expect(asked).toEqual(['http://visits/readyz', 'http://visits/version']);
    expect([...agents]).toEqual([USER_AGENT]);
  });

  test.each<[string, Readonly<Record<string, Answer>>, string]>([
    [
      'is not ready',
      { '/readyz': { status: 503, body: 'no redis\nmore' } },
      'http://visits/readyz answers 503: no redis',
    ],
    ['has no version', READY, 'http://visits/version answers 404: '],
    ['is another version', { ...READY, '/version': { body: '{"version":"1.0"}' } }, 'says 1.0, expected 2.0'],
    ['answers no JSON', { ...READY, '/version': { body: '<html>' } }, 'says no version, expected 2.0'],
    ['answers null', { ...READY, '/version': { body: 'null' } }, 'says no version, expected 2.0'],
    [
      'is away',
      { '/readyz': new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }) },
      'http://visits: fetch failed: connect ECONNREFUSED',
    ],
  ])('tells that the service %s', async (_, answers, text) => {
    expect((await ask(answers)).wrong).toContain(text);
  });
});
