import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inlinedBuildspec } from '../../../../lib/cloud/rules/inlined-buildspec';
import { objects } from '../../../../lib/cloud/rules/rule';
import { openWorkshop } from '../../../buildspecs/workshop';
import { type Check, type Mutant, type Row, suite } from '../mutants';
import { allowedActions, awsPoliciesOf, policiesOf, roleOf } from '../policies';
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

const PREVIEW = 'visits-preview';
const preview = (all: Templates): Found => only(all, 'AWS::CodeBuild::Project', ({ Name }) => Name === PREVIEW);

/** What CodeBuild does for a build in a VPC, for its log and its report, and what a look needs. */
const LOOKS =
  /^(logs:(CreateLogStream|PutLogEvents)|codebuild:(CreateReportGroup|CreateReport|UpdateReport|BatchPut\w+)|codecommit:GitPull|eks:DescribeCluster|s3:GetObject(Version)?|kms:Decrypt|ec2:(Describe\w+|(Create|Delete)NetworkInterface|CreateNetworkInterfacePermission))$/;

const powerless: Check<Templates> = {
  name: 'preview-powerless',
  holds:
    'The build of pull requests may look: it deploys nothing, pushes no image, reads no secret and writes nothing but its log and report.',
  findings: (all) => {
    const build = preview(all);
    const role = roleOf(all, build, build.properties.ServiceRole);
    if (role === undefined) return [`${PREVIEW} has a role that is not in its template`];
    const entries = resources(all, 'AWS::EKS::AccessEntry').filter(
      (entry) => roleOf(all, entry, entry.properties.PrincipalArn)?.id === role.id,
    );
    return [
      ...allowedActions(policiesOf(all, role))
        .filter((action) => !LOOKS.test(action))
        .map((action) => `${PREVIEW} may ${action}`),
      ...awsPoliciesOf(role).map((policy) => `${PREVIEW} has ${policy}`),
      ...entries
        .flatMap(({ properties }) => objects(properties.AccessPolicies))
        .filter(({ PolicyArn }) => !readable(PolicyArn).endsWith('/AmazonEKSViewPolicy'))
        .map(({ PolicyArn }) => `${PREVIEW} has ${readable(PolicyArn)} in the cluster`),
      ...entries.filter(({ properties }) => properties.KubernetesGroups).map(({ id }) => `${id} is in a group`),
      ...objects(build.properties.Environment?.EnvironmentVariables)
        .filter(({ Type }) => Type !== undefined && Type !== 'PLAINTEXT')
        .map(({ Name }) => `${PREVIEW} is given the secret ${Name}`),
      ...(build.properties.Artifacts?.Type === 'NO_ARTIFACTS' ? [] : [`${PREVIEW} hands something on`]),
      ...(build.properties.Cache === undefined || build.properties.Cache.Type === 'NO_CACHE'
        ? []
        : [`${PREVIEW} leaves a cache to other builds`]),
    ];
  },
};

/** Variables by which a shell, Python or Node runs a file of the working folder. */
const LOADERS = /^(BASH_ENV|ENV|PYTHONSTARTUP|PYTHONPATH|NODE_OPTIONS|LD_PRELOAD|GIT_SSH_COMMAND|PROMPT_COMMAND)$/;

const noOverride: Check<Templates> = {
  name: 'no-override',
  holds: 'Nothing lets a commit, or who starts a build, put another buildspec, source or program in the place of ours.',
  findings: (all) => [
    ...resources(all, 'AWS::CodeBuild::Project').flatMap(({ id, properties }) => [
      ...(properties.SecondarySources === undefined ? [] : [`${id} has further sources`]),
      ...objects(properties.Environment?.EnvironmentVariables)
        .filter(({ Name }) => LOADERS.test(Name))
        .map(({ Name }) => `${id} loads what ${Name} names`),
      ...(/^aws\/codebuild\//.test(properties.Environment?.Image)
        ? []
        : [`${id} runs in an image that is not AWS's own`]),
    ]),
    ...resources(all, 'AWS::IAM::Role').flatMap((role) =>
      allowedActions(policiesOf(all, role))
        .filter((action) => /^codebuild:(UpdateProject|CreateProject|\*)$/.test(action))
        .map((action) => `${role.id} may ${action}`),
    ),
    ...resources(all, 'AWS::Events::Rule').flatMap(({ id, properties }) =>
      objects(properties.Targets)
        .filter(({ InputTransformer }) =>
          /buildspec|environmentVariables|Override/i.test(InputTransformer?.InputTemplate),
        )
        .map(() => `${id} starts a build with something of its own`),
    ),
  ],
};

