import * as z from 'zod';
import { about, section, text } from './values';

const vpcResource = (prefix: string, what: string) => text(what, new RegExp(`^${prefix}-[0-9a-f]{8}(?:[0-9a-f]{9})?$`));

/**
 * Versions in standard support by EKS for some time (user guide, kubernetes-versions: 1.34 until 2 December 2026) that kubectl
 * 1.35 may talk to (one minor away at most, Kubernetes version skew policy).
 */
const KUBERNETES_VERSIONS = ['1.35', '1.36'] as const;

const clusterName = () =>
  text(
    'a cluster name of 1 to 100 letters, digits, - and _ that starts with a letter or digit',
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
  );
const version = () => z.enum(KUBERNETES_VERSIONS, { error: KUBERNETES_VERSIONS.join(' or ') });

const existingCluster = {
  securityGroupId: vpcResource('sg', 'a security group id, sg-…').meta(
    about("The cluster's security group; the deploy and verify builds may reach the cluster through it."),
  ),
};

export const clusterSchema = section({
  name: clusterName().default('slipway').meta(about('Name of the EKS cluster.')),
  version: version().default('1.35').meta(about('Kubernetes version, in quotes.')),
  existing: section(existingCluster)
    .optional()
    .meta(
      about(
        'The cluster exists already (with access entries enabled): use it, do not create it. Needs `network.existing`.',
      ),
    ),
})
  .prefault({})
  .meta(about('The EKS cluster of every environment, and the example for those in accounts of their own.'));

/** The cluster of an account that is not `aws.account`; what it leaves out is as in `cluster`. */
export const accountClusterSchema = section({
  name: clusterName().optional().meta(about('Name of the EKS cluster. Default: `cluster.name`.')),
  version: version().optional().meta(about('Kubernetes version, in quotes. Default: `cluster.version`.')),
  existing: section({
    ...existingCluster,
    nodeRoles: z
      .array(text('the name of a role, with its path if it has one', /^(?!\/)[\w+=,.@/-]{1,512}(?<!\/)$/), {
        error: 'a list of names of roles',
      })
      .min(1, { error: 'at least one role' })
      .max(10, { error: 'at most 10 roles' })
      .meta(about('The roles with which its nodes pull images, in that account; the registry lets in these alone.')),
  })
    .optional()
    .meta(
      about(
        'The cluster exists already in that account (with access entries enabled): use it, do not create it. Needs `network.existing` beside it.',
      ),
    ),
})
  .optional()
  .meta(
    about(
      'The EKS cluster of the account, for an environment with `account`. Default: Slipway makes one of the same name there. One an account: environments that share an account share it.',
    ),
  );

const zone = text('an availability zone such as eu-west-1a', /^[a-z]{2,}(?:-[a-z]+)+-\d[a-z]$/);

const networkShape = {
  availabilityZones: z
    .array(zone, { error: 'a list of two availability zones' })
    .length(2, { error: 'two availability zones' })
    .optional()
    .meta(
      about(
        'The two availability zones of the VPC that Slipway makes; without, the first two of the region. EKS has no room in some (us-east-1: the zone with the id use1-az3).',
      ),
    ),
  existing: section({
    vpcId: vpcResource('vpc', 'a VPC id, vpc-…').meta(about('Id of the VPC.')),
    availabilityZones: z
      .array(zone, { error: 'a list of availability zones' })
      .min(2, { error: 'at least two availability zones' })
      .meta(about('Its availability zones, at least two.')),
    privateSubnetIds: z
      .array(vpcResource('subnet', 'a subnet id, subnet-…'), { error: 'a list of subnet ids' })
      .min(2, { error: 'at least two subnets' })
      .meta(about('One private subnet (with a way out, by NAT) for each zone, in the same order.')),
  })
    .optional()
    .meta(about('Use this VPC, do not create one.')),
};

export const networkSchema = section(networkShape).prefault({}).meta(about('The VPC.'));

export const accountNetworkSchema = section(networkShape)
  .optional()
  .meta(about('The VPC of the account, for an environment with `account`. Default: Slipway makes one there.'));
