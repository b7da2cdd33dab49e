import type { CloudFormationAction } from '../../../lib/local/plan';

/** A template with an output that follows from its parameters, and one that does not. */
export const QUEUE = `
Parameters:
  Version: {Type: String, AllowedPattern: '[0-9.]+'}
  Code: {Type: String, Default: none}
  Secret: {Type: String, NoEcho: true, Default: hidden-value}
  Wide: {Type: String, Default: 'no'}
Conditions:
  IsWide: !Equals [!Ref Wide, 'yes']
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: shop-queue, AssumeRolePolicyDocument: {Version: 2012-10-17}}
  Queue:
    Type: AWS::SQS::Queue
    DependsOn: Role
    Properties:
      QueueName: !Sub 'shop-\${Version}'
      Tags: [{Key: code, Value: !Ref Code}, {Key: secret, Value: !Ref Secret}]
  More:
    Type: AWS::SQS::Queue
    Condition: IsWide
Outputs:
  Label: {Value: !Join ['-', [shop, !Ref Version, !Ref 'AWS::Region']]}
  Url: {Value: !GetAtt Queue.QueueUrl}
  Wide: {Condition: IsWide, Value: wide}
`;

export const deploy = (more: Partial<CloudFormationAction> = {}): CloudFormationAction => ({
  kind: 'cloudformation',
  id: 'Cloud/Queue',
  stage: 'Cloud',
  name: 'Queue',
  runOrder: 1,
  inputs: ['Source'],
  outputs: [],
  mode: 'CREATE_UPDATE',
  stackName: 'shop',
  templatePath: { artifact: 'Source', file: 'queue.yaml' },
  parameterOverrides: '{"Version":"1.7"}',
  capabilities: ['CAPABILITY_NAMED_IAM'],
  ...more,
});
