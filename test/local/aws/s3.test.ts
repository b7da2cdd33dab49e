import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Surroundings, surroundings } from './fixture';
import { sendSigned } from './signed-request';

const path = join(tmpdir(), `asset-${process.pid}`);
let here: Surroundings;
beforeAll(async () => {
  writeFileSync(path, '0123456789');
  here = await surroundings({ objects: [{ bucket: 'assets', key: 'layer.zip', path }] });
});
afterAll(() => here.close());

const send = (method: string, at: string, headers: Record<string, string> = {}) =>
  sendSigned(here, 's3', { method, path: at, headers });

describe('the assembly’s assets in S3', () => {
  it('are read whole or in part', async () => {
    const whole = await send('GET', '/assets/layer.zip');
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789']);
    const part = await send('GET', '/assets/layer.zip', { range: 'bytes=2-4' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
    const rest = await send('GET', '/assets/layer.zip', { range: 'bytes=8-' });
    expect(await rest.text()).toBe('89');
  });

  it('are asked about without being read', async () => {
    const head = await send('HEAD', '/assets/layer.zip');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
    expect(here.endpoint.calls.at(-1)).toMatchObject({
      service: 's3',
      operation: 'HeadObject',
      resource: 'arn:aws:s3:::assets/layer.zip',
    });
  });

  it.each<[string, string, number, string]>([
    ['GET', '/assets/other', 404, 'NoSuchKey'],
    ['GET', '/other/key', 404, 'NoSuchBucket'],
    ['PUT', '/assets/key', 403, 'AccessDenied'],
    ['PUT', '/other/key', 404, 'NoSuchBucket'],
    ['DELETE', '/assets/key', 400, 'NotImplemented'],
    ['GET', '/assets', 400, 'NotImplemented'],
  ])('answer %s %s with an error', async (method, at, status, code) => {
    const answer = await send(method, at);
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(`<Code>${code}</Code>`)]);
  });
});
