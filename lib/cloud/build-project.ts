import { type CfnResource, Stack } from 'aws-cdk-lib';
import { CfnProject, CfnReportGroup } from 'aws-cdk-lib/aws-codebuild';
import type { IManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { BuildAction } from '../model/pipeline';
import { acknowledge } from './acknowledge';
import type { BuildspecFeatures } from './buildspec-features';
import { logGroup } from './log-group';
import { ownRole } from './role';
import { allow } from './statement';
import { serviceTrust } from './trust';

const BUILD_IMAGE = 'aws/codebuild/amazonlinux-x86_64-standard:5.0';
/** A build that nobody starts for so long is told as a failure instead of waiting for CodeBuild's default of 8 hours. */
const QUEUED_TIMEOUT_MINUTES = 60;

/** The only job whose project gets a Docker daemon, and with it root on its host. */
const PRIVILEGED_JOB = 'image';

export interface BuildProjectProps {
  readonly action: Pick<BuildAction, 'name' | 'job' | 'environment' | 'timeoutMinutes'>;
  readonly projectName: string;
  /** YAML text. It is inlined, so that the repository that is built can never replace it. */
  readonly buildspec: string;
  /** Names of the buildspec's reports: each gets the report group that CodeBuild looks for, `<project>-<report>`. */
  readonly reports: BuildspecFeatures['reports'];
  /** CodeBuild compute type, BUILD_GENERAL1_SMALL … */
  readonly compute: string;
  /** Known only here, e.g. the address of the image repository; beside what the action says. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of its role, for policies of other accounts to name; absent: CloudFormation makes it up. */
  readonly roleName?: string;
  readonly statements: readonly PolicyStatement[];
  readonly managedPolicies: readonly IManagedPolicy[];
  readonly key: IKey;
  readonly logRetentionDays: number;
  /** HTTPS address of the CodeCommit repository that it builds by itself; absent: CodePipeline hands the source over. */
  readonly repository?: string;
  /** Absent: no cache. */
  readonly cache?: { readonly location: string; readonly namespace: string };
  /** Absent: outside of any VPC, with no way to the cluster. */
  readonly network?: {
    readonly vpcId: string;
    readonly subnetIds: readonly string[];
    readonly securityGroupId: string;
  };
}

/** One CodeBuild project for one action, with a role, a log group and report groups that nothing else uses. */
export class BuildProject extends Construct {
  /** Of the project, by reference: whoever uses it is created after it. */
  readonly name: string;
  readonly arn: string;
  readonly role: Role;
  /** Without this the project exists, but its builds cannot do their work. */
  readonly prerequisites: CfnResource[] = [];

  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id);
    const { action, projectName, network } = props;
    const arn = Stack.of(this).formatArn({ service: 'codebuild', resource: 'project', resourceName: projectName });
    const logs = logGroup(this, 'Logs', `/aws/codebuild/${projectName}`, props.key, props.logRetentionDays);
    const reportGroups = props.reports.map(
      (report) =>
        new CfnReportGroup(this, `Report-${report.name}`, {
          name: `${projectName}-${report.name}`,
          type: report.type,
          exportConfig: { exportConfigType: 'NO_EXPORT' },
          deleteReports: true,
        }),
    );
    const statements = [
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]),
      ...(reportGroups.length === 0 ? [] : writeReports(reportGroups)),
      ...props.statements,
    ];
    this.role = ownRole(this, 'Role', {
      description: `${action.name} of ${projectName}`,
      roleName: props.roleName,
      assumedBy: serviceTrust('codebuild.amazonaws.com', arn),
      statements,
      managedPolicies: props.managedPolicies,
    });
    if (action.job === PRIVILEGED_JOB) {
      acknowledge(
        this.role,
        'IAM5[Resource::*]',
        'ecr:GetAuthorizationToken knows no resources; the token opens only what the other statements allow.',
      );
    }
    const environment = { ...action.environment, ...props.environment };
    const project = new CfnProject(this, 'Resource', {
      name: projectName,
      description: `buildspecs/${action.job}.yml for ${action.name}`,
      serviceRole: this.role.roleArn,
      source:
        props.repository === undefined
          ? { type: 'CODEPIPELINE', buildSpec: props.buildspec }
          : { type: 'CODECOMMIT', location: props.repository, buildSpec: props.buildspec },
      artifacts: { type: props.repository === undefined ? 'CODEPIPELINE' : 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: BUILD_IMAGE,
        imagePullCredentialsType: 'CODEBUILD',
        computeType: props.compute,
        privilegedMode: action.job === PRIVILEGED_JOB,
        environmentVariables: Object.entries(environment).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })),
      },
      encryptionKey: props.key.keyArn,
      timeoutInMinutes: action.timeoutMinutes,
      queuedTimeoutInMinutes: QUEUED_TIMEOUT_MINUTES,
      logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logs.logGroupName } },
      cache: props.cache
        ? { type: 'S3', location: props.cache.location, cacheNamespace: props.cache.namespace }
        : { type: 'NO_CACHE' },
      ...(network && {
        vpcConfig: {
          vpcId: network.vpcId,
          subnets: [...network.subnetIds],
          securityGroupIds: [network.securityGroupId],
        },
      }),
    });
    acknowledge(
      project,
      'CodeBuildProjectSourceRepoUrl',
      'There is no repository with credentials: the source comes from CodePipeline, or from CodeCommit by the right of the role.',
    );
    this.name = project.ref;
    this.arn = project.attrArn;
  }
}

/**
 * CodeBuild asks to create the group at each build, though it is there; coverage is for reports of coverage alone.
 * Source: user guide, test-permissions.
 */
function writeReports(groups: readonly CfnReportGroup[]): PolicyStatement[] {
  const coverage = groups.filter(({ type }) => type === 'CODE_COVERAGE');
  const write = allow(
    ['codebuild:CreateReportGroup', 'codebuild:CreateReport', 'codebuild:UpdateReport', 'codebuild:BatchPutTestCases'],
    groups.map((group) => group.attrArn),
  );
  if (coverage.length === 0) return [write];
  return [
    write,
    allow(
      ['codebuild:BatchPutCodeCoverages'],
      coverage.map((group) => group.attrArn),
    ),
  ];
}
