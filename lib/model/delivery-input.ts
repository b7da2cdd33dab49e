import type { PipelineKind, Source } from './pipeline';

/** What decides how a service is delivered; the configuration satisfies it structurally. */
export interface DeliveryInput {
  readonly service: { readonly name: string };
  readonly source: Source;
  readonly branches: Readonly<Record<PipelineKind, string>>;
  /** Paths relative to the service's folder. */
  readonly build: { readonly package: string; readonly dockerfile: string; readonly context: string };
  readonly checks: ChecksInput;
  /** In the order of promotion. */
  readonly environments: readonly EnvironmentInput[];
  readonly cluster: { readonly name: string };
}

/** `false`: switched off. */
export interface ChecksInput {
  readonly unit: { readonly coverage: number };
  readonly integration: boolean;
  readonly quality: {
    readonly flake8: boolean;
    readonly pylint: false | { readonly minimum: number };
    readonly mypy: boolean;
    readonly black: boolean;
    readonly isort: boolean;
  };
  readonly security: {
    readonly bandit: false | { readonly severity: 'low' | 'medium' | 'high' };
    readonly 'pip-audit': boolean;
    readonly secrets: boolean;
  };
}

export interface EnvironmentInput {
  /** dev, staging, production … */
  readonly name: string;
  readonly pipeline: PipelineKind;
  readonly namespace: string;
  /** Folder of the kustomize overlay, relative to the service's folder. */
  readonly overlay: string;
  /** Absent: the address of the Kubernetes Service. */
  readonly url?: string;
  readonly approvals: readonly ApprovalInput[];
  readonly suite: 'smoke' | 'e2e';
  /** Absent: no bake. */
  readonly bakeMinutes?: number;
  readonly rolloutTimeoutSeconds: number;
}

interface ApprovalInput {
  readonly name: string;
  readonly message?: string;
  readonly timeoutMinutes: number;
}
