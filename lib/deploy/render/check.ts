import { err, ok, type Result } from '../../result';
import { type KubeObject, titleOf } from '../objects';
import type { Document } from './documents';
import { fieldsAt, groupOf, isFields, itemsOf, textOf } from './fields';
import { PHASE_ANNOTATION, problemsOfKeys } from './keys';
import { podTemplateOf, runsPods } from './pod-template';
import { type Scope, scopeOf } from './scope';

/** A document that is a Kubernetes object and may be part of a release. */
export interface Manifest {
  readonly at: string;
  readonly object: KubeObject;
}

/** Kinds that are never part of a release, and what to do. */
const REFUSED: Readonly<Record<string, string>> = {
  '/Namespace': 'namespaces are made with the cluster, not by a deploy; remove it',
  '/Pod': 'nothing brings a bare pod back or rolls it; use a Deployment, StatefulSet, DaemonSet or Job',
  '/ReplicationController': 'use a Deployment',
  'apps/ReplicaSet': 'a Deployment makes them; use a Deployment',
  'kustomize.config.k8s.io/Kustomization': 'give its folder as the manifests, and only that',
  'kustomize.config.k8s.io/Component': 'give the folder of a Kustomization as the manifests',
};

/** Checks that each document is an object that a release of this namespace may have; tells every problem at once. */
export function checkDocuments(documents: readonly Document[], namespace: string): Result<Manifest[], string> {
  const errors: string[] = [];
  const manifests: Manifest[] = [];
  for (const { at, content } of documents) {
    const problems = problemsOfShape(content);
    errors.push(...problems.map((problem) => `${at}: ${problem}`));
    if (problems.length === 0) manifests.push({ at, object: content as KubeObject });
  }
  const scope = scopeOf(manifests.map(({ object }) => object));
  const seen = new Map<string, string>();
  for (const { at, object } of manifests) {
    const complain = (problem: string): void => void errors.push(`${at}: ${titleOf(object)}: ${problem}`);
    const id = `${groupOf(object)}/${object.kind}/${object.metadata.name}`;
    const other = seen.get(id);
    if (other !== undefined) complain(`is there twice, also in ${other}; keep one`);
    seen.set(id, at);
    for (const problem of problemsOfObject(object, scope, namespace)) complain(problem);
  }
  return errors.length > 0 ? err(...errors) : ok(manifests);
}

function problemsOfShape(content: unknown): string[] {
  if (!isFields(content))
    return ['is no Kubernetes object; expected a mapping with apiVersion, kind and metadata.name'];
  const missing = ['apiVersion', 'kind'].filter((key) => textOf(content[key]) === undefined);
  const metadata = fieldsAt(content, 'metadata');
  const problems: string[] = [];
  if (textOf(metadata?.['name']) === undefined) {
    if (metadata?.['generateName'] !== undefined)
      problems.push('metadata.generateName: a deploy has to find its objects again; give metadata.name');
    else missing.push('metadata.name');
  }
  if (missing.length > 0) problems.push(`has no ${missing.join(', ')} (as text); expected a Kubernetes object`);
  for (const key of ['labels', 'annotations'] as const) {
    const map = metadata?.[key];
    if (map === undefined || map === null) continue;
    if (!isFields(map)) problems.push(`metadata.${key}: expected a mapping of texts`);
    else
      for (const [name, value] of Object.entries(map))
        if (typeof value !== 'string')
          problems.push(`metadata.${key}.${name}: ${JSON.stringify(value)} is no text; put it in quotes`);
  }
  return problems;
}

function* problemsOfObject(object: KubeObject, scope: Scope, namespace: string): Generator<string> {
  const refused =
    REFUSED[`${groupOf(object)}/${object.kind}`] ??
    (object.apiVersion.startsWith('kustomize.') ? REFUSED['kustomize.config.k8s.io/Kustomization'] : undefined);
  if (refused) yield `${object.kind} is no part of a release: ${refused}`;
  const own = object.metadata.namespace;
  if (own !== undefined && own !== '' && scope(object) === 'Namespaced' && own !== namespace)
    yield `metadata.namespace is ${own}; expected ${namespace}, the environment's, or none`;
  const annotations = object.metadata.annotations ?? {};
  yield* problemsOfKeys(annotations);
  if (annotations[PHASE_ANNOTATION] !== undefined && object.kind !== 'Job')
    yield `annotation ${PHASE_ANNOTATION} is for Jobs; a ${object.kind} has its place in the order by its kind`;
  if (!runsPods(object)) return;
  const template = podTemplateOf(object);
  if (itemsOf(fieldsAt(template, 'spec')?.['containers']).length === 0) yield 'its pod template has no containers';
}
