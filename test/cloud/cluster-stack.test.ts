import { Template } from 'aws-cdk-lib/assertions';
import { ClusterStack } from '../../lib/cloud/cluster-stack';
import type { Json } from '../../lib/cloud/rules/rule';
import { configOf, kubectlZip, newApp, propertiesOf, readable, resourcesOf } from './fixtures';

const cluster = (yaml = '') =>
  Template.fromStack(new ClusterStack(newApp(), 'SlipwayCluster', { config: configOf(yaml), kubectlZip }));

const template = cluster();
const [eks] = propertiesOf(template, 'AWS::EKS::Cluster');

it('the cluster is private, in standard support, with its secrets encrypted and everything logged', () => {
  expect(eks).toMatchObject({
    Name: 'slipway',
    Version: '1.35',
    UpgradePolicy: { SupportType: 'STANDARD' },
    AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false },
    ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: false },
    ComputeConfig: { Enabled: true, NodePools: ['system', 'general-purpose'] },
    EncryptionConfig: [{ Resources: ['secrets'] }],
  });
  expect(eks.Logging.ClusterLogging.EnabledTypes.map(({ Type }: Json) => Type).sort()).toEqual([
    'api',
    'audit',
    'authenticator',
    'controllerManager',
    'scheduler',
  ]);
});

it('its log group is there before it, so that EKS makes none without key and end', () => {
  const [[id]] = Object.entries(resourcesOf(template, 'AWS::Logs::LogGroup')).filter(
    ([, { Properties }]) => Properties.LogGroupName === '/aws/eks/slipway/cluster',
  ) as [[string, Json]];
  const [resource] = Object.values(resourcesOf(template, 'AWS::EKS::Cluster'));
  expect(resource.DependsOn).toContain(id);
  for (const log of propertiesOf(template, 'AWS::Logs::LogGroup'))
    expect(log).toMatchObject({ RetentionInDays: 90, KmsKeyId: expect.anything() });
});

it('every function has its log group before it runs, or it would make one without key and end', () => {
  const groups = resourcesOf(template, 'AWS::Logs::LogGroup');
  const functions = propertiesOf(template, 'AWS::Lambda::Function');
  expect(functions).toHaveLength(3);
  for (const { LoggingConfig } of functions)
    expect(groups[LoggingConfig.LogGroup.Ref]?.Properties).toMatchObject({
      RetentionInDays: 90,
      KmsKeyId: expect.anything(),
    });
});

it('no function has a policy of AWS’s or one that is inline, and what hands over manifests may call one function', () => {
  expect(resourcesOf(template, 'AWS::IAM::Policy')).toEqual({});
  const roles = resourcesOf(template, 'AWS::IAM::Role');
  for (const { Role } of propertiesOf(template, 'AWS::Lambda::Function')) {
    const role = roles[Role['Fn::GetAtt'][0]];
    expect(role?.Properties.Policies).toBeUndefined();
    expect(role?.Properties.ManagedPolicyArns).toEqual([{ Ref: expect.anything() }]);
  }
  const invoke = propertiesOf(template, 'AWS::IAM::ManagedPolicy')
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Action }) => Action.includes('lambda:InvokeFunction'));
  expect(invoke).toEqual([
    {
      Effect: 'Allow',
      Action: ['lambda:GetFunction', 'lambda:InvokeFunction'],
      Resource: { 'Fn::GetAtt': [expect.stringContaining('Handler'), 'Arn'] },
    },
  ]);
});

it('its network is in the zones that slipway.yaml names, or in the first two of the region', () => {
  const zones = (of: Template) => [
    ...new Set(propertiesOf(of, 'AWS::EC2::Subnet').map(({ AvailabilityZone }) => JSON.stringify(AvailabilityZone))),
  ];
  expect(zones(cluster('network: { availabilityZones: [us-east-1b, us-east-1f] }'))).toEqual([
    '"us-east-1b"',
    '"us-east-1f"',
  ]);
  expect(zones(template)).toEqual(
    [0, 1].map((index) => JSON.stringify({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] })),
  );
});

it('nobody but the function that makes the namespaces is its administrator', () => {
  const entries = propertiesOf(template, 'AWS::EKS::AccessEntry');
  expect(entries).toHaveLength(1);
  expect(readable(entries[0].PrincipalArn)).toMatch(/^\$\{KubectlFunctionsKubectl.*\.Arn\}$/);
  expect(JSON.stringify(template.toJSON())).not.toContain('system:masters');
});

const manifests: Json[] = propertiesOf(template, 'Custom::AWSCDK-EKS-KubernetesResource').flatMap(({ Manifest }) =>
  JSON.parse(Manifest),
);

