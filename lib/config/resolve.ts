import type { Strategy } from '../deploy/strategy';
import type { EnvironmentFile } from './environments';
import type { File } from './schema';

interface Approval {
  readonly name: string;
  /** Absent: the pipeline words it. */
  readonly message?: string;
  /** Minutes, 5–86,400. */
  readonly timeoutMinutes: number;
}

/** Where an environment lives that is not in the account of the pipelines. The region is the same. */
export interface Elsewhere {
  readonly account: string;
  /** One an account: environments with the same account have equal ones. */
  readonly cluster: {
    readonly name: string;
    readonly version: File['cluster']['version'];
    readonly existing?: { readonly securityGroupId: string; readonly nodeRoles: readonly string[] } | undefined;
  };
  readonly network: File['network'];
}

export interface Environment {
  /** Key in slipway.yaml. */
  readonly name: string;
  /** Absent: in the account of the pipelines. */
  readonly elsewhere?: Elsewhere;
  readonly pipeline: 'development' | 'production';
  readonly namespace: string;
  /** Folder or file, relative to the service. */
  readonly manifests: string;
  readonly helm: { readonly values: readonly string[] };
  readonly strategy: Strategy;
  readonly url?: string;
  readonly approvals: readonly Approval[];
  readonly suite: 'smoke' | 'e2e';
  /** Whole minutes; absent: no bake. */
  readonly bakeMinutes?: number;
  readonly bakeInconclusive: 'fail' | 'pass';
  readonly rolloutTimeoutSeconds: number;
  readonly settleSeconds: number;
}

export type Source =
  | {
      readonly provider: 'codecommit';
      readonly repository: string;
      readonly existing: boolean;
      /** What a merge into the branch of a pipeline needs; none: anyone may approve. */
      readonly pullRequests: { readonly approvals: number; readonly approvers: readonly string[] };
    }
  | { readonly provider: 'connection'; readonly repository: string; readonly connectionArn: string };

/** Applies the defaults that depend on other values. `file` has passed the schema and the rules. */
export const resolve = (file: File) => ({
  ...file,
  source: resolveSource(file),
  /** In the order of the file, which is the order of promotion. */
  environments: Object.entries(file.environments).map(
    ([name, environment]): Environment => resolveEnvironment(file, name, environment),
  ),
});

const resolveSource = ({ service, source }: File): Source =>
  source.provider === 'codecommit'
    ? {
        provider: 'codecommit',
        repository: source.repository ?? service.name,
        existing: source.existing,
        pullRequests: source.pullRequests,
      }
    : { provider: 'connection', repository: source.repository ?? '', connectionArn: source.connectionArn ?? '' };

/** One of the environments of an account says its cluster and its network, or none does. */
const resolveElsewhere = ({ environments, cluster }: File, account: string): Elsewhere => {
  const there = Object.values(environments).filter((environment) => environment.account === account);
  const own = there.find((environment) => environment.cluster !== undefined)?.cluster;
  return {
    account,
    cluster: {
      name: own?.name ?? cluster.name,
      version: own?.version ?? cluster.version,
      ...(own?.existing && { existing: own.existing }),
    },
    network: there.find((environment) => environment.network !== undefined)?.network ?? {},
  };
};

/** The pipeline of an environment that does not say one. */
const defaultPipeline = (name: string): 'development' | 'production' => (name === 'dev' ? 'development' : 'production');

export const defaultNamespace = (service: string, environment: string): string => `${service}-${environment}`;

/** The approvals of an environment that does not say any. */
export const defaultApprovals = (name: string): NonNullable<EnvironmentFile['approvals']> =>
  name === 'production' ? [{ name: 'ClientSignOff', timeout: 7 * 24 * 3600 }] : [];

const resolveEnvironment = (whole: File, name: string, file: EnvironmentFile): Environment => {
  const service = whole.service.name;
  const isProduction = name === 'production';
  const bake = file.bake ?? (isProduction ? 5 * 60 : false);
  return {
    name,
    ...(file.account === undefined ? {} : { elsewhere: resolveElsewhere(whole, file.account) }),
    pipeline: file.pipeline ?? defaultPipeline(name),
    namespace: file.namespace ?? defaultNamespace(service, name),
    manifests: file.manifests ?? `k8s/overlays/${name}`,
    helm: file.helm,
    strategy: file.strategy,
    ...(file.url === undefined ? {} : { url: file.url }),
    approvals: (file.approvals ?? defaultApprovals(name)).map((approval) => ({
      name: approval.name,
      ...(approval.message === undefined ? {} : { message: approval.message }),
      timeoutMinutes: approval.timeout / 60,
    })),
    suite: file.suite ?? (isProduction ? 'smoke' : 'e2e'),
    ...(bake === false ? {} : { bakeMinutes: bake / 60 }),
    bakeInconclusive: file.bakeInconclusive,
    rolloutTimeoutSeconds: file.rolloutTimeout,
    settleSeconds: file.settle,
  };
};
