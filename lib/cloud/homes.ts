import type { Config } from '../config/schema';

/** An account where environments of a service live. */
export interface Home {
  /** Absent: that of the pipelines. */
  readonly account?: string;
  /** With the environments, the cluster and the network of this account alone. */
  readonly config: Config;
}

/** One that is not that of the pipelines. */
export interface OtherHome extends Home {
  readonly account: string;
  /** Names of the roles of its nodes, where the cluster is there already. */
  readonly nodeRoles?: readonly string[];
}

/** That of the pipelines first, though it may have no environment; the others in the order of slipway.yaml. */
export const homes = (config: Config): [Home, ...OtherHome[]] => {
  const { environments } = config;
  const elsewhere = environments.flatMap((one) => one.elsewhere ?? []);
  const accounts = new Map(elsewhere.map((one) => [one.account, one]));
  return [
    { config: { ...config, environments: environments.filter((one) => one.elsewhere === undefined) } },
    ...[...accounts.values()].map(({ account, cluster, network }) => ({
      account,
      ...(cluster.existing && { nodeRoles: cluster.existing.nodeRoles }),
      config: {
        ...config,
        cluster,
        network,
        environments: environments.filter((one) => one.elsewhere?.account === account),
      },
    })),
  ];
};
