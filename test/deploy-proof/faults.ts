import type { Json } from '../../lib/cloud/rules/rule';

/** One thing wrong in one template. `mutate` gets its resources, by logical id. */
export interface Fault {
  readonly what: string;
  readonly stack: 'SlipwayCluster' | 'VisitsDelivery' | 'VisitsMonitoring' | 'VisitsSource';
  readonly mutate: (resources: Record<string, Json>) => void;
}

const first = (
  resources: Record<string, Json>,
  type: string,
  where: (item: Json, id: string) => boolean = () => true,
) => {
  const found = Object.entries(resources).find(([id, item]) => item.Type === type && where(item, id));
  if (!found) throw new Error(`no ${type} to break`);
  return found;
};
const properties = (resources: Record<string, Json>, type: string, where?: (item: Json, id: string) => boolean): Json =>
  first(resources, type, where)[1].Properties;
const production = (resources: Record<string, Json>): Json =>
  properties(resources, 'AWS::CodePipeline::Pipeline', ({ Properties }) => Properties.Name === 'visits-production');
const stage = (resources: Record<string, Json>, name: string): Json =>
  production(resources).Stages.find((item: Json) => item.Name === name);
const project = (resources: Record<string, Json>): Json => properties(resources, 'AWS::CodeBuild::Project');
const inVpc = (resources: Record<string, Json>): Json =>
  properties(resources, 'AWS::CodeBuild::Project', ({ Properties }) => Properties.VpcConfig !== undefined);
const cluster = (resources: Record<string, Json>): Json => properties(resources, 'AWS::EKS::Cluster');
const trust = (resources: Record<string, Json>, id: RegExp): Json =>
  properties(resources, 'AWS::IAM::Role', (_, name) => id.test(name)).AssumeRolePolicyDocument.Statement[0];
const without = (statements: Json[], service: RegExp) =>
  statements.filter((item) => !service.test(JSON.stringify(item.Principal)));
/** Changes the call of an API that a custom resource makes when it is created. */
const creation = (resources: Record<string, Json>, type: string, change: (call: Json) => void): void => {
  const custom = properties(resources, `Custom::CodeCommitApprovalRule${type}`);
  const call = JSON.parse(custom.Create);
  change(call);
  custom.Create = JSON.stringify(call);
};

const delivery = (what: string, mutate: Fault['mutate']): Fault => ({ what, stack: 'VisitsDelivery', mutate });
const clustered = (what: string, mutate: Fault['mutate']): Fault => ({ what, stack: 'SlipwayCluster', mutate });
const monitored = (what: string, mutate: Fault['mutate']): Fault => ({ what, stack: 'VisitsMonitoring', mutate });
const sourced = (what: string, mutate: Fault['mutate']): Fault => ({ what, stack: 'VisitsSource', mutate });

