import { join } from 'node:path';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { logGroup } from './log-group';
import { allow } from './statement';

export interface BakeFunctionProps {
  readonly functionName: string;
  /** Folder of package-lock.json; the handler is lambda/bake/index.ts below it. */
  readonly projectRoot: string;
  readonly key: IKey;
  readonly logRetentionDays: number;
}

/**
 * Watches a service's alarm for the bake action. It has no dead-letter queue: CodePipeline fails an action whose function
 * does not report back, so no failure is lost.
 */
export class BakeFunction extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: BakeFunctionProps) {
    super(scope, id);
    this.name = props.functionName;
    this.arn = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: this.name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const logs = logGroup(this, 'Logs', `/aws/lambda/${this.name}`, props.key, props.logRetentionDays);
    const role = new Role(this, 'Role', {
      description: `Runs ${this.name}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        bake: new PolicyDocument({
          statements: [
            allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]),
            allow(['cloudwatch:DescribeAlarms'], ['*']),
            allow(['codepipeline:PutJobFailureResult', 'codepipeline:PutJobSuccessResult'], ['*']),
          ],
        }),
      },
    });
    acknowledge(
      role,
      'IAM5[Resource::*]',
      'DescribeAlarms returns composite alarms only if it is allowed on *, and the job results know no resources; a job is answered with an id that only this invocation was given.',
    );
    new NodejsFunction(this, 'Function', {
      functionName: this.name,
      description: "Fails as soon as the service's alarm fires after a deploy",
      entry: join(props.projectRoot, 'lambda', 'bake', 'index.ts'),
      handler: 'handler',
      projectRoot: props.projectRoot,
      depsLockFilePath: join(props.projectRoot, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(60),
      role,
      logGroup: logs,
      // The SDK is bundled, so that the version that was tested is the version that runs.
      bundling: { bundleAwsSDK: true, minify: true, sourceMap: false, target: 'node24' },
    });
  }
}
