import { cluster, clustered, type Fault, first, properties, trust } from './fault';

export const CLUSTER_FAULTS: readonly Fault[] = [
  clustered('a Kubernetes version that does not exist', (r) => { cluster(r).Version = '1.99'; }),
  clustered('a cluster in one subnet', (r) => { cluster(r).ResourcesVpcConfig.SubnetIds.length = 1; }),
  clustered('a cluster whose API is public', (r) => { cluster(r).ResourcesVpcConfig.EndpointPublicAccess = true; }),
  clustered('Auto Mode without its storage', (r) => { cluster(r).StorageConfig.BlockStorage.Enabled = false; }),
  clustered('a cluster role that EKS may not assume', (r) => { trust(r, /^RolesCluster/).Principal = { Service: 'ec2.amazonaws.com' }; }),
  clustered('an add-on that does not exist', (r) => { properties(r, 'AWS::EKS::Addon').AddonName = 'cloudwatch'; }),
  clustered('an address range outside of the VPC', (r) => { properties(r, 'AWS::EC2::Subnet').CidrBlock = '192.168.0.0/24'; }),
  clustered('two subnets that overlap', (r) => { const subnets = Object.values(r).filter(({ Type }) => Type === 'AWS::EC2::Subnet'); subnets[1].Properties.CidrBlock = subnets[0].Properties.CidrBlock; }),
  clustered('a NAT gateway before its subnet has a way out', (r) => { const [, nat] = first(r, 'AWS::EC2::NatGateway'); nat.DependsOn = nat.DependsOn.filter((id: string) => !/DefaultRoute/.test(id)); }),
  clustered('a log group with a retention that there is not', (r) => { properties(r, 'AWS::Logs::LogGroup').RetentionInDays = 91; }),
]; // biome-ignore format: a table
