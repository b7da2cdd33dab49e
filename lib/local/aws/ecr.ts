import type { Repository } from '@aws-sdk/client-ecr';
import { z } from 'zod';
import { err, ok, type Result } from '../../result';
import { digestOf } from '../image/manifest';
import { issuePassword } from '../image/registry-login';
import type { ImageStore, StoredImage, StoreError } from '../image/store';
import { pageOf } from './paging';
import { type Answer, type AwsError, type Operation, operation, type Service } from './service';

export interface EcrOptions {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly images: ImageStore;
  readonly now: () => Date;
}

const imageId = z.strictObject({ imageDigest: z.string().optional(), imageTag: z.string().optional() });
const registryId = z.string().optional();
const limit = z.number().int().min(1).max(1000).optional();

/**
 * ECR's private registry (ECR API reference), over the image store. It is that of one account; a caller of another one has to name
 * it, for where no registry is named, ECR looks into the caller's own.
 */
export function ecr({ account, region, partition, images, now }: EcrOptions): Service {
  const arn = (repository: string): string => `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
  const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
  const about = (input: { repositoryName: string }): string => arn(input.repositoryName);

  const describeRepository = async (repositoryName: string): Promise<Repository> => {
    const { immutable, exclusions } = await images.mutability(repositoryName);
    const word = immutable ? ('IMMUTABLE' as const) : ('MUTABLE' as const);
    return {
      repositoryArn: arn(repositoryName),
      registryId: account,
      repositoryName,
      repositoryUri: `${host}/${repositoryName}`,
      imageTagMutability: exclusions.length > 0 ? `${word}_WITH_EXCLUSION` : word,
      ...(exclusions.length > 0 && {
        imageTagMutabilityExclusionFilters: exclusions.map((filter) => ({ filterType: 'WILDCARD', filter })),
      }),
    };
  };

  const describeImage = (image: StoredImage) => ({
    registryId: account,
    repositoryName: image.repository,
    imageDigest: image.digest,
    imageTags: image.tags.length > 0 ? image.tags : undefined,
    imageSizeInBytes: image.size,
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: image.mediaType,
  });

  const getAuthorizationToken = operation(
    z.strictObject({ registryIds: z.array(z.literal(account)).optional() }),
    async () => {
      const { password, expiresAt } = await issuePassword(images, now());
      const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
      return ok({ authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: `https://${host}` }] });
    },
  );

  const describeRepositories = operation(
    z.strictObject({
      registryId,
      repositoryNames: z.array(z.string()).optional(),
      maxResults: limit,
      nextToken: z.string().optional(),
    }),
    async ({ repositoryNames, maxResults = 100, nextToken }) => {
      const names = await images.repositories();
      const missing = repositoryNames?.find((name) => !names.includes(name));
      if (missing !== undefined)
        return failed({
          code: 'RepositoryNotFoundException',
          message: `The repository with name '${missing}' does not exist in the registry`,
        });
      const page = pageOf(repositoryNames ?? names, (name) => name, maxResults, nextToken);
      if (!page.ok) return invalidToken(page.errors);
      const { items, ...rest } = page.value;
      return ok({ repositories: await Promise.all(items.map(describeRepository)), ...rest });
    },
  );

  const describeImages = operation(
    z.strictObject({
      registryId,
      repositoryName: z.string(),
      imageIds: z.array(imageId).optional(),
      filter: z.strictObject({ tagStatus: z.enum(['TAGGED', 'UNTAGGED', 'ANY']).optional() }).optional(),
      maxResults: limit,
      nextToken: z.string().optional(),
    }),
    async ({ repositoryName, imageIds, filter, maxResults = 100, nextToken }) => {
      const found = await select(images, repositoryName, imageIds, filter?.tagStatus);
      if (!found.ok) return failed(found.errors[0]);
      const page = pageOf(found.value, ({ digest }) => digest, maxResults, nextToken);
      if (!page.ok) return invalidToken(page.errors);
      const { items, ...rest } = page.value;
      return ok({ imageDetails: items.map(describeImage), ...rest });
    },
    about,
  );

  const listImages = operation(
    z.strictObject({
      registryId,
      repositoryName: z.string(),
      filter: z.strictObject({ tagStatus: z.enum(['TAGGED', 'UNTAGGED', 'ANY']).optional() }).optional(),
      maxResults: limit,
      nextToken: z.string().optional(),
    }),
    async ({ repositoryName, filter, maxResults = 100, nextToken }) => {
      const found = await select(images, repositoryName, undefined, filter?.tagStatus);
      if (!found.ok) return failed(found.errors[0]);
      const imageIds: z.output<typeof imageId>[] = found.value.flatMap(({ digest, tags }) =>
        tags.length > 0 ? tags.map((imageTag) => ({ imageDigest: digest, imageTag })) : [{ imageDigest: digest }],
      );
      const keyOf = ({ imageDigest, imageTag }: z.output<typeof imageId>): string => `${imageDigest} ${imageTag}`;
      const page = pageOf(imageIds, keyOf, maxResults, nextToken);
      if (!page.ok) return invalidToken(page.errors);
      const { items, ...rest } = page.value;
      return ok({ imageIds: items, ...rest });
    },
    about,
  );

  const batchGetImage = operation(
    z.strictObject({
      registryId,
      repositoryName: z.string(),
      imageIds: z.array(imageId).min(1).max(100),
      acceptedMediaTypes: z.array(z.string()).optional(),
    }),
    async ({ repositoryName, imageIds }) => {
      const found: unknown[] = [];
      const failures: unknown[] = [];
      for (const id of imageIds) {
        const image = await images.find(repositoryName, { digest: id.imageDigest, tag: id.imageTag });
        if (image.ok)
          found.push({
            registryId: account,
            repositoryName,
            imageId: { imageDigest: image.value.digest, imageTag: id.imageTag ?? image.value.tags[0] },
            imageManifest: image.value.manifest.toString('utf8'),
            imageManifestMediaType: image.value.mediaType,
          });
        else if (image.errors[0]?.code === 'RepositoryNotFoundException') return failed(image.errors[0]);
        else failures.push({ imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
      }
      return ok({ images: found, failures });
    },
    about,
  );

  const putImage = operation(
    z.strictObject({
      registryId,
      repositoryName: z.string(),
      imageManifest: z.string().min(1),
      imageManifestMediaType: z.string().optional(),
      imageTag: z.string().optional(),
      imageDigest: z.string().optional(),
    }),
    async ({ repositoryName, imageManifest, imageTag, imageDigest }) => {
      const actual = digestOf(imageManifest);
      if (imageDigest !== undefined && imageDigest !== actual)
        return failed({
          code: 'ImageDigestDoesNotMatchException',
          message: `The digest of the manifest, '${actual}', does not match the parameter imageDigest, '${imageDigest}'`,
        });
      const pushed = await images.pushByDigest(repositoryName, Buffer.from(imageManifest));
      if (!pushed.ok) return failed(pushed.errors[0]);
      const tagged =
        imageTag === undefined ? ok(undefined) : await images.putTag(repositoryName, imageTag, pushed.value);
      if (!tagged.ok) return failed(tagged.errors[0]);
      const imageIdOut = { imageDigest: pushed.value, imageTag };
      return ok({ image: { registryId: account, repositoryName, imageId: imageIdOut, imageManifest } });
    },
    about,
  );

  return {
    prefix: 'ecr',
    invalidInput: 'InvalidParameterException',
    operations: {
      GetAuthorizationToken: getAuthorizationToken,
      DescribeRepositories: inRegistry(account, describeRepositories),
      DescribeImages: inRegistry(account, describeImages),
      ListImages: inRegistry(account, listImages),
      BatchGetImage: inRegistry(account, batchGetImage),
      PutImage: inRegistry(account, putImage),
    },
  };
}

const inRegistry = (account: string, { run, ...rest }: Operation): Operation => ({
  ...rest,
  run(input: { readonly registryId?: string; readonly repositoryName?: string }, caller) {
    const { registryId = caller.account, repositoryName = '' } = input;
    if (registryId === account) return run(input as never, caller);
    const message = `The repository with name '${repositoryName}' does not exist in the registry with id '${registryId}'`;
    return err({ code: 'RepositoryNotFoundException', message });
  },
});

async function select(
  images: ImageStore,
  repository: string,
  ids: readonly z.output<typeof imageId>[] | undefined,
  status: 'TAGGED' | 'UNTAGGED' | 'ANY' = 'ANY',
): Promise<Result<StoredImage[], StoreError>> {
  if (!ids) {
    const all = await images.list(repository);
    return all.ok
      ? ok(all.value.filter(({ tags }) => status === 'ANY' || tags.length > 0 === (status === 'TAGGED')))
      : all;
  }
  const found = new Map<string, StoredImage>();
  for (const { imageDigest, imageTag } of ids) {
    const image = await images.find(repository, { digest: imageDigest, tag: imageTag });
    if (!image.ok) return image;
    found.set(image.value.digest, image.value);
  }
  return ok([...found.values()]);
}

const invalidToken = (errors: readonly string[]): Answer =>
  err({ code: 'InvalidParameterException', message: `Invalid parameter at 'nextToken': ${errors.join('; ')}` });

const failed = (error: AwsError | undefined): Answer =>
  err(error ?? { code: 'ServerException', message: 'no reason was given', status: 500 });
