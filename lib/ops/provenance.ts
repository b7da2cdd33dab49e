import { createPublicKey } from 'node:crypto';
import { BatchGetProjectsCommand } from '@aws-sdk/client-codebuild';
import { GetPipelineCommand } from '@aws-sdk/client-codepipeline';
import { DescribeImagesCommand, type ImageDetail } from '@aws-sdk/client-ecr';
import { GetPublicKeyCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ATTESTATIONS, type Attestation, attestationKey, LARGEST_ENVELOPE } from '../provenance/storage';
import { verifyImage } from '../provenance/verify';
import { err, ok, type Result } from '../result';
import type { Aws } from './aws';
import { type OpsError, refused, usage } from './ops-error';

/** What is known of how an image came about. */
export interface ImageProvenance {
  readonly repository: string;
  readonly digest: string;
  /** Its versions. */
  readonly tags: readonly string[];
  /** When it was pushed, ISO 8601. */
  readonly pushed?: string;
  /** Key whose signature counts. */
  readonly key: string;
  /** Why it would not be deployed; empty: it would. */
  readonly problems: readonly string[];
  readonly source?: { readonly repository: string; readonly branch: string; readonly commit: string };
  readonly builder?: string;
  readonly execution?: string;
  /** ISO 8601. */
  readonly finished?: string;
  /** Bills of materials -> how many packages each lists. */
  readonly bills: Readonly<Record<string, number>>;
  /** What could not be made where it was built. */
  readonly notRun: readonly string[];
  readonly level: string;
}

/** By what a deploy verifies: variables of the deploy project. */
const SETTINGS = [
  'REPOSITORY_URI',
  'ATTESTATIONS',
  'PROVENANCE_KEY',
  'PROVENANCE_BUILDERS',
  'PROVENANCE_SOURCE',
] as const;
type Settings = Readonly<Record<(typeof SETTINGS)[number] | 'SERVICE', string>>;

/** Verifies an image as the deploys of a pipeline do. `wanted`: a digest or a version; undefined: the image pushed last. */
export async function readProvenance(
  aws: Aws,
  pipeline: string,
  service: string,
  wanted: string | undefined,
): Promise<Result<ImageProvenance, OpsError>> {
  const settings = await deploySettings(aws, pipeline, service);
  if (!settings.ok) return settings;
  const image = await findImage(aws, settings.value, wanted);
  if (!image.ok) return image;
  return verified(aws, settings.value, image.value);
}

async function deploySettings(aws: Aws, pipeline: string, service: string): Promise<Result<Settings, OpsError>> {
  const found = await aws.call('codepipeline:GetPipeline', (options) =>
    aws.codepipeline.send(new GetPipelineCommand({ name: pipeline }), options),
  );
  if (!found.ok) return found;
  const actions = (found.value.pipeline?.stages ?? []).flatMap(({ actions = [] }) => actions);
  const names = actions.flatMap(({ actionTypeId, configuration }) =>
    actionTypeId?.provider === 'CodeBuild' ? [configuration?.['ProjectName'] ?? ''] : [],
  );
  const answer = await aws.call('codebuild:BatchGetProjects', (options) =>
    aws.codebuild.send(new BatchGetProjectsCommand({ names: [...new Set(names)] }), options),
  );
  if (!answer.ok) return answer;
  for (const { environment } of answer.value.projects ?? []) {
    const pairs = (environment?.environmentVariables ?? []).map(({ name, value }) => [name, value]);
    const variables = Object.fromEntries(pairs) as Partial<Settings>;
    if (SETTINGS.every((name) => variables[name])) return ok({ SERVICE: service, ...variables } as Settings);
  }
  return err(refused(`no action of ${pipeline} verifies images: deploy the stacks of this version of Slipway`));
}

