import type { Reason } from '../outcome';

/** Something that makes a release bad, now or if it lasts. */
export interface Problem {
  /** The same in every look that sees it. */
  readonly key: string;
  readonly reason: Reason;
  /** Names of the pods that have it. */
  readonly pods: readonly string[];
  /** Seconds for which it may last before the release is bad: 0 for what cannot get better by itself. */
  readonly grace: number;
  /** Whose last words tell more. */
  readonly culprit?: Culprit;
}

/** A container whose log tells why. */
export interface Culprit {
  readonly pod: string;
  readonly container: string;
}

/**
 * How long what may pass is given, in seconds:
 * - `scheduling`: no node has room. An autoscaler may bring one.
 * - `pull`: a registry that does not answer, or asks to come back later. kubelet tries again after 10, 20, 40 s.
 * - `unknownPull`: a pull failed and the words are not known: kubelet's back-off makes it certain, else this long.
 * - `missing`: a ConfigMap or Secret is not there: an operator may be about to make it (a certificate, an external secret).
 * - `webhook`: an admission webhook does not answer. Controllers try again.
 * - `runtime`: the container runtime hiccups.
 * - `release`: pods that are going still count in a quota; for so long after the last one is gone a controller may not have tried again.
 */
export interface Graces {
  readonly scheduling: number;
  readonly pull: number;
  readonly unknownPull: number;
  readonly missing: number;
  readonly webhook: number;
  readonly runtime: number;
  readonly release: number;
}

export const GRACES: Graces = {
  scheduling: 60,
  pull: 30,
  unknownPull: 5,
  missing: 10,
  webhook: 20,
  runtime: 10,
  release: 15,
};
