import { isRecord } from '../schema/decode';
import type { Shape } from '../schema/shape';
import type { KubeObject } from '../types';
import { writable } from './ownership';
import { compare, fieldsIn } from './typed';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Paths that client-side apply set and that still are as it set them: `kubectl apply --server-side` takes them over without a
 * conflict. https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
 */
export function allowedByLastApplied(
  shape: Shape,
  live: KubeObject,
  subresource: string | undefined,
): ReadonlySet<string> {
  const last = read(live.metadata.annotations?.[ANNOTATION]);
  if (!last) return new Set();
  const [before, now] = [writable(last, subresource), writable(live, subresource)];
  const { added, modified, removed } = compare(before, now, shape);
  const changed = added.union(modified).union(removed);
  return new Set(fieldsIn(before, shape).difference(changed).paths());
}

/** An object that client-side apply made keeps its annotation up to date when kubectl applies on the server. */
export function withLastApplied(object: KubeObject, config: KubeObject, manager: string): KubeObject {
  const { annotations } = object.metadata;
  if (manager !== 'kubectl' || annotations?.[ANNOTATION] === undefined) return object;
  const text = `${JSON.stringify(config)}\n`;
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [ANNOTATION]: text } } };
}

function read(text: string | undefined): KubeObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isRecord(value) && isRecord(value['metadata']) ? (value as unknown as KubeObject) : undefined;
  } catch {
    return undefined;
  }
}
