import { privilegedOnly } from '../../../../lib/cloud/rules/privileged-builds';
import type { Job } from '../../../../lib/model/pipeline';
import { jobs } from '../jobs';
import { type Check, type Row, suite } from '../mutants';
import { allowedActions, awsPoliciesOf, covers, policiesOf, roleOf } from '../policies';
import {
  add,
  type Found,
  only,
  project,
  readable,
  resources,
  ruleCheck,
  type Templates,
  templates,
} from '../templates';

const JOBS = jobs();
const jobOf = ({ properties }: Found): Job | undefined => JOBS.get(properties.Name);
const named = (job: Job): string[] => [...JOBS].filter(([, one]) => one === job).map(([name]) => name);

/** The only builds that talk to the cluster; of them, who may change something there. */
const WITH_CLUSTER: readonly (Job | undefined)[] = ['deploy', 'verify', 'preview'];
const CHECKS: readonly (Job | undefined)[] = ['unit', 'integration', 'quality', 'security'];

const builds = (all: Templates): Found[] => resources(all, 'AWS::CodeBuild::Project');

const allowListOfOne: Check<Templates> = {
  name: 'privileged-kind',
  holds:
    'Projects that build images are privileged, and none of another kind is, nor any that the model does not know.',
  findings: (all) =>
    builds(all).flatMap((build) => {
      const is = build.properties.Environment?.PrivilegedMode === true;
      return is === (jobOf(build) === 'image')
        ? []
        : [`${readable(build.properties.Name)} is ${is ? '' : 'not '}privileged`];
    }),
};

const noRouteToCluster: Check<Templates> = {
  name: 'no-route-to-cluster',
  holds:
    'A build that runs code of the repository, and every other that is no deploy, verification or preview, has no network of the cluster, no access entry and no action of EKS.',
  findings: (all) =>
    builds(all)
      .filter((build) => !WITH_CLUSTER.includes(jobOf(build)))
      .flatMap((build) => {
        const name = readable(build.properties.Name);
        const role = roleOf(all, build, build.properties.ServiceRole);
        if (role === undefined) return [`${name} has a role that is not in its template`];
        const entries = resources(all, 'AWS::EKS::AccessEntry').filter(
          (entry) => roleOf(all, entry, entry.properties.PrincipalArn)?.id === role.id,
        );
        const actions = allowedActions(policiesOf(all, role));
        return [
          ...(build.properties.VpcConfig === undefined ? [] : [`${name} is in a VPC`]),
          ...entries.map(({ id }) => `${name} has the access entry ${id}`),
          ...actions.filter((action) => /^(eks|\*)/i.test(action)).map((action) => `${name} may ${action}`),
          ...awsPoliciesOf(role).map((policy) => `${name} has ${policy}`),
        ];
      }),
};

/** What a check's build does on AWS: its log, its report, its artifacts and its cache, which are encrypted. */
const OWN =
  /^(logs:(CreateLogStream|PutLogEvents)|codebuild:(CreateReportGroup|CreateReport|UpdateReport|BatchPut\w+)|s3:\w+|kms:\w+)$/;

const checksCallNothing: Check<Templates> = {
  name: 'checks-call-nothing',
  holds:
    'The builds that run tests and scans may write their log and report and read their input; they call no other service.',
  findings: (all) =>
    builds(all)
      .filter((build) => CHECKS.includes(jobOf(build)))
      .flatMap((build) => {
        const role = roleOf(all, build, build.properties.ServiceRole);
        const actions = role === undefined ? ['*'] : allowedActions(policiesOf(all, role));
        return actions.filter((action) => !OWN.test(action)).map((action) => `${build.properties.Name} may ${action}`);
      }),
};

/** Actions that end in another's place: taking roles, handing them on, starting or changing builds and pipelines. */
const REACHING_OUT = [
  'sts:AssumeRole',
  'iam:PassRole',
  'codebuild:StartBuild',
  'codebuild:UpdateProject',
  'codepipeline:StartPipelineExecution',
  'codepipeline:PutApprovalResult',
  'codepipeline:UpdatePipeline',
  'lambda:InvokeFunction',
  'ssm:StartSession',
];

const nobodyElse: Check<Templates> = {
  name: 'builds-reach-nobody',
  holds: 'No build may take or hand on a role, start or change a build or a pipeline, or answer an approval.',
  findings: (all) =>
    builds(all).flatMap((build) => {
      const role = roleOf(all, build, build.properties.ServiceRole);
      const actions = role === undefined ? [] : allowedActions(policiesOf(all, role));
      return REACHING_OUT.filter((action) => actions.some((pattern) => covers(pattern, action))).map(
        (action) => `${readable(build.properties.Name)} may ${action}`,
      );
    }),
};

const UNIT = 'visits-development-test-unit';

const grant = (all: Templates, name: string, actions: readonly string[]): void => {
  const role = roleOf(
    all,
    only(all, 'AWS::CodeBuild::Project', ({ Name }) => Name === name),
    project(all, name).ServiceRole,
  );
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
  add(all, role as Found, 'Mutant', 'AWS::IAM::Policy', {
    PolicyName: 'more',
    PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
    Roles: [{ Ref: (role as Found).id }],
  });
};

