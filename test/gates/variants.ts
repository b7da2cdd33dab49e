const CONNECTION = 'arn:aws:codeconnections:eu-west-1:111122223333:connection/00000000-0000-4000-8000-000000000000';
const network =
  'network:\n  existing:\n    vpcId: vpc-0123456789abcdef0\n    availabilityZones: [eu-west-1a, eu-west-1b]\n    privateSubnetIds: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]\n';
const cluster = 'cluster:\n  name: ours\n  existing:\n    securityGroupId: sg-0123456789abcdef0\n';

interface Variant {
  /** What slipway.yaml says beside the name and the path of the service. */
  readonly yaml: string;
  /** In alphabetical order. */
  readonly stacks: readonly string[];
  /** Its templates are those of this one with the account filled in: gates over templates leave them out. */
  readonly like?: string;
}

/** Configurations that differ in what the stacks make themselves and what a service brings along. */
export const VARIANTS: Readonly<Record<string, Variant>> = {
  'everything of its own': {
    yaml: '',
    stacks: ['SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring', 'VisitsSource'],
  },
  'a connection': {
    yaml: `source:\n  provider: connection\n  repository: Acme/visits\n  connectionArn: ${CONNECTION}\n`,
    stacks: ['SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring'],
  },
  'a repository': {
    yaml: 'source:\n  existing: true\n',
    stacks: ['SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring'],
  },
  'a VPC': { yaml: network, stacks: ['SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring', 'VisitsSource'] },
  'a cluster and its VPC': {
    yaml: network + cluster,
    stacks: ['VisitsDelivery', 'VisitsMonitoring', 'VisitsSource'],
  },
  'an account and a region': {
    like: 'everything of its own',
    yaml: "aws:\n  account: '111122223333'\n  region: eu-west-1\n",
    stacks: ['SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring', 'VisitsSource'],
  },
  'images that ECR signs': {
    yaml: 'images:\n  signing: ecr\n',
    stacks: ['SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring', 'VisitsSource'],
  },
  'only one pipeline': {
    yaml: 'environments:\n  dev: {}\n',
    stacks: ['SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring', 'VisitsSource'],
  },
  'two accounts': {
    yaml: "aws: { account: '111122223333', region: eu-west-1 }\nenvironments:\n  dev: {}\n  staging: { account: '222222222222' }\n  production: { account: '222222222222' }\n",
    stacks: [
      'SlipwayCluster',
      'SlipwayCluster-222222222222',
      'VisitsDelivery',
      'VisitsEnvironments-222222222222',
      'VisitsMonitoring',
      'VisitsMonitoring-222222222222',
      'VisitsSource',
    ],
  },
};
