import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { err, ok, type Result } from '../../result';
import { readContext } from './context';
import { applyCopies } from './copy';
import { readDockerfile } from './dockerfile';
import { storeLayer } from './layer';
import { Annotation, type Descriptor, digestOf, type ImageConfig, type Manifest, MediaType } from './manifest';
import type { ImageStore } from './store';

export interface BuildOptions {
  /** Folder of the build context. */
  readonly context: string;
  /** Path of the Dockerfile. */
  readonly dockerfile: string;
  readonly buildArguments?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Stage to build; the last one if absent. */
  readonly target?: string;
  /** `linux/amd64` if absent: the same on every machine, since no machine code is made. */
  readonly platform?: string;
  /** Shell command that takes the place of RUN and COPY --from: `local.prepare` of slipway.yaml. */
  readonly prepare?: string;
}

export interface BuiltImage {
  /** Of the manifest. */
  readonly digest: string;
  readonly manifest: Buffer;
  readonly config: Descriptor;
  /** What the user should know, as `<Dockerfile>:<line>: …` or a line of its own. */
  readonly notes: readonly string[];
}

/**
 * Builds a process image and keeps its parts in the store; it is in no repository before it is pushed. The same context,
 * arguments and prepare command give the same digest on every machine.
 */
export async function buildProcessImage(store: ImageStore, options: BuildOptions): Promise<Result<BuiltImage, string>> {
  const { buildArguments = {}, platform = 'linux/amd64', prepare } = options;
  const file = basename(options.dockerfile);
  let text: string;
  try {
    text = await readFile(options.dockerfile, 'utf8');
  } catch (error) {
    return err(`cannot read the Dockerfile ${options.dockerfile}: ${(error as Error).message}`);
  }
  const image = readDockerfile(text, { file, buildArguments, target: options.target, platform });
  if (!image.ok) return image;
  const context = await readContext(options.context, options.dockerfile);
  const root = applyCopies(context, image.value.copies, file);
  if (!root.ok) return root;

  const layers = [await storeLayer(store, root.value)];
  const parts = prepare ? [...layers, await storeLayer(store, context, MediaType.context)] : layers;
  const labels = Object.entries({ ...image.value.config.Labels, ...options.labels }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const [os = '', architecture = ''] = platform.split('/');
  const config: ImageConfig = {
    architecture,
    os,
    config: { ...image.value.config, ...(labels.length > 0 && { Labels: Object.fromEntries(labels) }) },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
  };
  const configBytes = Buffer.from(JSON.stringify(config));
  const descriptor = { mediaType: MediaType.config, digest: digestOf(configBytes), size: configBytes.length };
  await store.putBlob(configBytes);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: descriptor,
    layers: parts,
    annotations: { [Annotation.kind]: 'process-image', ...(prepare && { [Annotation.prepare]: prepare }) },
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const notes = [
    ...image.value.notes.map((note) => `${file}:${note.line}: ${note.message}`),
    ...image.value.prepared.map(
      (note) =>
        `${file}:${note.line}: ${note.message}: ${
          prepare ? 'replaced by local.prepare' : 'left out; say in local.prepare of slipway.yaml what takes its place'
        }`,
    ),
    ...(image.value.unusedArguments.length > 0
      ? [`no ARG asks for the build arguments ${image.value.unusedArguments.join(', ')}`]
      : []),
  ];
  return ok({ digest: digestOf(bytes), manifest: bytes, config: descriptor, notes });
}
