import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { ActionContext } from '../executor';
import type { LambdaAction } from '../plan';
import type { ArtifactObjects } from './artifact-objects';

/** An artifact as a job's event shows it (CodePipeline API, Artifact). */
export interface JobArtifact {
  readonly name: string;
  readonly revision: string | null;
  readonly location: {
    readonly type: 'S3';
    readonly s3Location: { readonly bucketName: string; readonly objectKey: string };
  };
}

/** What a function finds, and where it puts its own; the same for every invocation of one action. */
export interface JobArtifacts {
  readonly inputs: readonly JobArtifact[];
  readonly outputs: readonly JobArtifact[];
}

/** Puts the inputs where a function can read them, and chooses where it puts its outputs. */
export async function handOver(
  action: LambdaAction,
  context: ActionContext,
  objects: ArtifactObjects,
): Promise<Result<JobArtifacts, string>> {
  const shown = (name: string, bucketName: string, objectKey: string): JobArtifact => ({
    name,
    revision: context.revisions[name] ?? null,
    location: { type: 'S3', s3Location: { bucketName, objectKey } },
  });
  const inputs: JobArtifact[] = [];
  for (const name of action.inputs) {
    const zip = context.inputs[name];
    if (zip === undefined) return err(`input artifact ${name} was not handed over`);
    const put = await objects.put(context.pipeline, name, zip);
    if (!put.ok) return put;
    inputs.push(shown(name, put.value.bucket, put.value.key));
  }
  const outputs = action.outputs.map((name) => shown(name, objects.bucket, objects.newKey(context.pipeline, name)));
  return ok({ inputs, outputs });
}

/** Takes what the function has put: artifact -> zip in the workspace. */
export async function takeBack(
  { outputs }: JobArtifacts,
  { workspace }: ActionContext,
  objects: ArtifactObjects,
): Promise<Result<Record<string, string>, string>> {
  const zips: Record<string, string> = {};
  const errors: string[] = [];
  for (const { name, location } of outputs) {
    const { bucketName, objectKey } = location.s3Location;
    const file = await objects.find(objectKey);
    if (file === undefined)
      errors.push(`the function has put no output artifact ${name} (s3://${bucketName}/${objectKey})`);
    else {
      zips[name] = join(workspace, `${name}.zip`);
      await copyFile(file, zips[name]);
    }
  }
  return errors.length > 0 ? err(...errors) : ok(zips);
}