async function findImage(
  aws: Aws,
  { REPOSITORY_URI }: Settings,
  wanted: string | undefined,
): Promise<Result<ImageDetail, OpsError>> {
  const repositoryName = REPOSITORY_URI.slice(REPOSITORY_URI.indexOf('/') + 1);
  const isDigest = wanted?.startsWith('sha256:');
  const imageIds = wanted === undefined ? undefined : [isDigest ? { imageDigest: wanted } : { imageTag: wanted }];
  const images: ImageDetail[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await aws.call('ecr:DescribeImages', (options) =>
      aws.ecr.send(new DescribeImagesCommand({ repositoryName, imageIds, nextToken }), options),
    );
    if (!page.ok)
      return page.errors.some(({ code }) => code === 'ImageNotFoundException' || code === 'InvalidParameterException')
        ? err(usage(`${repositoryName} has no image ${wanted}: expected a version, or sha256:<64 hex digits>`))
        : page;
    images.push(...(page.value.imageDetails ?? []));
    nextToken = page.value.nextToken;
    if (nextToken === undefined) break;
  }
  const newest = images.sort((a, b) => Number(b.imagePushedAt ?? 0) - Number(a.imagePushedAt ?? 0))[0];
  return newest ? ok(newest) : err(usage(`${repositoryName} has no image yet`));
}

async function verified(
  aws: Aws,
  settings: Settings,
  { imageDigest: digest = '', imageTags: tags = [], imagePushedAt }: ImageDetail,
): Promise<Result<ImageProvenance, OpsError>> {
  const { REPOSITORY_URI: repository, PROVENANCE_KEY: key } = settings;
  const publicKey = await aws.call('kms:GetPublicKey', (options) =>
    aws.kms.send(new GetPublicKeyCommand({ KeyId: key }), options),
  );
  if (!publicKey.ok) return publicKey;
  const envelopes = new Map<Attestation, Result<Uint8Array, string>>();
  for (const attestation of ATTESTATIONS) {
    const envelope = await readEnvelope(aws, settings, attestationKey(settings.SERVICE, digest, attestation));
    if (!envelope.ok) return envelope;
    if (envelope.value) envelopes.set(attestation, envelope.value);
  }
  const spki = Buffer.from(publicKey.value.PublicKey ?? []);
  const runner = aws.kind === 'local' ? 'local' : 'codepipeline';
  const result = verifyImage(
    envelopes,
    { id: key, publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) },
    {
      image: { name: repository, digest },
      builders: settings.PROVENANCE_BUILDERS.split(' '),
      runner,
      source: settings.PROVENANCE_SOURCE,
    },
  );
  const known = {
    repository,
    digest,
    tags,
    ...(imagePushedAt && { pushed: imagePushedAt.toISOString() }),
    key,
    level: LEVELS[runner],
  };
  if (!result.ok) return ok({ ...known, problems: result.errors, bills: {}, notRun: [] });
  const { provenance, bills, notRun } = result.value;
  const { buildDefinition, runDetails } = provenance.predicate;
  return ok({
    ...known,
    problems: [],
    source: buildDefinition.externalParameters.source,
    builder: runDetails.builder.id,
    execution: runDetails.metadata.invocationId.split('#').at(-1) ?? '',
    finished: runDetails.metadata.finishedOn,
    bills: Object.fromEntries(
      bills.map(([name, { predicate }]) => [name, (predicate['components'] as readonly unknown[]).length]),
    ),
    notRun,
  });
}

const LEVELS = {
  codepipeline: 'designed to SLSA build level 3, self-assessed',
  local: 'a laptop: SLSA build level 1 at most',
} as const;

/** Undefined: there is none. */
async function readEnvelope(
  aws: Aws,
  { ATTESTATIONS: location }: Settings,
  Key: string,
): Promise<Result<Result<Uint8Array, string> | undefined, OpsError>> {
  const Bucket = location.replace(/^s3:\/\//, '');
  const answer = await aws.call('s3:GetObject', (options) =>
    aws.s3.send(new GetObjectCommand({ Bucket, Key }), options),
  );
  if (!answer.ok) return answer.errors.some(({ code }) => code === 'NoSuchKey') ? ok(undefined) : answer;
  const { Body, ContentLength = 0 } = answer.value;
  if (ContentLength <= LARGEST_ENVELOPE) return ok(ok((await Body?.transformToByteArray()) ?? new Uint8Array()));
  await Body?.transformToWebStream().cancel();
  return ok(err(`${location}/${Key} has ${ContentLength} bytes, and more than ${LARGEST_ENVELOPE} are not read`));
}
