const DEFAULT = 'the template asks for what is the default';
const LATER = 'CloudFormation looks at it at a later change, or at the end';
const OTHERS = 'the service tells nothing of it; the handler checks what it refers to';
const FORGOTTEN = 'moto forgets it';
const CALL = 'a call of any API, made; its own checks judge it';
const NOT_RUN = 'its function is not run';

/** Mutants of handlers that reading back cannot see, each with its reason: a type that is not made, or a property that is dropped. */
export const UNSEEN: Readonly<Record<string, string>> = {
  'AWS::CodeBuild::ReportGroup DeleteReports': LATER,
  'AWS::CodeCommit::Repository Code': OTHERS,
  'AWS::CodeCommit::Repository Code.BranchName': OTHERS,
  'AWS::CodePipeline::Pipeline RestartExecutionOnUpdate': LATER,
  'AWS::EC2::EIP Domain': DEFAULT,
  'AWS::EC2::FlowLog LogDestinationType': DEFAULT,
  'AWS::EC2::Subnet MapPublicIpOnLaunch': DEFAULT,
  'AWS::EC2::VPC EnableDnsSupport': DEFAULT,
  'AWS::EC2::VPC InstanceTenancy': DEFAULT,
  'AWS::ECR::Repository EmptyOnDelete': LATER,
  'AWS::EKS::Addon ResolveConflicts': OTHERS,
  'AWS::Events::Rule State': DEFAULT,
  'AWS::IAM::ManagedPolicy Path': DEFAULT,
  'AWS::Lambda::Function LoggingConfig': FORGOTTEN,
  'AWS::Lambda::Function LoggingConfig.ApplicationLogLevel': FORGOTTEN,
  'AWS::Lambda::Function LoggingConfig.LogFormat': FORGOTTEN,
  'AWS::Lambda::Function LoggingConfig.LogGroup': FORGOTTEN,
  'AWS::Lambda::Function MemorySize': DEFAULT,
  'AWS::S3::Bucket LoggingConfiguration': FORGOTTEN,
  'AWS::S3::Bucket LoggingConfiguration.LogFilePrefix': FORGOTTEN,
  'AWS::SQS::Queue SqsManagedSseEnabled': DEFAULT,
  'Custom::AWSCDK-EKS-KubernetesResource': NOT_RUN,
  'Custom::CodeCommitApprovalRuleTemplate': CALL,
  'Custom::CodeCommitApprovalRuleTemplate Create': CALL,
  'Custom::CodeCommitApprovalRuleTemplate Delete': CALL,
  'Custom::CodeCommitApprovalRuleTemplate Update': CALL,
  'Custom::CodeCommitApprovalRuleTemplateAssociation': CALL,
  'Custom::CodeCommitApprovalRuleTemplateAssociation Create': CALL,
  'Custom::CodeCommitApprovalRuleTemplateAssociation Delete': CALL,
  'Custom::CodeCommitApprovalRuleTemplateAssociation Update': CALL,
  'Custom::VpcRestrictDefaultSG': NOT_RUN,
};
