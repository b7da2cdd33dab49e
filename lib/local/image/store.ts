import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import { digestOf, type Manifest, MediaType, parseManifest } from './manifest';
import { IMMUTABLE, type Mutability, mayMove } from './mutability';

/** An image of a repository. */
export interface StoredImage {
  readonly repository: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: Date;
  /** Bytes of the configuration and the layers together. */
  readonly size: number;
  readonly mediaType: string;
  /** The very bytes that the digest was made of. */
  readonly manifest: Buffer;
}

/** Which image: by digest, by tag, or by both, which then have to agree. */
export interface ImageId {
  readonly digest?: string;
  readonly tag?: string;
}

/** Codes are those of the ECR API (PutImage, DescribeImages). */
export interface StoreError {
  readonly code:
    | 'RepositoryNotFoundException'
    | 'ImageNotFoundException'
    | 'ImageAlreadyExistsException'
    | 'ImageTagAlreadyExistsException'
    | 'LayersNotFoundException'
    | 'InvalidParameterException';
  readonly message: string;
}

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * A registry in a folder: repositories whose images are addressed by digest and whose tags never move (as ECR with
 * imageTagMutability IMMUTABLE), unless setMutability has said otherwise. Any number of processes may use it at once: what is written appears whole, by rename(2),
 * or not at all, and a tag is taken by link(2), which only one can do.
 *
 *     blobs/sha256/<hex>                              configurations, layers and manifests
 *     repositories/<name>/images/<hex>                time of the push
 *     repositories/<name>/tags/<tag>                  digest
 *     repositories/<name>/mutability.json             Mutability; none: IMMUTABLE
 *     roots/<hex>/                                    see materialize.ts
 */
