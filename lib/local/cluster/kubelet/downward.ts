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
  const amount = parseQuantity(spec?.resources?.[list]?.[name] ?? '0');
  const unit = parseQuantity(divisor) || 1;
  return String(Math.ceil(amount / unit));
}

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number: `500m` -> 0.5. */
export function parseQuantity(text: string): number {
  const match = /^([+-]?[\d.]+)(?:([eE][+-]?\d+)|([A-Za-z]*))$/.exec(text);
  if (!match) return Number.NaN;
  const [, digits = '', exponent, unit = ''] = match;
  return exponent ? Number(digits + exponent) : Number(digits) * (UNITS[unit] ?? Number.NaN);
}
