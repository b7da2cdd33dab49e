import { z } from 'zod';
import { err, ok } from '../../result';
import { operation, type Service } from './service';

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

  const describeCluster = operation(
    z.strictObject({ name: z.string() }),
    ({ name }) => {
      const cluster = clusters.find((each) => each.name === name);
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
    arnOf,
  );

  const listClusters = operation(
    z.strictObject({ maxResults: z.coerce.number().optional(), include: z.array(z.string()).optional() }),
    () => ok({ clusters: clusters.map((cluster) => cluster.name) }),
  );

  return {
    prefix: 'eks',
    invalidInput: 'InvalidParameterException',
    operations: { DescribeCluster: describeCluster, ListClusters: listClusters },
    route({ method, path, query }) {
      if (method !== 'GET') return undefined;
      if (path === '/clusters') return { operation: 'ListClusters', input: Object.fromEntries(query) };
      const name = /^\/clusters\/([^/]+)$/.exec(path)?.[1];
      return name === undefined
        ? undefined
        : { operation: 'DescribeCluster', input: { name: decodeURIComponent(name) } };
    },
  };
}
