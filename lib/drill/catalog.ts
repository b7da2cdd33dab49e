import { BAD_RELEASE } from './bad-release';
import { CLUSTER_IN_THE_WAY } from './cluster-in-the-way';
import type { Drill } from './drill';
import { NOT_WHAT_IT_SEEMS } from './not-what-it-seems';
import { UNCERTAIN_VERDICT } from './uncertain-verdict';

/** Every drill, by number. */
export const DRILLS: readonly Drill[] = [
  ...BAD_RELEASE,
  ...NOT_WHAT_IT_SEEMS,
  ...CLUSTER_IN_THE_WAY,
  ...UNCERTAIN_VERDICT,
];
