import { join } from 'node:path';
import type { ArtifactDetail } from '@aws-sdk/client-codepipeline';
import type { PipelineHost } from '../../pipelines/host';

/** CodePipeline cuts names of pipelines and artifacts in the keys of its objects. */
const LONGEST = 20;

const keyOf = (pipeline: string, artifact: string, execution: string): string =>
  `${pipeline.slice(0, LONGEST)}/${artifact.slice(0, LONGEST)}/${execution.slice(0, 8)}`;

/** Name of the bucket where a pipeline keeps its artifacts; undefined: the template's cannot be evaluated. */
function storeOf({ plan }: PipelineHost): string | undefined {
  const { artifactStore, artifactStores } = plan.declaration ?? {};
  return (artifactStore ?? Object.values(artifactStores ?? {})[0])?.location;
}

/** An artifact of an execution, and the object that it is. */
export function artifactDetail(host: PipelineHost, execution: string, name: string): ArtifactDetail {
  const bucket = storeOf(host);
  return bucket === undefined
    ? { name }
    : { name, s3location: { bucket, key: keyOf(host.plan.pipeline, name, execution) } };
}

/** The file of an artifact by its object (see artifactDetail); undefined: it is none. */
export function artifactFile(
  pipelines: ReadonlyMap<string, PipelineHost>,
  bucket: string,
  key: string,
): string | undefined {
  const execution = key.split('/')[2] ?? '';
  for (const host of pipelines.values()) {
    if (storeOf(host) !== bucket) continue;
    for (const view of host.executions()) {
      if (execution === '' || !view.execution.startsWith(execution)) continue;
      const actions = view.state.stages.flatMap((stage) => stage.actions);
      for (const [name, path] of actions.flatMap(({ artifacts }) => Object.entries(artifacts)))
        if (keyOf(host.plan.pipeline, name, view.execution) === key) return join(view.folder, path);
    }
  }
  return undefined;
}