const grant = (all: Templates, ...actions: string[]): void => {
  const role = roleOf(all, preview(all), preview(all).properties.ServiceRole) as Found;
  const PolicyDocument = { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
  add(all, role, 'Mutant', 'AWS::IAM::Policy', { PolicyName: 'more', PolicyDocument, Roles: [{ Ref: role.id }] });
};
const mutant = <S>(id: string, foundBy: string, description: string, apply: (subject: S) => void): Mutant<S> => ({
  id: `4-${id}`,
  foundBy,
  description,
  apply,
});
const UNIT = 'visits-production-test-unit';

const inTemplates: Mutant<Templates>[] = [
  mutant('absent', 'inlined-buildspec', 'project without buildspec, so that the repository brings it', (all) => {
    delete project(all, UNIT).Source.BuildSpec;
  }),
  mutant('file', 'inlined-buildspec', 'project that runs a file of the repository', (all) => {
    project(all, UNIT).Source.BuildSpec = 'ci/buildspec.yml';
  }),
  mutant('preview-file', 'inlined-buildspec', 'preview that runs a file of the pull request', (all) => {
    preview(all).properties.Source.BuildSpec = 'buildspec.yml';
  }),
  mutant('s3', 'inlined-buildspec', 'project that runs a file of a bucket', (all) => {
    project(all, UNIT).Source.BuildSpec = 'arn:aws:s3:::somewhere/buildspec.yml';
  }),
  ...[
    ['push', 'push images', 'ecr:PutImage'],
    ['secret', 'read secrets', 'secretsmanager:GetSecretValue'],
    ['parameter', 'read parameters', 'ssm:GetParameters'],
    ['artifacts', 'write artifacts', 's3:PutObject'],
    ['start', 'start the pipeline', 'codepipeline:StartPipelineExecution'],
    ['approve-request', 'approve pull requests', 'codecommit:UpdatePullRequestApprovalState'],
    ['push-code', 'push commits', 'codecommit:GitPush'],
    ['roles', 'take roles', 'sts:AssumeRole'],
  ].map(([id, may, action]) =>
    mutant<Templates>(`preview-${id}`, powerless.name, `preview that may ${may}`, (all) =>
      grant(all, action as string),
    ),
  ),
  mutant('preview-edits', powerless.name, 'preview that may change the namespace', (all) => {
    const entry = only(all, 'AWS::EKS::AccessEntry', ({ PrincipalArn }) => /Preview/.test(readable(PrincipalArn)));
    entry.properties.AccessPolicies[0].PolicyArn = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy';
  }),
  mutant('preview-variable', powerless.name, 'preview that is given a secret', (all) => {
    preview(all).properties.Environment.EnvironmentVariables.push({
      Name: 'TOKEN',
      Type: 'SECRETS_MANAGER',
      Value: 'a',
    });
  }),
  mutant('preview-cache', powerless.name, 'preview with the cache of the pipelines', (all) => {
    preview(all).properties.Cache = { Type: 'S3', Location: 'bucket/cache' };
  }),
  mutant('loader', 'no-override', 'build whose shell runs a file of the repository first', (all) => {
    project(all, UNIT).Environment.EnvironmentVariables.push({
      Name: 'BASH_ENV',
      Type: 'PLAINTEXT',
      Value: './env.sh',
    });
  }),
  mutant('image', 'no-override', 'build in an image of somebody', (all) => {
    project(all, UNIT).Environment.Image = 'example/build:latest';
  }),
  mutant('updates', 'no-override', 'build that may change projects', (all) => grant(all, 'codebuild:UpdateProject')),
  mutant('event-override', 'no-override', 'pull request that brings its buildspec with the event', (all) => {
    const rule = only(all, 'AWS::Events::Rule', ({ Name }) => Name === PREVIEW);
    rule.properties.Targets[0].InputTransformer.InputTemplate =
      '{"sourceVersion":<commit>,"buildspecOverride":<title>}';
  }),
];

// -- A commit that brings its own -----------------------------------------------------------------------------------

interface Commit {
  /** Files that it brings. */
  files: Record<string, string>;
  /** The buildspec that runs; absent: ours. */
  buildspec?: string;
}

/** A test that fails, and every file by which a commit might keep that from being told. */
const poison = (): Commit => ({
  files: {
    'tests/unit/test_poison.py': 'def test_what_must_be_told() -> None:\n    assert False\n',
    'buildspec.yml': 'version: 0.2\nphases:\n  build:\n    commands:\n      - echo "all is well"\n',
    'buildspecs/unit.yml': 'version: 0.2\nphases:\n  build:\n    commands:\n      - echo "all is well"\n',
    'slipway.yaml': 'service: { name: visits }\nchecks: { unit: { coverage: 0 } }\n',
    'cdk.json': '{"app":"echo"}\n',
    '.slipway/cdk.out/manifest.json': '{}\n',
    '.reports/unit.xml': '<testsuite name="unit" tests="1"><testcase name="fine"/></testsuite>\n',
    '.bashrc': 'exit 0\n',
    '.env': 'CHECKS=\nCOVERAGE_MINIMUM=0\n',
    Makefile: 'unit:\n\t@true\n',
    python: '#!/bin/sh\nexit 0\n',
  },
});

const told: Check<Commit> = {
  name: 'commit-changes-nothing',
  holds:
    'A commit with a buildspec, a slipway.yaml, reports and programs of its own fails by the checks that are in the template.',
  findings: async ({ files, buildspec }) => {
    const workshop = await openWorkshop();
    try {
      const source = workshop.sample();
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(source, path)), { recursive: true });
        writeFileSync(join(source, path), text, { mode: 0o755 });
      }
      const { outcome, checks, reports } = await workshop.run('unit', {
        source,
        environment: { COVERAGE_MINIMUM: '90' },
        ...(buildspec !== undefined && { change: () => buildspec }),
      });
      const failed = reports.some((report) => report.type === 'TEST' && report.failed > 0);
      return [
        ...(outcome.status === 'Failed' ? [] : ['the build succeeds']),
        ...(checks['unit'] === 'FAIL' ? [] : ['the check is not red']),
        ...(failed ? [] : ['the report does not tell']),
      ];
    } finally {
      workshop.remove();
    }
  },
};