export const FAULTS: readonly Fault[] = [
  // Templates
  delivery('an unknown resource type', (r) => { r['Odd'] = { Type: 'AWS::CodePipeline::Pipelines', Properties: {} }; }),
  delivery('an unknown property', (r) => { project(r).TimeOut = 5; }),
  delivery('a required property left out', (r) => { delete project(r).ServiceRole; }),
  delivery('a property of a wrong type', (r) => { project(r).TimeoutInMinutes = 'soon'; }),
  delivery('a reference to a resource that is not there', (r) => { production(r).RoleArn = { 'Fn::GetAtt': ['Nobody', 'Arn'] }; }),
  delivery('an attribute that the type has not', (r) => { production(r).ArtifactStore.Location = { 'Fn::GetAtt': ['ArtifactsBucket88671897', 'Name'] }; }),
  delivery('an import that nobody exports', (r) => { inVpc(r).VpcConfig.VpcId = { 'Fn::ImportValue': 'SlipwayCluster:NoSuchVpc' }; }),
  delivery('resources that wait for one another', (r) => { r['ArtifactsAccessLogs4D97777C'].DependsOn = ['ArtifactsBucket88671897']; }),
  delivery('DependsOn of something that is not there', (r) => { r['ArtifactsBucket88671897'].DependsOn = ['Nobody']; }),
  // Pipelines
  delivery('an action provider that does not exist', (r) => { stage(r, 'Build').Actions[0].ActionTypeId.Provider = 'CodeBild'; }),
  delivery('a provider in the wrong category', (r) => { stage(r, 'Build').Actions[0].ActionTypeId.Category = 'Approval'; }),
  delivery('a project that is not there', (r) => { stage(r, 'Build').Actions[0].Configuration.ProjectName = 'visits-nothing'; }),
  delivery('an input artifact that nothing gives', (r) => { stage(r, 'Build').Actions[0].InputArtifacts = [{ Name: 'Sources' }]; }),
  delivery('two actions that give the same artifact', (r) => { stage(r, 'Build').Actions[0].OutputArtifacts = [{ Name: 'SourceArtifact' }]; }),
  delivery('stages in the wrong order', (r) => { production(r).Stages.reverse(); }),
  delivery('a deploy before the build that it needs', (r) => { const stages = production(r).Stages; stages.splice(1, 0, ...stages.splice(3, 1)); }),
  delivery('two actions of one name in a stage', (r) => { const { Actions } = stage(r, 'Test'); Actions[1].Name = Actions[0].Name; }),
  delivery('two stages of one name', (r) => { production(r).Stages[2].Name = production(r).Stages[1].Name; }),
  delivery('a configuration value that is too long', (r) => { stage(r, 'Build').Actions[0].Configuration.EnvironmentVariables = `[{"name":"A","value":"${'x'.repeat(1000)}"}]`; }),
  delivery('a namespace that no earlier action has', (r) => { stage(r, 'Build').Actions[0].Configuration.EnvironmentVariables = '[{"name":"A","value":"#{Tests.VERSION}","type":"PLAINTEXT"}]'; }),
  delivery('a rollback of the first stage', (r) => { stage(r, 'Source').OnFailure = { Result: 'ROLLBACK' }; }),
  delivery('a rule of a kind that does not exist', (r) => { production(r).Stages.find((item: Json) => item.BeforeEntry).BeforeEntry.Conditions[0].Rules[0].RuleTypeId.Provider = 'VariableChecks'; }),
  delivery('conditions on a pipeline of type V1', (r) => { production(r).PipelineType = 'V1'; }),
  delivery('a pipeline whose role trusts another service', (r) => { trust(r, /^ProductionRole/).Principal = { Service: 'codedeploy.amazonaws.com' }; }),
  delivery('a pipeline whose role may not start builds', (r) => {
    const { PolicyDocument: policy } = properties(r, 'AWS::IAM::ManagedPolicy', (_, id) => /^ProductionRolePolicy/.test(id));
    for (const statement of policy.Statement)
      statement.Action = [statement.Action].flat().filter((action: string) => action !== 'codebuild:StartBuild');
    policy.Statement = policy.Statement.filter((item: Json) => item.Action.length > 0);
  }),
  delivery('a Lambda function that is not there', (r) => { stage(r, 'Production').Actions.find((item: Json) => item.ActionTypeId.Provider === 'Lambda').Configuration.FunctionName = 'visits-bakes'; }),
  // Builds
  delivery('a build role whose trust names another project', (r) => { const { Condition } = trust(r, /^DevelopmentBuildBuildRole/); Condition.ArnLike = { 'aws:SourceArn': 'arn:aws:codebuild:eu-west-1:123456789012:project/other' }; delete Condition.ArnEquals; }),
  delivery('a build role that other accounts’ projects may assume', (r) => { delete trust(r, /^DevelopmentBuildBuildRole/).Condition; }),
  delivery('a buildspec of the repository', (r) => { delete project(r).Source.BuildSpec; }),
  delivery('a buildspec that is no YAML', (r) => { project(r).Source.BuildSpec = 'version: 0.2\nphases:\n  build: [\n'; }),
  delivery('a privileged build that builds no image', (r) => { properties(r, 'AWS::CodeBuild::Project', ({ Properties }) => !Properties.Environment.PrivilegedMode).Environment.PrivilegedMode = true; }),
  delivery('a build image that does not exist', (r) => { project(r).Environment.Image = 'aws/codebuild/standard:99.0'; }),
  delivery('a compute type that does not exist', (r) => { project(r).Environment.ComputeType = 'BUILD_GENERAL1_HUGE'; }),
  delivery('a build without an end', (r) => { delete project(r).TimeoutInMinutes; }),
  delivery('a subnet that does not exist', (r) => { inVpc(r).VpcConfig.Subnets = ['subnet-0aaaaaaaaaaaaaaaa']; }),
  delivery('a build in a VPC whose role may make no interfaces', (r) => { const [id] = first(r, 'AWS::IAM::ManagedPolicy', (_, name) => /^NetworkPolicy/.test(name)); for (const item of Object.values(r)) if (item.Type === 'AWS::IAM::Role') item.Properties.ManagedPolicyArns = item.Properties.ManagedPolicyArns?.filter((arn: Json) => arn.Ref !== id); }),
  delivery('a log group whose key does not know CloudWatch Logs', (r) => { const key = r['Key961B73FD'].Properties.KeyPolicy; key.Statement = without(key.Statement, /logs\./); }),
  delivery('a key that nobody may change again', (r) => { r['Key961B73FD'].Properties.KeyPolicy.Statement.splice(0, 1); }),
  delivery('a policy of a bucket on another bucket', (r) => { const statement = properties(r, 'AWS::S3::BucketPolicy').PolicyDocument.Statement[0]; statement.Resource = 'arn:aws:s3:::elsewhere/*'; }),
  delivery('a policy document with an action that is none', (r) => { properties(r, 'AWS::IAM::ManagedPolicy').PolicyDocument.Statement[0].Action = ['getEverything']; }),
  delivery('a managed policy of AWS that does not exist', (r) => { const role = properties(r, 'AWS::IAM::Role'); role.ManagedPolicyArns = [...(role.ManagedPolicyArns ?? []), 'arn:aws:iam::aws:policy/AWSCodeBuildAlmighty']; }),
  delivery('image tags that may be moved', (r) => { const images = properties(r, 'AWS::ECR::Repository', (_, id) => /Images/.test(id)); images.ImageTagMutability = 'MUTABLE'; }),
  delivery('an event target without a role', (r) => { delete properties(r, 'AWS::Events::Rule', (_, id) => /^Production/.test(id)).Targets[0].RoleArn; }),
  delivery('an event target without a dead-letter queue', (r) => { delete properties(r, 'AWS::Events::Rule', (_, id) => /^Production/.test(id)).Targets[0].DeadLetterConfig; }),
  delivery('a dead-letter queue that lets nobody in', (r) => { const [id] = first(r, 'AWS::SQS::QueuePolicy', (_, name) => /^Production/.test(name)); delete r[id]; }),
  delivery('tags that start the pipeline as branches do', (r) => { delete properties(r, 'AWS::Events::Rule', (_, id) => /^Production/.test(id)).EventPattern.detail.referenceType; }),
  delivery('an access entry for a Kubernetes system group', (r) => { properties(r, 'AWS::EKS::AccessEntry').KubernetesGroups = ['system:masters']; }),
  delivery('an access policy that does not exist', (r) => { properties(r, 'AWS::EKS::AccessEntry', ({ Properties }) => Properties.AccessPolicies?.length > 0).AccessPolicies[0].PolicyArn = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSRootPolicy'; }),
  delivery('a function on a runtime that does not exist', (r) => { properties(r, 'AWS::Lambda::Function').Runtime = 'nodejs19.x'; }),
  // Cluster
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
  // Monitoring
  monitored('a composite of an alarm that is not there', (r) => { const alarm = properties(r, 'AWS::CloudWatch::CompositeAlarm'); alarm.AlarmRule = 'ALARM("visits-nothing")'; }),
  monitored('an alarm with a comparison that there is not', (r) => { properties(r, 'AWS::CloudWatch::Alarm').ComparisonOperator = 'GreaterThan'; }),
  monitored('more datapoints to alarm than periods', (r) => { const alarm = properties(r, 'AWS::CloudWatch::Alarm'); alarm.DatapointsToAlarm = alarm.EvaluationPeriods + 1; }),
  monitored('a topic whose key does not know CloudWatch', (r) => { const key = properties(r, 'AWS::KMS::Key').KeyPolicy; key.Statement = without(key.Statement, /cloudwatch/); }),
  monitored('a topic to which events may not be published', (r) => { const policy = properties(r, 'AWS::SNS::TopicPolicy').PolicyDocument; policy.Statement = without(policy.Statement, /events/); }),
  monitored('a dashboard that is no JSON', (r) => { properties(r, 'AWS::CloudWatch::Dashboard').DashboardBody = '{"widgets":['; }),
  // Source
  sourced('a seed that nobody uploaded', (r) => { properties(r, 'AWS::CodeCommit::Repository').Code.S3.Key = 'nothing.zip'; }),
  sourced('a key that does not exist', (r) => { properties(r, 'AWS::CodeCommit::Repository').KmsKeyId = 'arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000'; }),
  sourced('no approval of a pull request', (r) => { creation(r, 'Template', ({ parameters }) => { parameters.approvalRuleTemplateContent = parameters.approvalRuleTemplateContent.replace(/Needed":2/, 'Needed":0'); }); }),
  sourced('an approval rule of a repository that does not exist', (r) => { creation(r, 'TemplateAssociation', ({ parameters }) => { parameters.repositoryName = 'visit'; }); }),
  sourced('a call that its function may not make', (r) => { creation(r, 'Template', (call) => { Object.assign(call, { action: 'deleteRepository', parameters: { repositoryName: 'visits' } }); }); }),
  sourced('a repository name with a slash', (r) => { properties(r, 'AWS::CodeCommit::Repository').RepositoryName = 'team/visits'; }),
]; // biome-ignore format: a table
