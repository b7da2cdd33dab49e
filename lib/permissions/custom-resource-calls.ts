import { arnIn, type Estate, type Loose, ofType, type RoleCall } from './calls';

const PROVIDER = 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html';

/** What CDK's functions for custom resources call, by what each custom resource says. */
export function customResourceCalls(estate: Estate): RoleCall[] {
  const functions = ofType(estate, 'AWS::Lambda::Function').map(({ resource, properties }) => ({
    arn: estate.arnOf(resource),
    properties,
  }));
  return estate.resources
    .filter(({ type }) => /^(Custom::|AWS::CloudFormation::CustomResource)/.test(type))
    .flatMap(({ type, properties }: { readonly type: string; readonly properties: Loose }) => {
      const provider = functions.find(({ arn }) => arn === properties.ServiceToken);
      if (!provider) return [];
      const handlerArn = provider.properties.Environment?.Variables?.USER_ON_EVENT_FUNCTION_ARN;
      const handler = functions.find(({ arn }) => arn === handlerArn);
      const calls =
        type === 'Custom::VpcRestrictDefaultSG' ? securityGroupCalls(estate, properties) : sdkCalls(estate, properties);
      return [
        ...calls.map((call) => ({ role: provider.properties.Role, ...call })),
        ...(handler ? frameworkCalls(estate, provider.properties.Role, handler, properties) : []),
      ].map((call) => ({ ...call, why: `CloudFormation: ${type}`, page: PROVIDER }));
    });
}

type Call = Pick<RoleCall, 'action' | 'resource'>;

/** The default security group loses its rules, and gets them back with the stack's end. */
const securityGroupCalls = (estate: Estate, { DefaultSecurityGroupId: id }: Loose): Call[] =>
  ['Authorize', 'Revoke'].flatMap((verb) =>
    ['Ingress', 'Egress'].map((direction) => ({
      action: `ec2:${verb}SecurityGroup${direction}`,
      resource: arnIn(estate)('ec2', `security-group/${id}`),
    })),
  );

/** The calls of the SDK that an AwsCustomResource holds as texts. */
function sdkCalls(estate: Estate, properties: Loose): Call[] {
  return ['Create', 'Update', 'Delete'].flatMap((event) => {
    const text = properties[event];
    if (typeof text !== 'string' || !text.startsWith('{')) return [];
    const { service, action, parameters } = JSON.parse(text) as Loose;
    const prefix = String(service).toLowerCase();
    const name = String(action).replace(/^./, (letter) => letter.toUpperCase());
    const resource = parameters?.repositoryName;
    return [{ action: `${prefix}:${name}`, resource: resource ? arnIn(estate)(prefix, resource) : '*' }];
  });
}

/** CDK's provider framework waits for the handler to be there, and invokes it; that of a cluster asks for its address. */
function frameworkCalls(
  estate: Estate,
  role: string,
  handler: { readonly arn: string; readonly properties: Loose },
  { ClusterName: cluster }: Loose,
): (Call & { readonly role: string })[] {
  return [
    { role, action: 'lambda:InvokeFunction', resource: handler.arn },
    { role, action: 'lambda:GetFunction', resource: handler.arn },
    ...(cluster === undefined
      ? []
      : [
          {
            role: handler.properties.Role as string,
            action: 'eks:DescribeCluster',
            resource: arnIn(estate)('eks', `cluster/${cluster}`),
          },
        ]),
  ];
}
