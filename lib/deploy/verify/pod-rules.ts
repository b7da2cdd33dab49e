import { titleOf } from '../objects';
import type { Start } from './history';
import type { Graces, Problem } from './problem';
import type { Pod } from './shapes';

export interface PodRules extends Start {
  readonly graces: Graces;
  /** Container -> digest. */
  readonly digests: Readonly<Record<string, string>>;
  /** Pods of a Job may end, and fail as often as the Job allows. */
  readonly mayEnd: boolean;
}

/** What is wrong with a pod, for a `grace` in seconds. */
export const problemOf = (pod: Pod, code: string, message: string, grace = 0): Problem => ({
  key: `${code} ${pod.metadata.uid ?? pod.metadata.name}`,
  reason: { code, object: titleOf(pod), message },
  pods: [pod.metadata.name],
  grace,
});
