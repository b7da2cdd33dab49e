/** Labels that controllers put on the templates of what they make. */
const ADDED = new Set(['pod-template-hash', 'controller-revision-hash', 'pod-template-generation']);

/**
 * Whether two pod templates, both as the API server answered them, make the same pods. As the Deployment controller compares
 * (`EqualIgnoreHash` in k8s.io/kubectl/pkg/util/deployment): without `pod-template-hash`, and nothing is the same as empty.
 */
export const sameTemplate = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

const canonical = (template: unknown): string => JSON.stringify(plain(template)) ?? '';

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .filter(([key, child]) => !isNothing(child) && !ADDED.has(key))
    .map(([key, child]) => [key, plain(child)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(kept);
}

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);
