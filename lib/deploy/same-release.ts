import type { Release } from './release';

type Content = Pick<Release, 'version' | 'digest'>;

/** Whether two releases are of the same version and image, e.g. when a pipeline deploys the last known good one again. */
export const isSame = (one: Content, other: Content): boolean =>
  one.version === other.version && one.digest === other.digest;