export class ImageStore {
  constructor(
    readonly folder: string,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Makes a repository; one that is there stays as it is. */
  async createRepository(name: string): Promise<void> {
    await mkdir(join(this.repositoryFolder(name), 'images'), { recursive: true });
    await mkdir(join(this.repositoryFolder(name), 'tags'), { recursive: true });
  }

  /** Says which tags of a repository may move, from now on. */
  async setMutability(name: string, mutability: Mutability): Promise<void> {
    await this.writeWhole(this.mutabilityPath(name), JSON.stringify(mutability));
  }

  /** Names, sorted. */
  async repositories(): Promise<string[]> {
    return (await names(join(this.folder, 'repositories'))).map(decodeURIComponent);
  }

  async hasRepository(name: string): Promise<boolean> {
    return exists(join(this.repositoryFolder(name), 'tags'));
  }

  /** Keeps bytes by their digest, which it gives back. */
  async putBlob(bytes: Uint8Array | string): Promise<string> {
    const digest = digestOf(bytes);
    const target = this.blobPath(digest);
    if (!(await exists(target))) await this.writeWhole(target, bytes);
    return digest;
  }

  /** Takes a finished file over as a blob. `digest` is the SHA-256 of its content. */
  async adoptBlob(file: string, digest: string): Promise<void> {
    await mkdir(join(this.folder, 'blobs', 'sha256'), { recursive: true });
    await rename(file, this.blobPath(digest));
  }

  /** Throws when its bytes are not those that were kept. */
  async blob(digest: string): Promise<Buffer | undefined> {
    const bytes = DIGEST.test(digest) ? await readMaybe(this.blobPath(digest)) : undefined;
    if (bytes && digestOf(bytes) !== digest)
      throw new Error(`${this.blobPath(digest)} was changed: it is not what its digest says; build the image again`);
    return bytes;
  }

  blobPath(digest: string): string {
    return join(this.folder, 'blobs', 'sha256', hex(digest));
  }

  /** A path in the store's own file system for something unfinished; whoever asks removes it. */
  async draftPath(): Promise<string> {
    const drafts = join(this.folder, 'drafts');
    await mkdir(drafts, { recursive: true });
    return join(drafts, randomUUID());
  }

  /** Puts an image without a tag; one that is there stays as it is. Gives its digest. */
  async pushByDigest(repository: string, manifest: Uint8Array): Promise<Result<string, StoreError>> {
    if (!(await this.hasRepository(repository))) return err(repositoryNotFound(repository));
    const parsed = parseManifest(manifest);
    if (!parsed)
      return err({ code: 'InvalidParameterException', message: 'The image manifest is no OCI image manifest.' });
    const missing: string[] = [];
    for (const { digest } of [parsed.config, ...parsed.layers]) {
      if (!DIGEST.test(digest) || !(await exists(this.blobPath(digest)))) missing.push(digest);
    }
    if (missing.length > 0)
      return err({
        code: 'LayersNotFoundException',
        message: `The layers with digests '[${missing.join(', ')}]' required for pushing image into repository with name '${repository}' do not exist`,
      });
    const digest = await this.putBlob(manifest);
    const image = join(this.repositoryFolder(repository), 'images', hex(digest));
    if (!(await exists(image))) await this.writeWhole(image, this.now().toISOString());
    return ok(digest);
  }

  /** Gives an image a tag: for ever, where the repository is immutable. */
  async putTag(repository: string, tag: string, digest: string): Promise<Result<void, StoreError>> {
    if (!TAG.test(tag))
      return err({
        code: 'InvalidParameterException',
        message: `Invalid parameter: image tag '${tag}' is no valid tag`,
      });
    if (!(await this.hasRepository(repository))) return err(repositoryNotFound(repository));
    if (!(await this.findByDigest(repository, digest))) return err(imageNotFound(repository, { digest }));
    const draft = await this.draftPath();
    await writeFile(draft, digest);
    try {
      await link(draft, this.tagPath(repository, tag));
      return ok(undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(draft, { force: true });
    }
    const holder = (await readMaybe(this.tagPath(repository, tag)))?.toString();
    if (holder !== digest && mayMove(await this.mutability(repository), tag)) {
      await this.writeWhole(this.tagPath(repository, tag), digest);
      return ok(undefined);
    }
    return holder === digest
      ? err({
          code: 'ImageAlreadyExistsException',
          message: `Image with digest '${digest}' and tag '${tag}' already exists in the repository with name '${repository}'`,
        })
      : err({
          code: 'ImageTagAlreadyExistsException',
          message: `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the repository is immutable.`,
        });
  }

  /** The image, or why there is none: ImageNotFoundException or RepositoryNotFoundException. */
  async find(repository: string, id: ImageId): Promise<Result<StoredImage, StoreError>> {
    if (!(await this.hasRepository(repository))) return err(repositoryNotFound(repository));
    const tagged =
      id.tag !== undefined && TAG.test(id.tag)
        ? (await readMaybe(this.tagPath(repository, id.tag)))?.toString()
        : undefined;
    const digest = id.digest ?? tagged;
    const found =
      digest !== undefined && (id.tag === undefined || tagged === digest)
        ? await this.findByDigest(repository, digest)
        : undefined;
    return found ? ok(found) : err(imageNotFound(repository, id));
  }

  /** Every image of the repository, the oldest push first. */
  async list(repository: string): Promise<Result<StoredImage[], StoreError>> {
    if (!(await this.hasRepository(repository))) return err(repositoryNotFound(repository));
    const digests = await names(join(this.repositoryFolder(repository), 'images'));
    const tags = await this.tags(repository);
    const images = await Promise.all(digests.map((name) => this.findByDigest(repository, `sha256:${name}`, tags)));
    return ok(
      images
        .filter((image) => image !== undefined)
        .sort((a, b) => a.pushedAt.getTime() - b.pushedAt.getTime() || (a.digest < b.digest ? -1 : 1)),
    );
  }

  private async findByDigest(
    repository: string,
    digest: string,
    tags?: ReadonlyMap<string, string>,
  ): Promise<StoredImage | undefined> {
    if (!DIGEST.test(digest)) return undefined;
    const pushed = await readMaybe(join(this.repositoryFolder(repository), 'images', hex(digest)));
    const manifest = pushed && (await this.blob(digest));
    if (!manifest) return undefined;
    const parsed = parseManifest(manifest) as Manifest;
    return {
      repository,
      digest,
      tags: [...(tags ?? (await this.tags(repository)))].filter(([, to]) => to === digest).map(([tag]) => tag),
      pushedAt: new Date(pushed.toString()),
      size: [parsed.config, ...parsed.layers].reduce((sum, each) => sum + each.size, 0),
      mediaType: parsed.mediaType ?? MediaType.manifest,
      manifest,
    };
  }

  private async tags(repository: string): Promise<Map<string, string>> {
    const tags = await names(join(this.repositoryFolder(repository), 'tags'));
    const digests = await Promise.all(tags.map((tag) => readMaybe(this.tagPath(repository, tag))));
    return new Map(tags.flatMap((tag, index) => (digests[index] ? [[tag, digests[index].toString()] as const] : [])));
  }

  private async writeWhole(target: string, content: Uint8Array | string): Promise<void> {
    const draft = await this.draftPath();
    await writeFile(draft, content);
    await mkdir(join(target, '..'), { recursive: true });
    await rename(draft, target);
  }

  /** Whether tags stay where they are, once given. */
  async mutability(repository: string): Promise<Mutability> {
    const written = await readMaybe(this.mutabilityPath(repository));
    return written ? (JSON.parse(written.toString()) as Mutability) : IMMUTABLE;
  }

  private mutabilityPath(repository: string): string {
    return join(this.repositoryFolder(repository), 'mutability.json');
  }

  private repositoryFolder(name: string): string {
    return join(this.folder, 'repositories', encodeURIComponent(name));
  }

  private tagPath(repository: string, tag: string): string {
    return join(this.repositoryFolder(repository), 'tags', tag);
  }
}

const hex = (digest: string): string => digest.slice('sha256:'.length);

const repositoryNotFound = (name: string): StoreError => ({
  code: 'RepositoryNotFoundException',
  message: `The repository with name '${name}' does not exist in the registry`,
});

const imageNotFound = (repository: string, id: ImageId): StoreError => ({
  code: 'ImageNotFoundException',
  message: `The image with imageId {imageDigest:'${id.digest ?? 'null'}', imageTag:'${id.tag ?? 'null'}'} does not exist within the repository with name '${repository}' in the registry`,
});

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function readMaybe(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
