import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Images, ProcessImage } from '../cluster/images';
import { mapArgument, mapVariable, runnable } from './image-paths';
import { Annotation, type ImageConfig, type Manifest, parseManifest } from './manifest';
import { type MaterializeOptions, materialize } from './materialize';
import { isPrivateRegistry, parseReference } from './reference';
import type { ImageStore } from './store';

/** As the cluster's port; a pull that is under way ends soon after `signal` aborts. */
export interface ProcessImages extends Images {
  /** Undefined: no such image. Throws an Error when the image is there and cannot be made ready; its message is for the user. */
  resolve(reference: string, signal?: AbortSignal): Promise<ProcessImage | undefined>;
}

/** The store's images for whoever runs them: by `<registry>/<repository>@<digest>` or `:<tag>` of an ECR private registry. */
export function processImages(store: ImageStore, options: MaterializeOptions): ProcessImages {
  return {
    async resolve(reference, signal = new AbortController().signal) {
      const parsed = parseReference(reference);
      if (!parsed || !isPrivateRegistry(parsed.registry)) return undefined;
      const id = { digest: parsed.digest, tag: parsed.digest === undefined ? (parsed.tag ?? 'latest') : undefined };
      const found = await store.find(parsed.repository, id);
      if (!found.ok) return undefined;
      const { digest, manifest } = found.value;
      const parsedManifest = parseManifest(manifest) as Manifest;
      const config = await store.blob(parsedManifest.config.digest);
      if (!config || parsedManifest.annotations?.[Annotation.kind] !== 'process-image')
        throw new Error(
          `${reference} is no process image, and no container engine is here to run it: build it with the pipeline`,
        );
      const root = await materialize(store, digest, parsedManifest, options, signal);
      if (!root.ok) throw new Error(root.errors.join('\n'));
      return runtime(digest, root.value, JSON.parse(config.toString('utf8')) as ImageConfig);
    },
  };
}

async function runtime(digest: string, root: string, { config }: ImageConfig): Promise<ProcessImage> {
  const env: Record<string, string> = {};
  for (const pair of config.Env ?? []) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    env[name] = mapVariable(root, name, pair.slice(at + 1));
  }
  const workingDir = join(root, config.WorkingDir ?? '/');
  await mkdir(workingDir, { recursive: true });
  const { Entrypoint: entrypoint = [], Cmd: cmd = [] } = config;
  return {
    digest,
    root,
    entrypoint: runnable(root, entrypoint, env),
    cmd: entrypoint.length > 0 ? cmd.map((argument) => mapArgument(root, argument)) : runnable(root, cmd, env),
    env,
    workingDir,
  };
}
