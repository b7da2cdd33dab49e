import { parseQuantity } from '../../../quantity';
import type { Pod } from '../types';

/**
 * A field of the pod as the downward API gives it; undefined for a path that it does not know.
 * https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
 */
export function podField(pod: Pod, path: string): string | undefined {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed) {
    const [, map, key = ''] = keyed;
    return pod.metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  }
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid;
    case 'metadata.labels':
      return lines(pod.metadata.labels);
    case 'metadata.annotations':
      return lines(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.podIP':
    case 'status.hostIP':
    case 'status.podIPs':
    case 'status.hostIPs':
      return '127.0.0.1';
    default:
      return undefined;
  }
}

const lines = (map: Record<string, string> = {}): string =>
  Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

/** `limits.cpu` and the like of a container, in units of the divisor, rounded up; 0 where nothing is set. */
export function resourceField(pod: Pod, container: string, resource: string, divisor = '0'): string {
  const spec = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((c) => c.name === container);
  const [list, name] = resource.split('.') as ['limits' | 'requests', string];
  const amount = amountOf(spec?.resources?.[list]?.[name] ?? '0');
  const unit = amountOf(divisor) || 1;
  return String(Math.ceil(amount / unit));
}

/** A Kubernetes quantity as a number: `500m` -> 0.5; NaN: it is none. */
export const amountOf = (text: string): number => parseQuantity(text) ?? Number.NaN;