export const poisonedPipeline: Row = {
  number: 4,
  risk: 'Poisoned pipeline execution (PPE)',
  controls: [
    'Buildspecs are in the template, with all that they include: a commit cannot replace the checks that judge it, and no build may change a project.',
    'The build of pull requests may look at one namespace and write its log and report: it deploys nothing, pushes nothing and reads no secret.',
    'Nothing of a commit starts before it has been merged but that preview, which runs no code of the repository.',
  ],
  suites: [
    suite<Templates>({
      name: 'templates',
      subject: () => templates(),
      checks: [ruleCheck(inlinedBuildspec), powerless, noOverride],
      mutants: inTemplates,
    }),
    suite<Commit>({
      name: 'a commit that brings its own',
      subject: poison,
      checks: [told],
      mutants: [
        mutant('own-buildspec', told.name, 'build that takes the buildspec of the repository', (commit) => {
          commit.buildspec = commit.files['buildspec.yml'] as string;
        }),
      ],
    }),
  ],
  notRun: [
    "Code of a merged commit runs in its own tests: it can make its own tests pass, which review has to see (row 1). What it may call is the build's role alone (rows 2 and 5).",
    'Calls of a hostile test to the endpoint in a run: that its role is refused is simulated (docs/permissions.md), not tried here.',
  ],
};
