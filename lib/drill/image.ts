import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tree } from '../local/image/context';
import { storeLayer } from '../local/image/layer';
import { Annotation, digestOf, type ImageConfig, type Manifest, MediaType } from '../local/image/manifest';
import type { ImageStore } from '../local/image/store';

/** Where the drills' images are, as manifests and the deployer name it; no such account is asked. */
export const REPOSITORY = { name: 'drill', uri: '000000000000.dkr.ecr.local-1.amazonaws.com/drill' } as const;

/**
 * Pushes the drills' service as a process image whose own environment makes it this release: another environment is another
 * digest. `serverFolder` holds server.mjs. Gives the digest.
 */
export async function pushImage(
  store: ImageStore,
  serverFolder: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  await store.createRepository(REPOSITORY.name);
  const source = join(serverFolder, 'server.mjs');
  const tree: Tree = new Map([
    ['app', { type: 'folder' }],
    ['app/server.mjs', { type: 'file', source, size: (await stat(source)).size, mode: 0o644 }],
  ]);
  const layer = await storeLayer(store, tree);
  const config: ImageConfig = {
    architecture: process.arch,
    os: process.platform,
    config: {
      Entrypoint: ['node', '/app/server.mjs'],
      WorkingDir: '/app',
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  };
  const text = JSON.stringify(config);
  await store.putBlob(text);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: { mediaType: MediaType.config, digest: digestOf(text), size: Buffer.byteLength(text) },
    layers: [layer],
    annotations: { [Annotation.kind]: 'process-image' },
  };
  const pushed = await store.pushByDigest(REPOSITORY.name, Buffer.from(JSON.stringify(manifest)));
  if (!pushed.ok) throw new Error(pushed.errors.map(({ message }) => message).join('; '));
  return pushed.value;
}
