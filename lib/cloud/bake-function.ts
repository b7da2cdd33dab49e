import { join } from 'node:path';
import { AssetHashType, DockerImage, Duration } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { acknowledge } from './acknowledge';
import { logGroup } from './log-group';
import { allow } from './statement';

export interface BakeFunctionProps {
  readonly functionName: string;
  /** The handler is lambda/bake/index.ts below it. */
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
    const logs = logGroup(this, 'Logs', `/aws/lambda/${props.functionName}`, props.key, props.logRetentionDays);
    const role = new Role(this, 'Role', {
      description: `Runs ${props.functionName}`,
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
    const resource = new LambdaFunction(this, 'Function', {
      functionName: props.functionName,
      description: "Fails as soon as the service's alarm fires after a deploy",
      code: bundle(join(props.projectRoot, 'lambda', 'bake')),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(60),
      role,
      logGroup: logs,
    });
    this.name = resource.functionName;
    this.arn = resource.functionArn;
  }
}

/**
 * One file with all it imports: the SDK that was tested is the SDK that runs. Bundled in this process, for NodejsFunction takes
 * half a second longer to find esbuild than esbuild takes to run; the Docker image is never used.
 */
const bundle = (folder: string): Code =>
  Code.fromAsset(folder, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('unused'),
      local: {
        tryBundle: (outputFolder) => {
          buildSync({
            entryPoints: [join(folder, 'index.ts')],
            outfile: join(outputFolder, 'index.js'),
            bundle: true,
            minify: true,
            platform: 'node',
            target: 'node24',
            logLevel: 'error',
          });
          return true;
        },
      },
    },
  });
