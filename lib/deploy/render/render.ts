import { err, ok, type Result } from '../../result';
import type { Kubectl } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import type { Log } from '../ports';
import type { ImagePin, ManifestSource } from '../request';
import { checkDocuments } from './check';
import type { Document } from './documents';
import { hashNames } from './hash-names';
import { type Helm, readChart } from './helm';
import { readKustomization } from './kustomize';
import { nameJobs } from './name-jobs';
import { inOrder } from './order';
import { pinImages } from './pin-images';
import { readPlain } from './plain';
import { type Autoscaled, leaveOutReplicas } from './replicas';
import { scopeOf } from './scope';
import { setLabels } from './set-labels';
import { setNamespace } from './set-namespace';

export interface RenderInput {
  readonly manifests: ManifestSource;
  readonly image: ImagePin;
  readonly service: string;
  readonly environment: string;
  readonly namespace: string;
  readonly version: string;
  /** Id of the release. */
  readonly release: string;
  /** What autoscalers on the cluster scale (`autoscaledBy`); those among the manifests are found without. */
  readonly autoscaled?: readonly Autoscaled[];
}

export interface RenderPorts {
  readonly kubectl: Kubectl;
  /** Needed for charts only. */
  readonly helm?: Helm;
  /** Hears what deserves a look and is no error. */
  readonly log?: Pick<Log, 'info'>;
}

/**
 * The objects of a release out of its manifests: complete, pinned, marked, and in the order in which they are applied. The same
 * input gives the same objects. Errors tell the file and document, all at once per step.
 */
export async function render(input: RenderInput, ports: RenderPorts): Promise<Result<KubeObject[], string>> {
  const documents = await read(input, ports);
  if (!documents.ok) return documents;
  if (documents.value.length === 0) return err(`${placeOf(input.manifests)} has no Kubernetes objects`);
  const manifests = checkDocuments(documents.value, input.namespace);
  if (!manifests.ok) return manifests;
  const objects = manifests.value.map(({ object }) => object);
  const pinned = pinImages(objects, input.image);
  if (!pinned.ok) return err(...pinned.errors.map((message) => `${placeOf(input.manifests)}: ${message}`));
  const complete = hashNames(
    leaveOutReplicas(setNamespace(pinned.value.objects, input.namespace), input.autoscaled ?? []),
  );
  const { service, environment, version, release, image } = input;
  const marked = setLabels(complete, { service, environment, version, release, ...image });
  if (!marked.ok) return marked;
  for (const warning of [...pinned.value.warnings, ...beyondNamespace(objects)]) ports.log?.info(warning);
  return ok(inOrder(nameJobs(marked.value, version)));
}

function read(
  { manifests, namespace }: RenderInput,
  { kubectl, helm }: RenderPorts,
): Promise<Result<Document[], string>> {
  switch (manifests.kind) {
    case 'kustomize':
      return readKustomization(manifests.folder, kubectl);
    case 'helm':
      return helm
        ? readChart(manifests, namespace, helm)
        : Promise.resolve(err(`${manifests.chart} is a Helm chart, and there is no helm to render it`));
    case 'plain':
      return readPlain(manifests.path);
    default:
      return manifests satisfies never;
  }
}

const placeOf = (source: ManifestSource): string =>
  source.kind === 'kustomize' ? source.folder : source.kind === 'helm' ? source.chart : source.path;

/** Objects for which the rights of a deploy, which end at its namespace, are not enough. */
function beyondNamespace(objects: readonly KubeObject[]): string[] {
  const scope = scopeOf(objects);
  return objects
    .filter((object) => scope(object) === 'Cluster')
    .map(
      (object) =>
        `${titleOf(object)} belongs to no namespace: whoever deploys needs the right to change it in the whole cluster`,
    );
}