const network = (all: Templates) => project(all, 'visits-development-dev-verify').VpcConfig;

export const pipelineAccess: Row = {
  number: 5,
  risk: 'Insufficient pipeline-based access controls',
  controls: [
    'Privileged mode (root on the build host) is for the builds of images only, by name.',
    'Tests and scans, which run code of the repository and of its dependencies, have no network of the cluster, no access entry and no call on AWS but for their own log, report, input and cache.',
    'Each build has a role of its own; none may take another, start a build or a pipeline, or answer an approval.',
  ],
  suites: [
    suite<Templates>({
      name: 'templates',
      subject: () => templates(),
      checks: [
        ruleCheck(privilegedOnly(named('image'))),
        allowListOfOne,
        noRouteToCluster,
        checksCallNothing,
        nobodyElse,
      ],
      mutants: [
        {
          id: '5-privileged-unit',
          description: 'unit test that is privileged',
          foundBy: 'privileged-builds',
          apply: (all) => Object.assign(project(all, UNIT).Environment, { PrivilegedMode: true }),
        },
        {
          id: '5-privileged-perhaps',
          description: 'privileged mode that is known at the deploy only',
          foundBy: 'privileged-builds',
          apply: (all) => {
            project(all, UNIT).Environment.PrivilegedMode = { 'Fn::If': ['Debug', true, false] };
          },
        },
        {
          id: '5-privileged-stranger',
          description: 'privileged project that no pipeline knows',
          foundBy: 'privileged-kind',
          apply: (all) => {
            const unit = only(all, 'AWS::CodeBuild::Project', ({ Name }) => Name === UNIT);
            const environment = { ...unit.properties.Environment, PrivilegedMode: true };
            add(all, unit, 'Mutant', unit.type, { ...unit.properties, Name: 'visits-debug', Environment: environment });
          },
        },
        {
          id: '5-image-unprivileged',
          description: 'image build without its daemon',
          foundBy: 'privileged-kind',
          apply: (all) => {
            project(all, 'visits-development-test-image').Environment.PrivilegedMode = false;
          },
        },
        {
          id: '5-unit-in-vpc',
          description: "unit test in the cluster's network",
          foundBy: 'no-route-to-cluster',
          apply: (all) => {
            project(all, UNIT).VpcConfig = network(all);
          },
        },
        {
          id: '5-image-in-vpc',
          description: "image build in the cluster's network",
          foundBy: 'no-route-to-cluster',
          apply: (all) => {
            project(all, 'visits-production-test-image').VpcConfig = network(all);
          },
        },
        {
          id: '5-access-entry',
          description: 'access entry for the integration test',
          foundBy: 'no-route-to-cluster',
          apply: (all) => {
            const { ServiceRole } = project(all, 'visits-development-test-integration');
            const entry = only(all, 'AWS::EKS::AccessEntry', (entry) => /DevVerify/.test(readable(entry.PrincipalArn)));
            add(all, entry, 'Mutant', entry.type, { ...entry.properties, PrincipalArn: ServiceRole });
          },
        },
        {
          id: '5-describe-cluster',
          description: 'unit test that may ask for the cluster',
          foundBy: 'no-route-to-cluster',
          apply: (all) => grant(all, UNIT, ['eks:DescribeCluster']),
        },
        {
          id: '5-everything',
          description: 'release that may do everything',
          foundBy: 'no-route-to-cluster',
          apply: (all) => grant(all, 'visits-development-test-release', ['*']),
        },
        {
          id: '5-aws-policy',
          description: "unit test with a policy of AWS's own",
          foundBy: 'no-route-to-cluster',
          apply: (all) => {
            const unit = only(all, 'AWS::CodeBuild::Project', ({ Name }) => Name === UNIT);
            const role = roleOf(all, unit, unit.properties.ServiceRole) as Found;
            role.properties.ManagedPolicyArns = [
              ...(role.properties.ManagedPolicyArns ?? []),
              { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/PowerUserAccess']] },
            ];
          },
        },
        {
          id: '5-check-reads-secret',
          description: 'scan that may read secrets',
          foundBy: 'checks-call-nothing',
          apply: (all) => grant(all, 'visits-production-test-security', ['secretsmanager:GetSecretValue']),
        },
        {
          id: '5-check-pushes',
          description: 'unit test that may push images',
          foundBy: 'checks-call-nothing',
          apply: (all) => grant(all, UNIT, ['ecr:PutImage']),
        },
        {
          id: '5-starts-deploy',
          description: 'image build that may start builds',
          foundBy: 'builds-reach-nobody',
          apply: (all) => grant(all, 'visits-development-test-image', ['codebuild:Start*']),
        },
        {
          id: '5-approves',
          description: 'verification that may answer the sign-off',
          foundBy: 'builds-reach-nobody',
          apply: (all) => grant(all, 'visits-production-staging-verify', ['codepipeline:PutApprovalResult']),
        },
        {
          id: '5-takes-roles',
          description: 'deploy that may take other roles',
          foundBy: 'builds-reach-nobody',
          apply: (all) => grant(all, 'visits-production-production-deploy', ['sts:AssumeRole']),
        },
      ],
    }),
  ],
  notRun: [
    'That AWS enforces these policies: simulated and enforced by the local endpoint, never tried in an account.',
  ],
};
