import type { KubeObject } from '../objects';
import { canonicalJson, contentHash } from './content-hash';
import { edited, ensure, fieldsAt, groupOf } from './fields';

/** A Job's pods carry its name as a label, which takes 63 characters; the hash and its hyphen take eleven. */
const LONGEST = 63 - 11;

export const isJob = (object: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean =>
  groupOf(object) === 'batch' && object.kind === 'Job';

/**
 * Gives every Job a name that ends in a hash of the version and its content. A Job runs once and its template cannot be changed
 * (Kubernetes documentation, "Jobs"): each release runs its own, and the same release again finds it done.
 */
export function nameJobs(objects: readonly KubeObject[], version: string): KubeObject[] {
  return objects.map((object) =>
    isJob(object)
      ? edited(object, (draft) => {
          const hash = contentHash(canonicalJson([version, fieldsAt(draft, 'spec')]));
          const base = object.metadata.name.slice(0, LONGEST).replace(/[^a-z0-9]+$/, '');
          ensure(draft, 'metadata')['name'] = `${base}-${hash}`;
        })
      : object,
  );
}
