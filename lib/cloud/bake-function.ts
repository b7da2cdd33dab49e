import { join } from 'node:path';
import { ArnFormat, AssetHashType, DockerImage, Duration, Stack } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type CfnFunction, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { acknowledge } from './acknowledge';
import { acknowledgeFunction } from './acknowledge-function';
import { INTERFACES_REASON, networkInterfaces } from './function-network';
import { logGroup } from './log-group';
import { ownRole } from './role';
import { allow } from './statement';

export interface BakeFunctionProps {
  readonly functionName: string;
  /** The handler is lambda/bake/index.ts below it. */
  readonly projectRoot: string;
  readonly key: IKey;
  readonly logRetentionDays: number;
  /** Where the pipeline is in another account; absent: it is in this one. */
  readonly elsewhere?: {
    /** Of the function's own role, for policies of that account to name. */
    readonly roleName: string;
    /** ARN of the role of that account with which the function tells its result. */
    readonly answerRole: string;
  };
  /** Private subnets from which the service is reached, with a way to the AWS APIs. */
  readonly network: { readonly vpcId: string; readonly subnetIds: readonly string[] };
}

/** Watches a release for the bake action, by its alarms and by requests from inside the cluster's network. */
export class BakeFunction extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: BakeFunctionProps) {
    super(scope, id);
    const { elsewhere } = props;
    const arn = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: props.functionName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const logs = logGroup(this, 'Logs', `/aws/lambda/${props.functionName}`, props.key, props.logRetentionDays);
    const role = ownRole(this, 'Role', {
      description: `Runs ${props.functionName}`,
      roleName: elsewhere?.roleName,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      statements: [
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]),
        allow(['cloudwatch:DescribeAlarms'], ['*']),
        elsewhere
          ? allow(['sts:AssumeRole'], [elsewhere.answerRole])
          : allow(['codepipeline:PutJobFailureResult', 'codepipeline:PutJobSuccessResult'], ['*']),
        ...networkInterfaces(arn),
      ],
    });
    acknowledge(
      role,
      'IAM5[Resource::*]',
      `DescribeAlarms returns composite alarms only if it is allowed on *, and the job results know no resources; a job is answered with an id that only this invocation was given. ${INTERFACES_REASON}`,
    );
    const resource = new LambdaFunction(this, 'Function', {
      functionName: props.functionName,
      description: 'Watches a release after its deploy',
      code: bundle(join(props.projectRoot, 'lambda', 'bake')),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(60),
      role,
      logGroup: logs,
      ...(elsewhere && { environment: { ANSWER_ROLE: elsewhere.answerRole } }),
    });
    acknowledgeFunction(resource, 'CodePipeline fails an action whose function does not report back');
    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      vpcId: props.network.vpcId,
      groupDescription: `Requests of ${props.functionName}`,
      // The load balancer of the service may listen anywhere, and the AWS APIs are on the internet.
      securityGroupEgress: [{ ipProtocol: '-1', cidrIp: '0.0.0.0/0', description: 'To the service and the AWS APIs' }],
    });
    (resource.node.defaultChild as CfnFunction).vpcConfig = {
      subnetIds: [...props.network.subnetIds],
      securityGroupIds: [group.attrGroupId],
    };
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
