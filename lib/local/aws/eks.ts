import type {
  DescribeClusterRequest,
  DescribeClusterResponse,
  ListClustersRequest,
  ListClustersResponse,
} from '@aws-sdk/client-eks';
import { err, ok } from '../../result';
import { pageOf } from './paging';
import { type Service, takes } from './service';

/** A cluster that DescribeCluster knows. Its address and certificate are asked for when they are needed. */
export interface EksCluster {
  readonly name: string;
  /** Kubernetes version, `1.35`. */
  readonly version: string;
  readonly arn: string;
  /** Address of its API; undefined while there is none, which is told as status CREATING. */
  readonly url: () => string | undefined;
  /** Base64 of its certificate authority in PEM. */
  readonly caData: () => string | undefined;
}

/** EKS (EKS API reference): what `aws eks update-kubeconfig` asks. */
export function eks(clusters: readonly EksCluster[]): Service {
  const arnOf = ({ name }: { name: string }): string | undefined => clusters.find((each) => each.name === name)?.arn;

  const describeCluster = takes<DescribeClusterRequest, DescribeClusterResponse>()(
    ['name'],
    ({ name = '' }, { account }) => {
      const cluster = clusters.find((each) => each.name === name && isOf(account, each));
      if (!cluster)
        return err({ code: 'ResourceNotFoundException', message: `No cluster found for name: ${name}.`, status: 404 });
      const { arn, version } = cluster;
      const endpoint = cluster.url();
      const data = cluster.caData();
      const status = endpoint && data ? 'ACTIVE' : 'CREATING';
      return ok({
        cluster: { name, arn, version, status, endpoint, certificateAuthority: data ? { data } : undefined },
      });
    },
    ({ name = '' }) => arnOf({ name }),
  );

  const listClusters = takes<ListClustersRequest, ListClustersResponse>()(
    ['maxResults', 'nextToken', 'include'],
    ({ maxResults = 100, nextToken }, { account }) => {
      const own = clusters.filter((each) => isOf(account, each));
      const page = pageOf(own, ({ name }) => name, maxResults, nextToken);
      if (!page.ok) return err({ code: 'InvalidParameterException', message: page.errors.join('; ') });
      const { items, ...rest } = page.value;
      return ok({ clusters: items.map(({ name }) => name), ...rest });
    },
  );

  return {
    prefix: 'eks',
    invalidInput: 'InvalidParameterException',
    operations: { DescribeCluster: describeCluster, ListClusters: listClusters },
    route({ method, path, query }) {
      if (method !== 'GET') return undefined;
      if (path === '/clusters') return { operation: 'ListClusters', input: listInput(query) };
      const name = /^\/clusters\/([^/]+)$/.exec(path)?.[1];
      return name === undefined
        ? undefined
        : { operation: 'DescribeCluster', input: { name: decodeURIComponent(name) } };
    },
  };
}

const isOf = (account: string, { arn }: EksCluster): boolean => arn.split(':')[4] === account;

/** `include` may stand several times. */
const listInput = (query: URLSearchParams): Record<string, unknown> => ({
  ...Object.fromEntries(query),
  ...(query.has('include') && { include: query.getAll('include') }),
});
