import { errorsOf, fileWith } from './read';

const arn = 'arn:aws:codeconnections:eu-west-1:111122223333:connection/0aa1b2c3-1111-2222-3333-444455556666';

/** Name of the case, what is added to the file, what is said about it (without the file's name). */
const cases: [string, string, string[]][] = [
  [
    'a connection without anything',
    'source: { provider: connection }',
    [
      '3:1 source.connectionArn: missing; `provider: connection` needs the ARN of the connection',
      '3:1 source.repository: missing; `provider: connection` needs owner/name',
    ],
  ],
  [
    'a connection with half a name',
    `source: { provider: connection, repository: shop, connectionArn: "${arn}" }`,
    ['3:45 source.repository: expected owner/name, got "shop"'],
  ],
  [
    'a connection that makes a repository',
    `source: { provider: connection, repository: a/b, existing: true, connectionArn: "${arn}" }`,
    ['3:50 source.existing: belongs to `provider: codecommit`; a connection never makes a repository'],
  ],
  [
    'a connection of nobody',
    `source: { connectionArn: "${arn}" }`,
    ['3:11 source.connectionArn: needs `provider: connection`'],
  ],
  [
    'an ARN of something else',
    'source: { provider: connection, repository: a/b, connectionArn: "arn:aws:s3:::x" }',
    [
      '3:65 source.connectionArn: expected the ARN of a connection, arn:aws:codeconnections:…:connection/…, got "arn:aws:s3:::x"',
    ],
  ],
  [
    'a CodeCommit name with a slash',
    'source: { repository: a/b }',
    [
      '3:23 source.repository: expected the name of a CodeCommit repository: letters, digits and . _ -, without .git at the end, got "a/b"',
    ],
  ],
  [
    'a CodeCommit name with .git',
    'source: { repository: shop.git }',
    [
      '3:23 source.repository: expected the name of a CodeCommit repository: letters, digits and . _ -, without .git at the end, got "shop.git"',
    ],
  ],
  [
    'approvals of a repository that is somebody else’s',
    'source: { existing: true, pullRequests: { approvals: 1 } }',
    ['3:27 source.pullRequests: is for a CodeCommit repository that Slipway makes; set the rules of this one there'],
  ],
  [
    'approvals behind a connection',
    `source: { provider: connection, repository: a/b, connectionArn: "${arn}", pullRequests: }`,
    [
      "3:163 source.pullRequests: is for a CodeCommit repository that Slipway makes; set the rules of this one with your provider's means",
    ],
  ],
  [
    'no approval, by nobody',
    'source: { pullRequests: { approvals: 0, approvers: [lead] } }',
    [
      '3:38 source.pullRequests.approvals: expected a whole number from 1 to 10, got 0',
      '3:53 source.pullRequests.approvers[0]: expected the ARN of a user, a role or its sessions, with * for any text, or CodeCommitApprovers:<account>:<name>, got "lead"',
    ],
  ],
  [
    'one branch for both',
    'branches: { development: main }',
    ['3:11 branches: expected two branches, got main for both; a push would start both pipelines'],
  ],
  [
    'an existing cluster without its VPC',
    'cluster: { existing: { securityGroupId: sg-01234567 } }',
    ['3:22 cluster.existing: needs network.existing: the VPC of that cluster'],
  ],
  [
    'a version that EKS is about to drop',
    'cluster: { version: "1.34" }',
    ['3:21 cluster.version: expected 1.35 or 1.36, got "1.34"'],
  ],
  [
    'zones and subnets that do not match',
    'network: { existing: { vpcId: vpc-01234567, availabilityZones: [eu-west-1a, eu-west-1b, eu-west-1c], privateSubnetIds: [subnet-01234567, subnet-89abcdef] } }',
    ['3:120 network.existing.privateSubnetIds: expected one subnet for each of the 3 availability zones, got 2'],
  ],
  [
    'one zone',
    'network: { existing: { vpcId: vpc-01234567, availabilityZones: [eu-west-1a], privateSubnetIds: [subnet-01234567] } }',
    [
      '3:64 network.existing.availabilityZones: expected at least two availability zones, got a list',
      '3:96 network.existing.privateSubnetIds: expected at least two subnets, got a list',
    ],
  ],
  [
    'one zone twice',
    'network: { availabilityZones: [us-east-1a, us-east-1a] }',
    ['3:31 network.availabilityZones: expected two different zones, got us-east-1a twice'],
  ],
  [
    'three zones for a VPC of two',
    'network: { availabilityZones: [us-east-1a, us-east-1b, us-east-1c] }',
    ['3:31 network.availabilityZones: expected two availability zones, got a list'],
  ],
  [
    'zones of a VPC that is there already, at the wrong place',
    'network: { availabilityZones: [eu-west-1a, eu-west-1b], existing: { vpcId: vpc-01234567, availabilityZones: [eu-west-1a, eu-west-1b], privateSubnetIds: [subnet-01234567, subnet-89abcdef] } }',
    [
      '3:31 network.availabilityZones: is for the VPC that Slipway makes; an existing one has network.existing.availabilityZones',
    ],
  ],
  [
    'a VPC id of another resource',
    'network: { existing: { vpcId: subnet-01234567 } }',
    [
      '3:12 network.existing.availabilityZones: missing; expected a list of availability zones',
      '3:12 network.existing.privateSubnetIds: missing; expected a list of subnet ids',
      '3:31 network.existing.vpcId: expected a VPC id, vpc-…, got "subnet-01234567"',
    ],
  ],
];

describe('errors of source, cluster and network', () => {
  it.each(cases)('%s', (_, added, expected) => {
    expect(errorsOf(fileWith(added))).toEqual(expected.map((line) => `slipway.yaml:${line}`));
  });
});
