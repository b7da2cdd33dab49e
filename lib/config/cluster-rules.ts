import { type Complaint, value } from './complaints';
import type { File } from './schema';

/** `path`: the section that holds `cluster` and `network`; none: the file. */
export const clusterRules = (
  cluster: { readonly existing?: object | undefined },
  network: File['network'],
  path: readonly PropertyKey[],
): Complaint[] =>
  cluster.existing !== undefined && network.existing === undefined
    ? [
        value(
          [...path, 'cluster', 'existing'],
          `needs ${[...path, 'network', 'existing'].join('.')}: the VPC of that cluster`,
        ),
      ]
    : [];

/** `path`: the section that holds `network`; none: the file. */
export const networkRules = (
  { availabilityZones: own, existing }: File['network'],
  path: readonly PropertyKey[],
): Complaint[] => [
  ...(own !== undefined && new Set(own).size < own.length
    ? [value([...path, 'network', 'availabilityZones'], `expected two different zones, got ${own[0]} twice`)]
    : []),
  ...(own !== undefined && existing !== undefined
    ? [
        value(
          [...path, 'network', 'availabilityZones'],
          'is for the VPC that Slipway makes; an existing one has network.existing.availabilityZones',
        ),
      ]
    : []),
  ...(existing !== undefined && existing.availabilityZones.length !== existing.privateSubnetIds.length
    ? [
        value(
          [...path, 'network', 'existing', 'privateSubnetIds'],
          `expected one subnet for each of the ${existing.availabilityZones.length} availability zones, got ${existing.privateSubnetIds.length}`,
        ),
      ]
    : []),
];
