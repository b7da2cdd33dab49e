import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProcessImage } from '../../../lib/local/image/build';
import { mapVariable, runnable } from '../../../lib/local/image/image-paths';
import { processImages } from '../../../lib/local/image/process-images';
import { ImageStore } from '../../../lib/local/image/store';
import { storeImage } from '../aws/fixture';
import { files, folder, REGISTRY, SERVICE } from './fixture';

async function pushed(prepare?: string) {
  const store = new ImageStore(folder());
  await store.createRepository('visits');
  const context = files(folder(), SERVICE);
  const built = await buildProcessImage(store, { context, dockerfile: join(context, 'Dockerfile'), prepare });
  if (!built.ok) throw new Error(built.errors.join());
  await store.pushByDigest('visits', built.value.manifest);
  const { digest } = built.value;
  return { store, digest, images: processImages(store, { environment: process.env }) };
}

describe('an image by reference', () => {
  it('has its paths on this machine', async () => {
    const { images, digest, store } = await pushed('mkdir "$IMAGE_ROOT/app/bin"');
    const root = join(store.folder, 'roots', digest.slice('sha256:'.length), 'root');
    expect(await images.resolve(`${REGISTRY}/visits@${digest}`)).toEqual({
      digest,
      root,
      entrypoint: ['run.sh'],
      cmd: [`--config=${root}/app/config.txt`, `${root}/app/src`, 'plain'],
      env: {
        VERSION: 'dev',
        PATH: `${root}/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
        CONFIG: `${root}/app/config.txt`,
        MISSING: '/no/such',
      },
      workingDir: `${root}/app`,
    });
  });

  it('is found by a tag, and by a tag with its digest', async () => {
    const { images, digest, store } = await pushed();
    await store.putTag('visits', '1.0', digest);
    expect(await images.resolve(`${REGISTRY}/visits:1.0`)).toMatchObject({ digest });
    expect(await images.resolve(`${REGISTRY}/visits:1.0@${digest}`)).toMatchObject({ digest });
  });

  it.each([
    'visits',
    'visits:1.0',
    'redis:7',
    'public.ecr.aws/visits:1.0',
    `${REGISTRY}/other:1.0`,
    `${REGISTRY}/visits:2.0`,
    `${REGISTRY}/visits`,
    'Not A Reference',
  ])('is unknown as %s', async (reference) => {
    const { images, digest, store } = await pushed();
    await store.putTag('visits', '1.0', digest);
    expect(await images.resolve(reference)).toBeUndefined();
  });

  it('says why it cannot be made ready', async () => {
    const { images, digest } = await pushed('echo no such tool; exit 3');
    await expect(images.resolve(`${REGISTRY}/visits@${digest}`)).rejects.toThrow(/exit 3.*\nno such tool/);
  });

  it('cannot be one that only a container engine runs', async () => {
    const { images, store } = await pushed();
    const { manifest, digest } = await storeImage(store, 'container');
    await store.pushByDigest('visits', Buffer.from(manifest));
    await expect(images.resolve(`${REGISTRY}/visits@${digest}`)).rejects.toThrow('is no process image');
  });
});

describe('the command of an image', () => {
  const PATH = (root: string) => ({ PATH: `${root}/bin:/usr/bin:/bin` });

  it.each<[string, string, (root: string) => string[]]>([
    ['no script as it is', 'binary', (root) => [`${root}/bin/x.sh`, 'a']],
    ['a script with an interpreter of the host as it is', '#!/bin/sh\n', (root) => [`${root}/bin/x.sh`, 'a']],
    ['a script with env as it is', '#!/usr/bin/env sh\n', (root) => [`${root}/bin/x.sh`, 'a']],
    [
      'a script with an interpreter of the image by that',
      '#!/bin/tool.sh -u\n',
      (root) => [`${root}/bin/tool.sh`, '-u', `${root}/bin/x.sh`, 'a'],
    ],
    ['a script whose interpreter is nowhere as it is', '#!/no/such\n', (root) => [`${root}/bin/x.sh`, 'a']],
  ])('starts %s', (_, content, expected) => {
    const root = files(folder(), { 'bin/x.sh': content, 'bin/tool.sh': '' });
    expect(runnable(root, ['x.sh', 'a'], PATH(root))).toEqual(expected(root));
    expect(runnable(root, ['/bin/x.sh', 'a'], PATH(root))).toEqual(expected(root));
  });

  it('starts a script by its interpreter where white space in the path breaks the #! line', () => {
    const root = folder();
    files(root, { 'bin/python.sh': '', 'bin/x.sh': `#!${root}/bin/python.sh\n` });
    expect(root).toContain(' ');
    expect(runnable(root, ['x.sh'], PATH(root))).toEqual([`${root}/bin/python.sh`, `${root}/bin/x.sh`]);
  });

  it('starts a script by its interpreter where the #! line is too long', () => {
    const root = join(mkdtempSync(join(tmpdir(), 'image-')), 'd'.repeat(130));
    files(root, { 'bin/tool.sh': '', 'bin/x.sh': `#!${root}/bin/tool.sh\n` });
    expect(runnable(root, ['x.sh'], PATH(root))).toEqual([`${root}/bin/tool.sh`, `${root}/bin/x.sh`]);
    rmSync(join(root, '..'), { recursive: true });
  });

  it('finds the image’s programs in a system folder, and the host’s behind them', () => {
    const root = files(folder(), { 'usr/bin/x.sh': '', 'opt/y': '' });
    expect(mapVariable(root, 'PATH', '/usr/bin:/bin:/opt')).toBe(`${root}/usr/bin:/usr/bin:/bin:${root}/opt`);
    expect(mapVariable(root, 'PYTHONPATH', '/usr/bin')).toBe(`${root}/usr/bin`);
    expect(mapVariable(root, 'URL', 'redis://h:1/opt')).toBe('redis://h:1/opt');
  });

  it('leaves a program of the host to the host', () => {
    const root = folder();
    mkdirSync(join(root, 'bin'));
    expect(existsSync('/bin/sh')).toBe(true);
    expect(runnable(root, ['sh', '-c', 'x'], PATH(root))).toEqual(['sh', '-c', 'x']);
    expect(runnable(root, [], PATH(root))).toEqual([]);
  });
});
