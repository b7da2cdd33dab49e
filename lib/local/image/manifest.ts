import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Media types of the OCI image specification. */
export const MediaType = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  /** The build context, for `prepare`; no layer of a file system. */
  context: 'application/vnd.dev.slipway.context.v1.tar',
} as const;

export const Annotation = {
  /** `process-image`: runs as a process of the host; no container engine can run it. */
  kind: 'dev.slipway.kind',
  /** Shell command that completes the image's root; see materialize.ts. */
  prepare: 'dev.slipway.prepare',
} as const;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** OCI image manifest. */
export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What an image runs, as the OCI image configuration spells it. */
export interface RuntimeConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  /** `NAME=value`. */
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
}

/** OCI image configuration; no times and no history, so that equal input gives equal bytes. */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly config: RuntimeConfig;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] };
}

/** `sha256:<hex>` of the bytes. */
export const digestOf = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The same of a file, which may be large. */
export async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** Reads a manifest that names at least a configuration and layers; undefined where it is none. */
export function parseManifest(bytes: Uint8Array | string): Manifest | undefined {
  let parsed: Partial<Manifest>;
  try {
    parsed = JSON.parse(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')) as Partial<Manifest>;
  } catch {
    return undefined;
  }
  const descriptors = [parsed?.config, ...(Array.isArray(parsed?.layers) ? parsed.layers : [undefined])];
  const sound = descriptors.every((each) => typeof each?.digest === 'string' && typeof each.size === 'number');
  return parsed?.schemaVersion === 2 && sound ? (parsed as Manifest) : undefined;
}
