import * as z from 'zod';
import { about, section, text } from './values';

const vpcResource = (prefix: string, what: string) => text(what, new RegExp(`^${prefix}-[0-9a-f]{8}(?:[0-9a-f]{9})?$`));

/**
 * Versions in standard support by EKS for some time (user guide, kubernetes-versions: 1.34 until 2 December 2026) that kubectl
 * 1.35 may talk to (one minor away at most, Kubernetes version skew policy).
 */
const KUBERNETES_VERSIONS = ['1.35', '1.36'] as const;

export const clusterSchema = section({
  name: text(
    'a cluster name of 1 to 100 letters, digits, - and _ that starts with a letter or digit',
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
  )
    .default('slipway')
    .meta(about('Name of the EKS cluster.')),
  version: z
    .enum(KUBERNETES_VERSIONS, { error: KUBERNETES_VERSIONS.join(' or ') })
    .default('1.35')
    .meta(about('Kubernetes version, in quotes.')),
  existing: section({
    securityGroupId: vpcResource('sg', 'a security group id, sg-…').meta(
      about("The cluster's security group; the deploy and verify builds may reach the cluster through it."),
    ),
  })
    .optional()
    .meta(
      about(
        'The cluster exists already (with access entries enabled): use it, do not create it. Needs `network.existing`.',
      ),
    ),
})
  .prefault({})
  .meta(about('The EKS cluster of every environment.'));

const zone = text('an availability zone such as eu-west-1a', /^[a-z]{2,}(?:-[a-z]+)+-\d[a-z]$/);

export const networkSchema = section({
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
})
  .prefault({})
  .meta(about('The VPC.'));
