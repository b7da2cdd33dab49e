import type { PipelineKind, Source } from './pipeline';

/** What decides how a service is delivered; the configuration satisfies it structurally. */
export interface DeliveryInput {
  readonly service: { readonly name: string };
  readonly source: Source;
  readonly branches: Readonly<Record<PipelineKind, string>>;
  /** Paths relative to the service's folder. */
  readonly build: {
    readonly package: string;
    readonly dockerfile: string;
    readonly context: string;
    /** Address of the one package index. */
    readonly index: string;
  };
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
  /** The account where it lives and its cluster there; absent: in the account of the pipelines, on their cluster. */
  readonly elsewhere?: { readonly account: string; readonly cluster: { readonly name: string } };
  readonly pipeline: PipelineKind;
  readonly namespace: string;
  /** Kustomize overlay, Helm chart, or YAML (folder or file), relative to the service's folder. */
  readonly manifests: string;
  readonly helm: { readonly values: readonly string[] };
  readonly strategy: StrategyInput;
  /** Absent: the address of the Kubernetes Service. */
  readonly url?: string;
  readonly approvals: readonly ApprovalInput[];
  readonly suite: 'smoke' | 'e2e';
  /** Absent: no bake. */
  readonly bakeMinutes?: number;
  /** What becomes of a bake without data. */
  readonly bakeInconclusive: 'fail' | 'pass';
  readonly rolloutTimeoutSeconds: number;
  /** How long pods are watched after they are ready. */
  readonly settleSeconds: number;
}

/** The deployer's own form, which it gets as JSON; here only how long it takes is of interest. */
export interface StrategyInput {
  readonly kind: string;
  readonly steps?: readonly { readonly seconds: number }[];
}

interface ApprovalInput {
  readonly name: string;
  readonly message?: string;
  readonly timeoutMinutes: number;
}
