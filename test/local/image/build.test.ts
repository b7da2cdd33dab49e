import { chmodSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { list } from 'tar';
import { type BuildOptions, buildProcessImage } from '../../../lib/local/image/build';
import type { ImageConfig, Manifest } from '../../../lib/local/image/manifest';
import { ImageStore } from '../../../lib/local/image/store';
import { files, folder, SERVICE } from './fixture';

async function build(
  content: Record<string, string>,
  options: Partial<BuildOptions> = {},
  change?: (context: string) => void,
) {
  const context = files(folder(), content);
  change?.(context);
  const store = new ImageStore(folder());
  const built = await buildProcessImage(store, { context, dockerfile: join(context, 'Dockerfile'), ...options });
  if (!built.ok) throw new Error(built.errors.join('\n'));
  return { ...built.value, store };
}

describe('the digest of a process image', () => {
  it('is the same on another machine: other folder, times, umask and store', async () => {
    const one = await build(SERVICE, { prepare: 'make', buildArguments: { VERSION: '1' } });
    const other = await build(SERVICE, { prepare: 'make', buildArguments: { VERSION: '1' } }, (context) => {
      utimesSync(join(context, 'config.txt'), new Date(0), new Date(0));
      chmodSync(join(context, 'config.txt'), 0o600);
      chmodSync(join(context, 'src'), 0o700);
    });
    expect(other.digest).toBe(one.digest);
    expect(other.manifest.equals(one.manifest)).toBe(true);
  });

  it.each<[string, Record<string, string>, Partial<BuildOptions>]>([
    ['a file that is copied', { ...SERVICE, 'config.txt': 'other' }, {}],
    ['a file that only prepare can see', { ...SERVICE, 'notes.md': 'other' }, {}],
    ['the prepare command', SERVICE, { prepare: 'other' }],
    ['a build argument', SERVICE, { buildArguments: { VERSION: '2' } }],
    ['a label', SERVICE, { labels: { a: '1' } }],
    ['the platform', SERVICE, { platform: 'linux/arm64' }],
  ])('changes with %s', async (_, content, options) => {
    const before = await build(SERVICE, { prepare: 'make' });
    expect((await build(content, { prepare: 'make', ...options })).digest).not.toBe(before.digest);
  });

  it('does not change with what .dockerignore leaves out, nor, without prepare, with what is not copied', async () => {
    const withPrepare = await build(SERVICE, { prepare: 'make' });
    expect((await build({ ...SERVICE, 'x.tmp': 'x' }, { prepare: 'make' })).digest).toBe(withPrepare.digest);
    const without = await build(SERVICE);
    expect((await build({ ...SERVICE, 'notes.md': 'other' })).digest).toBe(without.digest);
  });
});

describe('a process image', () => {
  it('is an OCI image: manifest, configuration, layer', async () => {
    const { store, manifest, config } = await build(SERVICE, {
      buildArguments: { VERSION: '7' },
      labels: { b: '2', a: '1' },
    });
    const parsed = JSON.parse(manifest.toString()) as Manifest;
    expect(parsed).toMatchObject({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar' }],
      annotations: { 'dev.slipway.kind': 'process-image' },
    });
    const image = JSON.parse((await store.blob(config.digest))?.toString() ?? '') as ImageConfig;
    expect(image).toMatchObject({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [parsed.layers[0]?.digest] },
    });
    expect(image.config.Env).toContain('VERSION=7');
    expect(Object.keys(image.config.Labels ?? {})).toEqual(['a', 'b']);
  });

  it('holds its files where COPY puts them', async () => {
    const { store, manifest } = await build({ ...SERVICE, [`src/${'long/'.repeat(40)}name.txt`]: 'x' });
    const [layer] = (JSON.parse(manifest.toString()) as Manifest).layers;
    const entries: string[] = [];
    await list({
      file: store.blobPath(layer?.digest ?? ''),
      onReadEntry: (entry) => {
        entries.push(`${entry.path} ${entry.mode?.toString(8)}`);
        expect([entry.uid, entry.gid, entry.mtime?.toISOString()]).toEqual([0, 0, '1980-01-02T00:00:00.000Z']);
      },
    });
    expect(entries).toEqual(
      expect.arrayContaining(['app/ 755', 'app/config.txt 644', 'app/run.sh 755', 'app/src/a.txt 644']),
    );
    expect(entries.join()).toContain(`app/src/${'long/'.repeat(40)}name.txt`);
  });

  it('says what takes the place of RUN and COPY --from', async () => {
    expect((await build(SERVICE, { prepare: 'make' })).notes).toEqual([
      'Dockerfile:7: COPY --from=build /app/bin /app/bin: replaced by local.prepare',
    ]);
    expect((await build(SERVICE)).notes).toEqual([
      'Dockerfile:7: COPY --from=build /app/bin /app/bin: left out; say in local.prepare of slipway.yaml what takes its place',
    ]);
  });

  it('names a Dockerfile that is not there', async () => {
    const context = folder();
    const built = await buildProcessImage(new ImageStore(folder()), {
      context,
      dockerfile: join(context, 'Dockerfile'),
    });
    expect(built).toMatchObject({ ok: false, errors: [expect.stringContaining('cannot read the Dockerfile')] });
  });

  it('holds what .dockerignore takes back in from a folder that it leaves out', async () => {
    const content = { ...SERVICE, '.dockerignore': '*\n!src/a.txt\n!run.sh\n!config.txt\n', 'src/b.txt': 'b' };
    const { store, manifest } = await build(content);
    const [layer] = (JSON.parse(manifest.toString()) as Manifest).layers;
    const entries: string[] = [];
    await list({ file: store.blobPath(layer?.digest ?? ''), onReadEntry: (entry) => entries.push(entry.path) });
    expect(entries).toEqual(['app/', 'app/config.txt', 'app/run.sh', 'app/src/', 'app/src/a.txt']);
  });

  it('takes <Dockerfile>.dockerignore before .dockerignore', async () => {
    const content = { ...SERVICE, 'Dockerfile.dockerignore': 'config.txt\n' };
    await expect(build(content)).rejects.toThrow(
      'Dockerfile:9: config.txt is not in the build context, or .dockerignore leaves it out',
    );
  });
});
