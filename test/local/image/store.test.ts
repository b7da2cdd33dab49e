import { digestOf } from '../../../lib/local/image/manifest';
import { ImageStore } from '../../../lib/local/image/store';
import { folder } from './fixture';

const NOW = new Date('2026-11-21T10:00:00Z');

async function manifest(store: ImageStore, marker: string): Promise<Buffer> {
  const digest = await store.putBlob(marker);
  const descriptor = { mediaType: 'x', digest, size: marker.length };
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: 'm', config: descriptor, layers: [] }));
}

async function repository(): Promise<ImageStore> {
  const store = new ImageStore(folder(), () => NOW);
  await store.createRepository('team/visits');
  return store;
}

const code = (result: { ok: boolean; errors?: readonly { code: string }[] }): string | undefined =>
  result.errors?.[0]?.code;

describe('the image store', () => {
  it('finds what was pushed, by digest and by tag', async () => {
    const store = await repository();
    const bytes = await manifest(store, 'one');
    const pushed = await store.pushByDigest('team/visits', bytes);
    expect(pushed).toEqual({ ok: true, value: digestOf(bytes) });
    const digest = digestOf(bytes);
    expect(await store.find('team/visits', { digest })).toMatchObject({
      ok: true,
      value: { digest, tags: [], pushedAt: NOW, size: 3 },
    });
    expect(await store.putTag('team/visits', '1.0', digest)).toMatchObject({ ok: true });
    const found = await store.find('team/visits', { tag: '1.0' });
    expect(found.ok && found.value.manifest.equals(bytes)).toBe(true);
    expect(found).toMatchObject({ value: { tags: ['1.0'] } });
  });

  it('never moves a tag', async () => {
    const store = await repository();
    const digests = [];
    for (const marker of ['one', 'two']) {
      const pushed = await store.pushByDigest('team/visits', await manifest(store, marker));
      digests.push(pushed.ok ? pushed.value : '');
    }
    const [one = '', two = ''] = digests;
    await store.putTag('team/visits', '1.0', one);
    expect(code(await store.putTag('team/visits', '1.0', two))).toBe('ImageTagAlreadyExistsException');
    expect(code(await store.putTag('team/visits', '1.0', one))).toBe('ImageAlreadyExistsException');
    expect(await store.find('team/visits', { tag: '1.0' })).toMatchObject({ value: { digest: one } });
    expect(code(await store.find('team/visits', { tag: '1.0', digest: two }))).toBe('ImageNotFoundException');
  });

  it('says what is missing', async () => {
    const store = await repository();
    const bytes = await manifest(store, 'one');
    expect(code(await store.pushByDigest('nope', bytes))).toBe('RepositoryNotFoundException');
    expect(code(await store.list('nope'))).toBe('RepositoryNotFoundException');
    expect(code(await store.find('nope', { tag: 'x' }))).toBe('RepositoryNotFoundException');
    expect(code(await store.find('team/visits', { tag: 'x' }))).toBe('ImageNotFoundException');
    expect(code(await store.putTag('team/visits', 'x', digestOf('nothing')))).toBe('ImageNotFoundException');
    expect(code(await store.pushByDigest('team/visits', Buffer.from('{}')))).toBe('InvalidParameterException');
    const hollow = Buffer.from(bytes.toString().replace(digestOf('one'), digestOf('other')));
    expect(code(await store.pushByDigest('team/visits', hollow))).toBe('LayersNotFoundException');
  });

  it.each(['../../etc', '..', 'a/b', '', '.x'])('refuses "%s" as a tag', async (tag) => {
    const store = await repository();
    const pushed = await store.pushByDigest('team/visits', await manifest(store, 'one'));
    expect(code(await store.putTag('team/visits', tag, pushed.ok ? pushed.value : ''))).toBe(
      'InvalidParameterException',
    );
    expect(code(await store.find('team/visits', { tag }))).toBe('ImageNotFoundException');
  });

  it('gives a tag to one of many writers, and loses nobody else’s image', async () => {
    const first = await repository();
    const results = await Promise.all(
      Array.from({ length: 24 }, async (_, index) => {
        const store = new ImageStore(first.folder);
        const pushed = await store.pushByDigest('team/visits', await manifest(store, `image ${index}`));
        return pushed.ok ? store.putTag('team/visits', 'release', pushed.value) : pushed;
      }),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    const all = await first.list('team/visits');
    expect(all.ok && all.value.length).toBe(24);
    expect(all.ok && all.value.filter((image) => image.tags.length > 0)).toHaveLength(1);
  });
});
