/** A cluster as the delivery of a service needs it: created by ClusterStack, or the user's own. */
export interface ClusterReference {
  readonly name: string;
  readonly vpcId: string;
  /** Private, with a way to the internet. */
  readonly subnetIds: readonly string[];
  /** The cluster's security group; guards its API. */
  readonly securityGroupId: string;
}
