import { ArnFormat, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { type IRole, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type FunctionProps, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Provider, type ProviderProps } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { INTERFACES_REASON, networkInterfaces } from './function-network';
import { logGroup } from './log-group';
import { ownRole } from './role';
import { allow } from './statement';

export interface KubectlFunctionsProps {
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly key: IKey;
  readonly logRetentionDays: number;
}

/** MiB; Lambda's default, written out. */
const PROVIDER_MEMORY = 128;

/**
 * The two functions through which CDK applies manifests: one has kubectl, the other is what CloudFormation calls, and calls it. Their
 * constructs make them inside of a cluster of this stack and have no options for logs and roles, so they get ours by injection: log groups
 * that are there before them, with key and retention, and roles that may do what they do and nothing else.
 * Source: CDK guide, blueprints (property injection).
 */
export class KubectlFunctions extends Construct {
  /** Of the function that has kubectl; cluster administrator by an access entry. */
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: KubectlFunctionsProps) {
    super(scope, id);
    const logs = (what: string) =>
      logGroup(this, `${what}Logs`, `/slipway/${props.clusterName}/${what}`, props.key, props.logRetentionDays);
    const [kubectlLogs, providerLogs] = [logs('kubectl'), logs('kubectl-provider')];
    // CDK's own would read every image repository of the account, for Helm charts that there are none of.
    this.role = this.functionRole('Kubectl', 'Applies manifests to the cluster', [
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [kubectlLogs.logGroupArn]),
      allow(['eks:DescribeCluster'], [props.clusterArn]),
    ]);
    PropertyInjectors.of(Stack.of(this)).add(
      {
        constructUniqueId: LambdaFunction.PROPERTY_INJECTION_ID,
        inject: (given: FunctionProps, { id: function_ }) =>
          function_ === 'Handler' ? { ...given, logGroup: kubectlLogs } : { ...given, memorySize: PROVIDER_MEMORY },
      },
      {
        constructUniqueId: Provider.PROPERTY_INJECTION_ID,
        inject: (given: ProviderProps) => ({
          ...given,
          logGroup: providerLogs,
          frameworkOnEventRole: this.functionRole('Provider', 'Hands manifests to the function that applies them', [
            allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [providerLogs.logGroupArn]),
            allow(['lambda:GetFunction', 'lambda:InvokeFunction'], [given.onEventHandler.functionArn]),
          ]),
        }),
      },
    );
  }

  private functionRole(id: string, description: string, statements: ReturnType<typeof allow>[]): IRole {
    const anyFunction = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const role = ownRole(this, id, {
      description,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      statements: [...statements, ...networkInterfaces(anyFunction)],
    });
    acknowledge(role, 'IAM5[Resource::*]', INTERFACES_REASON);
    return role.withoutPolicyUpdates();
  }
}
