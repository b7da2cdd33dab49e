import { createHash } from 'node:crypto';
import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import {
  type ActionExecutionDetail,
  CodePipelineClient,
  GetPipelineExecutionCommand,
  paginateListActionExecutions,
} from '@aws-sdk/client-codepipeline';
import { BatchGetImageCommand, ECRClient } from '@aws-sdk/client-ecr';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { asked } from '../provenance/asked';
import type { ActionRun, Ports } from './ports';

/** The ports by the SDK, with Region, credentials and endpoint of the environment. */
export function awsPorts(signal: AbortSignal): Ports {
  const options = { abortSignal: signal };
  const pipelines = new CodePipelineClient();
  const builds = new CodeBuildClient();
  const images = new ECRClient();
  const keys = new KMSClient();
  const objects = new S3Client();
  return {
    execution: (pipelineName, pipelineExecutionId) =>
      asked('codepipeline:GetPipelineExecution', async () => {
        const command = new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId });
        const { pipelineExecution: found = {} } = await pipelines.send(command, options);
        const pairs = (found.artifactRevisions ?? []).map(({ name = '', revisionId = '' }) => [name, revisionId]);
        const variables = (found.variables ?? []).map(({ name = '', resolvedValue = '' }) => [name, resolvedValue]);
        return {
          status: found.status ?? 'unknown',
          revisions: Object.fromEntries(pairs),
          variables: Object.fromEntries(variables),
        };
      }),

    actionRuns: (pipelineName, pipelineExecutionId) =>
      asked('codepipeline:ListActionExecutions', async () => {
        const runs: ActionRun[] = [];
        const pages = paginateListActionExecutions(
          { client: pipelines },
          { pipelineName, filter: { pipelineExecutionId } },
        );
        for await (const { actionExecutionDetails = [] } of pages) {
          signal.throwIfAborted();
          runs.push(...actionExecutionDetails.map(actionRun));
        }
        return runs;
      }),

    build: (id) =>
      asked('codebuild:BatchGetBuilds', async () => {
        const { builds: [found] = [] } = await builds.send(new BatchGetBuildsCommand({ ids: [id] }), options);
        return (
          found && {
            arn: found.arn ?? '',
            project: found.projectName ?? '',
            status: found.buildStatus ?? 'unknown',
            initiator: found.initiator ?? '',
            sourceVersion: found.resolvedSourceVersion ?? '',
            image: found.environment?.image ?? '',
            exported: Object.fromEntries(
              (found.exportedEnvironmentVariables ?? []).map(({ name = '', value = '' }) => [name, value]),
            ),
          }
        );
      }),

    manifest: (repositoryName, imageDigest) =>
      asked('ecr:BatchGetImage', async () => {
        const command = new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] });
        const { images: [found] = [] } = await images.send(command, options);
        return found?.imageManifest === undefined ? undefined : Buffer.from(found.imageManifest);
      }),

    sign: (KeyId, message) =>
      asked('kms:Sign', async () => {
        // A message itself may have 4,096 bytes; a bill of materials has more.
        const { Signature, KeyId: signedBy } = await keys.send(
          new SignCommand({
            KeyId,
            Message: createHash('sha256').update(message).digest(),
            MessageType: 'DIGEST',
            SigningAlgorithm: 'ECDSA_SHA_256',
          }),
          options,
        );
        if (Signature === undefined || signedBy !== KeyId)
          throw new Error(`signed with ${signedBy ?? 'nothing'} instead of ${KeyId}`);
        return Signature;
      }),

    put: (Bucket, Key, Body) =>
      asked('s3:PutObject', async () => {
        await objects.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }), options);
      }),
  };
}

const actionRun = (detail: ActionExecutionDetail): ActionRun => {
  const { input, output } = detail;
  const externalId = output?.executionResult?.externalExecutionId;
  return {
    stage: detail.stageName ?? '',
    action: detail.actionName ?? '',
    category: input?.actionTypeId?.category ?? '',
    provider: input?.actionTypeId?.provider ?? '',
    status: detail.status ?? 'unknown',
    startedAt: detail.startTime ?? new Date(0),
    updatedAt: detail.lastUpdateTime ?? new Date(0),
    configuration: input?.resolvedConfiguration ?? input?.configuration ?? {},
    outputs: (output?.outputArtifacts ?? []).map(({ name = '' }) => name),
    variables: output?.outputVariables ?? {},
    ...(externalId !== undefined && { externalId }),
  };
};
