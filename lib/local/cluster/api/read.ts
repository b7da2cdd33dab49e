import { ok } from '../../../result';
import { apiVersionOf, type Kind } from '../kinds';
import { type Predicate, parseFieldSelector, parseLabelSelector } from '../selectors';
import { type Answer, badRequest, refuse } from '../status';
import type { Store } from '../store/store';
import type { KubeObject } from '../types';
import type { ResourceRequest } from './request';

/** What of a collection the query asks for. */
export function filterOf(target: ResourceRequest, query: URLSearchParams): Answer<Predicate> {
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const byLabel = parseLabelSelector(labels);
  const byField = parseFieldSelector(fields);
  if (!byLabel) return refuse(badRequest(`unable to parse requirement: ${labels}`));
  if (!byField) return refuse(badRequest(`invalid field selector: ${fields}`));
  const { kind, namespace, name } = target;
  return ok(
    (object) =>
      object.kind === kind.kind &&
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      byLabel(object) &&
      byField(object),
  );
}

export function listOf(kind: Kind, store: Store, objects: readonly KubeObject[]): object {
  return {
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata: { resourceVersion: String(store.revision) },
    // As in the real API, elements of a list do not repeat their kind; kubectl fills it in.
    items: objects,
  };
}

/** Whether the client takes a Table, and in which version of it. */
export function wantsTable(accept: string): boolean {
  return /application\/json;as=Table;v=v1;g=meta\.k8s\.io/.test(accept.replaceAll(' ', ''));
}
