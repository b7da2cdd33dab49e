import type { Json } from '../../../lib/cloud/rules/rule';
import { delivery, type Fault, first, inVpc, project, properties, trust, without } from './fault';

export const BUILD_FAULTS: readonly Fault[] = [
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
]; // biome-ignore format: a table
