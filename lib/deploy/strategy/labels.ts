/** On a coloured workload, its pods and the selector of the Services: which of the two it is. */
export const COLOUR_LABEL = 'slipway.dev/colour';
export type Colour = 'blue' | 'green';

/** On workloads that are there for the time of a rollout only, and their pods: `canary` or `baseline`. */
export const TRACK_LABEL = 'slipway.dev/track';
export type Track = 'canary' | 'baseline';

/** Kubernetes' own, on ReplicaSets and pods of a Deployment. */
export const TEMPLATE_HASH_LABEL = 'pod-template-hash';

export type Labels = Readonly<Record<string, string>>;

export const otherColour = (colour: Colour): Colour => (colour === 'blue' ? 'green' : 'blue');

/** Whether an equality selector picks what has these labels. */
export const picks = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
