import { type Surroundings, surroundings } from './fixture';
import { presignIdentity, sendSigned } from './signed-request';

let here: Surroundings;
beforeEach(async () => {
  here = await surroundings();
});
afterEach(() => here.close());

const ask = async (url: string, cluster?: string): Promise<{ status: number; text: string }> => {
  const answer = await fetch(url, { headers: cluster === undefined ? {} : { 'x-k8s-aws-id': cluster } });
  return { status: answer.status, text: await answer.text() };
};

describe('a presigned GetCallerIdentity, the token of aws eks get-token', () => {
  it('tells the session’s ARN to whoever has it and names the cluster', async () => {
    const { status, text } = await ask(await presignIdentity(here, 'delivery'), 'delivery');
    expect(status).toBe(200);
    expect(text).toContain('<Arn>arn:aws:sts::111122223333:assumed-role/visits-image/build-1</Arn>');
    expect(here.endpoint.calls).toMatchObject([{ service: 'sts', operation: 'GetCallerIdentity' }]);
  });

  it('answers JSON to a caller that asks for it', async () => {
    const url = await presignIdentity(here, 'delivery');
    const answer = await fetch(url, { headers: { 'x-k8s-aws-id': 'delivery', accept: 'application/json' } });
    expect(await answer.json()).toMatchObject({
      GetCallerIdentityResponse: { GetCallerIdentityResult: { Account: '111122223333' } },
    });
  });

  it.each<[string, string | undefined]>([
    ['another cluster', 'other'],
    ['no cluster', undefined],
  ])('is refused for %s', async (_, cluster) => {
    const { status, text } = await ask(await presignIdentity(here, 'delivery'), cluster);
    expect(status).toBe(403);
    expect(text).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  it.each([
    [/Action=GetCallerIdentity/, 'Action=AssumeRole'],
    [/X-Amz-Expires=60/, 'X-Amz-Expires=600'],
    [/X-Amz-Signature=../, 'X-Amz-Signature=00'],
    [/%2Fsts%2F/, '%2Fecr%2F'],
  ])('is refused when %s is changed', async (from, to) => {
    const url = await presignIdentity(here, 'delivery');
    const changed = url.replace(from, to);
    expect(changed).not.toBe(url);
    expect((await ask(changed, 'delivery')).status).toBe(403);
  });

  it('is good for fifteen minutes, as STS takes it, and then no longer', async () => {
    const ago = (seconds: number) => presignIdentity(here, 'delivery', new Date(Date.now() - seconds * 1000));
    expect((await ask(await ago(14 * 60), 'delivery')).status).toBe(200);
    const { status, text } = await ask(await ago(16 * 60), 'delivery');
    expect(status).toBe(403);
    expect(text).toContain('Signature expired');
  });

  it('is good for nothing when the key is revoked', async () => {
    const url = await presignIdentity(here, 'delivery');
    here.endpoint.revoke(/ASIA\w+/.exec(url)?.[0] ?? '');
    expect((await ask(url, 'delivery')).text).toContain('InvalidClientTokenId');
  });
});

describe('a signature in headers', () => {
  it('holds for paths, queries and bodies with characters that are encoded', async () => {
    const odd = await sendSigned(here, 'eks', {
      method: 'GET',
      path: '/clusters/a%20b%C3%A9(c)',
      query: { 'b c': 'x/y+z', a: '' },
    });
    expect(await odd.json()).toEqual({ message: 'No cluster found for name: a bé(c).' });
  });

  it.each<[string, object]>([
    ['body', { body: 'Action=GetCallerIdentity&X=1' }],
    ['path', { path: '/x' }],
    ['query', { query: { x: '1' } }],
    ['header that is signed', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['x-amz header that is not signed', { headers: { 'x-amz-extra': '1' } }],
  ])('does not hold when it is sent with another %s', async (_, sent) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const request = { method: 'POST', headers, body: 'Action=GetCallerIdentity' };
    expect((await sendSigned(here, 'sts', request)).status).toBe(200);
    const refused = await sendSigned(here, 'sts', request, sent);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  it('does not hold an hour later', async () => {
    await here.close();
    here = await surroundings({ now: () => new Date(Date.now() + 3600_000) });
    expect((await sendSigned(here, 'eks', { method: 'GET', path: '/clusters' })).status).toBe(403);
  });
});