it('every environment has a namespace that enforces the restricted pod security standard', () => {
  const namespaces = manifests.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata);
  expect(namespaces.map(({ name }) => name)).toEqual(['visits-dev', 'visits-staging', 'visits-production']);
  for (const { labels } of namespaces) expect(labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
});

it('lets the deployer of each environment lock, look at quotas and reach pods there, and nowhere else', () => {
  const bindings = manifests.filter(({ kind }) => kind === 'RoleBinding');
  expect(
    bindings.map(({ metadata, roleRef, subjects }) => [
      metadata.namespace,
      roleRef.name,
      ...subjects.map(({ name }: Json) => name),
    ]),
  ).toEqual(
    ['dev', 'staging', 'production'].map((name) => [
      `visits-${name}`,
      'slipway-deployer',
      `slipway:deployers:visits-${name}`,
    ]),
  );
  const roles = manifests.filter(({ kind }) => kind === 'Role');
  expect(roles.map(({ metadata }) => metadata.namespace)).toEqual(bindings.map(({ metadata }) => metadata.namespace));
  for (const { rules } of roles) {
    const granted = rules.flatMap(({ resources, verbs }: Json) =>
      resources.flatMap((resource: string) => verbs.map((verb: string) => `${verb} ${resource}`)),
    );
    expect(granted).toEqual(
      expect.arrayContaining(['patch leases', 'create leases', 'get pods/proxy', 'list resourcequotas']),
    );
    expect(
      granted.filter((one: string) =>
        /\*|secret|exec|(create|update|patch|delete) (resourcequotas|roles|rolebindings)/.test(one),
      ),
    ).toEqual([]);
  }
});

it('network policies are enforced, which Auto Mode does only when told', () => {
  expect(manifests.find(({ kind }) => kind === 'ConfigMap')).toMatchObject({
    metadata: { name: 'amazon-vpc-cni', namespace: 'kube-system' },
    data: { 'enable-network-policy-controller': 'true' },
  });
});

it('CloudWatch’s agent gets its role by Pod Identity, into log groups that forget', () => {
  const addons = propertiesOf(template, 'AWS::EKS::Addon');
  expect(addons.map(({ AddonName }) => AddonName).sort()).toEqual([
    'amazon-cloudwatch-observability',
    'metrics-server',
  ]);
  const insights = addons.find(({ AddonName }) => AddonName === 'amazon-cloudwatch-observability');
  expect(insights.PodIdentityAssociations).toEqual([
    { ServiceAccount: 'cloudwatch-agent', RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^RolesAgent/), 'Arn'] } },
  ]);
  expect(JSON.parse(insights.ConfigurationValues).manager.applicationSignals.autoMonitor.monitorAllServices).toBe(
    false,
  );
  const groups = propertiesOf(template, 'AWS::Logs::LogGroup').map(({ LogGroupName }) => LogGroupName);
  for (const name of ['application', 'dataplane', 'host', 'performance'])
    expect(groups).toContain(`/aws/containerinsights/slipway/${name}`);
});

it('nodes and builds live in private subnets of two zones, and every packet is logged', () => {
  const isPublic = propertiesOf(template, 'AWS::EC2::Subnet').map(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch);
  expect(isPublic).toEqual([false, false, false, false]);
  expect(propertiesOf(template, 'AWS::EC2::NatGateway')).toHaveLength(2);
  expect(propertiesOf(template, 'AWS::EC2::FlowLog')).toMatchObject([{ ResourceType: 'VPC', TrafficType: 'ALL' }]);
  expect(eks.ResourcesVpcConfig.SubnetIds.map(({ Ref }: Json) => Ref)).toEqual([
    expect.stringContaining('privateSubnet1'),
    expect.stringContaining('privateSubnet2'),
  ]);
});

it('a VPC of the user’s own is taken as it is, and CDK reminds of the tag that its subnets need', () => {
  const warn = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const own = cluster(
    'network:\n  existing:\n    vpcId: vpc-0123456789abcdef0\n    availabilityZones: [eu-west-1a, eu-west-1b]\n    privateSubnetIds: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]\n',
  );
  expect(warn.mock.calls.join()).toContain('kubernetes.io/role/internal-elb=1');
  expect(warn.mock.calls.join()).not.toContain('routeTable');
  warn.mockRestore();
  expect(resourcesOf(own, 'AWS::EC2::VPC')).toEqual({});
  expect(propertiesOf(own, 'AWS::EKS::Cluster')[0].ResourcesVpcConfig.SubnetIds).toEqual([
    'subnet-0123456789abcdef0',
    'subnet-0123456789abcdef1',
  ]);
});
