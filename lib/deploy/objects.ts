/** Kubernetes objects as kubectl prints them (`-o json`): only what the deployer reads is typed. */

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

/** Which object: enough to ask kubectl for it. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent: it belongs to no namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/** Kinds that run pods. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job';

export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

/** Of every object of a release; pruning never looks at an object without them. */
export const SET_LABELS = { service: 'slipway.dev/service', environment: 'slipway.dev/environment' } as const;
/** On pod templates: the release that made them. */
export const VERSION_LABEL = 'app.kubernetes.io/version';
export const RELEASE_ANNOTATION = 'slipway.dev/release';
/** Owner of the fields that the deployer sets by server-side apply. */
export const FIELD_MANAGER = 'slipway';

export const titleOf = ({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string =>
  `${kind}/${metadata.name}`;
