import type { Config } from '../config/schema';

/** An account where environments of a service live. */
export interface Home {
  /** Absent: that of the pipelines. */
  readonly account?: string;
  /** With the environments, the cluster and the network of this account alone. */
  readonly config: Config;
}

/** That of the pipelines first, though it may have no environment; the others in the order of slipway.yaml. */
export const homes = (config: Config): [Home, ...(Home & { readonly account: string })[]] => {
  const { environments } = config;
  const elsewhere = new Map(environments.flatMap((one) => (one.elsewhere ? [[one.elsewhere.account, one.elsewhere]] : [])));
  return [
    { config: { ...config, environments: environments.filter((one) => one.elsewhere === undefined) } },
    ...[...elsewhere.values()].map(({ account, cluster, network }) => ({
      account,
      config: {
        ...config,
        cluster,
        network,
        environments: environments.filter((one) => one.elsewhere?.account === account),
      },
    })),
  ];
};
