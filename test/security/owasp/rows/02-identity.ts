import type { Json } from '../../../../lib/cloud/rules/rule';
import { serviceTrust } from '../../../../lib/cloud/rules/service-trust';
import type { DeliveryInput } from '../../../../lib/model/delivery-input';
import { stageName } from '../../../../lib/model/names';
import { configOf } from '../../../cloud/fixtures';
import { jobs } from '../jobs';
import { type Check, type Mutant, type Row, suite } from '../mutants';
import { allowedActions, awsPoliciesOf, covers, policiesOf, roleOf, target } from '../policies';
import { add, type Found, only, readable, resources, ruleCheck, type Templates, templates } from '../templates';

const input: DeliveryInput = configOf();
const JOBS = jobs();
const list = (value: Json): Json[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** Where a resource names the role that it acts as. */
const ROLE_OF: Readonly<Record<string, (properties: Json) => Json[]>> = {
  'AWS::CodeBuild::Project': ({ ServiceRole }) => [ServiceRole],
  'AWS::CodePipeline::Pipeline': ({ RoleArn }) => [RoleArn],
  'AWS::Lambda::Function': ({ Role }) => [Role],
  'AWS::EKS::Cluster': ({ RoleArn, ComputeConfig }) => [RoleArn, ComputeConfig?.NodeRoleArn],
  'AWS::Events::Rule': ({ Targets }) => list(Targets).map(({ RoleArn }) => RoleArn),
};

const ownRoles: Check<Templates> = {
  name: 'one-role-each',
  holds: 'No two builds, pipelines, functions, rules or clusters act as the same role.',
  findings: (all) => {
    const users = new Map<string, string[]>();
    for (const { stack, id, type, properties } of resources(all))
      for (const role of new Set((ROLE_OF[type]?.(properties) ?? []).map(target)))
        if (role !== undefined) users.set(`${stack}.${role}`, [...(users.get(`${stack}.${role}`) ?? []), id]);
    return [...users]
      .filter(([, by]) => by.length > 1)
      .map(([role, by]) => `${role} is the role of ${by.join(' and ')}`);
  },
};

const PEOPLE = /^AWS::IAM::(User|AccessKey|Group|UserPolicy|GroupPolicy|UserToGroupAddition|VirtualMFADevice)$/;

const noUsers: Check<Templates> = {
  name: 'no-users',
  holds: 'There is no IAM user, group or access key: whoever acts has a role, and its credentials end by themselves.',
  findings: (all) =>
    resources(all)
      .filter(({ type }) => PEOPLE.test(type))
      .map(({ stack, id, type }) => `${stack}.${id} is an ${type}`),
};

/** CDK's function that applies namespaces and Roles for CloudFormation: only an administrator may make them. */
const isAdministrator = (all: Templates, entry: Found): boolean =>
  resources(all, 'AWS::Lambda::Function').some(
    ({ stack, id, properties }) =>
      stack === entry.stack &&
      /KubectlProviderHandler/.test(id) &&
      target(properties.Role) === target(entry.properties.PrincipalArn),
  );

/** Policies of EKS that a build may have, and for which job. */
const JOB_OF_POLICY: Readonly<Record<string, readonly string[]>> = {
  AmazonEKSEditPolicy: ['deploy'],
  AmazonEKSViewPolicy: ['verify', 'preview'],
};

const scopedEntries: Check<Templates> = {
  name: 'scoped-entries',
  holds:
    'An access entry of a build opens the one namespace of its environment, a deploy to change it and a verification to look at it.',
  findings: (all) =>
    resources(all, 'AWS::EKS::AccessEntry').flatMap((entry) => {
      if (isAdministrator(all, entry)) return [];
      const role = target(entry.properties.PrincipalArn);
      const build = resources(all, 'AWS::CodeBuild::Project').find(
        ({ stack, properties }) => stack === entry.stack && target(properties.ServiceRole) === role,
      );
      const name = build?.properties.Name as string | undefined;
      const job = JOBS.get(name ?? '');
      const environment =
        job === 'preview'
          ? input.environments[0]
          : input.environments.find((each) => name?.endsWith(`-${stageName(each.name).toLowerCase()}-${job}`));
      if (environment === undefined) return [`${entry.id} is of nobody who has a business in the cluster`];
      const policies = list(entry.properties.AccessPolicies);
      const groups = list(entry.properties.KubernetesGroups).map(readable);
      return [
        ...(policies.length === 1 ? [] : [`${entry.id} has ${policies.length} policies`]),
        ...policies.flatMap(({ PolicyArn, AccessScope }) => {
          const policy = readable(PolicyArn).split('/').at(-1) ?? '';
          const own = JSON.stringify(AccessScope) === JSON.stringify(scope(environment.namespace, AccessScope));
          return [
            ...(own ? [] : [`${entry.id} reaches beyond ${environment.namespace}`]),
            ...(JOB_OF_POLICY[policy]?.includes(job ?? '') ? [] : [`${entry.id} has ${policy}`]),
          ];
        }),
        ...groups
          .filter((group) => job !== 'deploy' || group !== `slipway:deployers:${environment.namespace}`)
          .map((group) => `${entry.id} is in the group ${group}`),
      ];
    }),
};

/** The scope of one namespace, with its members in the order of the template. */
const scope = (namespace: string, like: Json): Json =>
  Object.keys(like ?? {})[0] === 'Type'
    ? { Type: 'namespace', Namespaces: [namespace] }
    : { Namespaces: [namespace], Type: 'namespace' };

const oneAdministrator: Check<Templates> = {
  name: 'one-administrator',
  holds:
    'One role administers the cluster: that of the function with which CloudFormation applies its manifests, which nothing else may call.',
  findings: (all) => {
    const entries = resources(all, 'AWS::EKS::AccessEntry');
    const admins = entries.filter(({ properties }) => /Admin/.test(readable(properties.AccessPolicies)));
    const callers = resources(all, 'AWS::IAM::Role').filter((role) =>
      policiesOf(all, role).some(
        (statement) =>
          allowedActions([statement]).some((action) => covers(action, 'lambda:InvokeFunction')) &&
          statement.resources.some((arn) => /KubectlProviderHandler|^\*$/.test(arn)),
      ),
    );
    return [
      ...(admins.length <= 1 ? [] : [`${admins.length} administrators: ${admins.map(({ id }) => id).join(', ')}`]),
      ...admins.filter((entry) => !isAdministrator(all, entry)).map(({ id }) => `${id} administers the cluster`),
      ...callers
        .filter(({ id }) => !/^KubectlFunctionsProvider/.test(id))
        .map(({ id }) => `${id} may call the administrator`),
      ...entries
        .filter(({ properties }) => list(properties.KubernetesGroups).some((group) => /^system:/.test(readable(group))))
        .map(({ id }) => `${id} is in a group of Kubernetes itself`),
      ...resources(all, 'AWS::EKS::Cluster')
        .filter(({ properties }) => properties.AccessConfig?.BootstrapClusterCreatorAdminPermissions !== false)
        .map(({ id }) => `whoever made ${id} administers it`),
    ];
  },
};

const noAuthConfigMap: Check<Templates> = {
  name: 'no-system-masters',
  holds:
    'No manifest binds anyone to cluster-admin or system:masters, and identities are in access entries, not in a config map.',
  findings: (all) =>
    resources(all).flatMap(({ stack, id, properties }) => {
      const text = readable(properties.Manifest ?? '');
      return [/cluster-admin/, /system:masters/, /aws-auth/]
        .filter((pattern) => pattern.test(text))
        .map((pattern) => `${stack}.${id} speaks of ${pattern.source}`);
    }),
};

/** What would make a role somebody else, or let it give itself more. */
const TAKING = ['iam:CreateAccessKey', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:PassRole', 'sts:AssumeRole'];
const ADMINISTRATORS = /AdministratorAccess|PowerUser|IAMFullAccess/;

const nobodyElse: Check<Templates> = {
  name: 'no-escalation',
  holds: 'No role may take or hand on another, change policies or make keys, and none has a policy for administrators.',
  findings: (all) =>
    resources(all, 'AWS::IAM::Role').flatMap((role) => [
      ...TAKING.filter((action) =>
        policiesOf(all, role).some(
          ({ effect, actions }) => effect === 'Allow' && actions.some((one) => covers(one, action)),
        ),
      ).map((action) => `${role.id} may ${action}`),
      ...awsPoliciesOf(role)
        .filter((name) => ADMINISTRATORS.test(name))
        .map((name) => `${role.id} has ${name}`),
    ]),
};

const trustedServices: Check<Templates> = {
  name: 'trusted-services',
  holds: 'Roles are taken by AWS services only, not by accounts, users or the world.',
  findings: (all) =>
    resources(all, 'AWS::IAM::Role').flatMap(({ id, properties }) =>
      list(properties.AssumeRolePolicyDocument?.Statement)
        .filter(({ Effect, Principal }) => Effect === 'Allow' && Object.keys(Principal ?? {}).join() !== 'Service')
        .map(({ Principal }) => `${id} may be taken by ${JSON.stringify(Principal)}`),
    ),
};

const project = (all: Templates, name: string): Found =>
  only(all, 'AWS::CodeBuild::Project', ({ Name }) => Name === name);
const entryOf = (all: Templates, name: string): Found =>
  only(
    all,
    'AWS::EKS::AccessEntry',
    ({ PrincipalArn }) => target(PrincipalArn) === target(project(all, name).properties.ServiceRole),
  );
const DEPLOY = 'visits-production-production-deploy';
const VERIFY = 'visits-production-production-verify';
const policy = (name: string): Json => `arn:aws:eks::aws:cluster-access-policy/${name}`;

const mutant = (id: string, foundBy: string, description: string, apply: Mutant<Templates>['apply']) => ({
  id: `2-${id}`,
  foundBy,
  description,
  apply,
});
const grant = (all: Templates, name: string, actions: readonly string[], Resource: Json = '*'): void => {
  const build = project(all, name);
  const role = roleOf(all, build, build.properties.ServiceRole) as Found;
  const PolicyDocument = { Statement: [{ Effect: 'Allow', Action: actions, Resource }] };
  add(all, role, 'Mutant', 'AWS::IAM::Policy', { PolicyName: 'more', PolicyDocument, Roles: [{ Ref: role.id }] });
};
const trust = (all: Templates): Json => {
  const build = project(all, DEPLOY);
  return (roleOf(all, build, build.properties.ServiceRole) as Found).properties.AssumeRolePolicyDocument;
};

const mutants: Mutant<Templates>[] = [
  mutant('shared-builds', 'one-role-each', 'unit test that acts as the release', (all) => {
    project(all, 'visits-development-test-unit').properties.ServiceRole = project(
      all,
      'visits-development-test-release',
    ).properties.ServiceRole;
  }),
  mutant('shared-pipelines', 'one-role-each', 'role of both pipelines', (all) => {
    const [one, two] = resources(all, 'AWS::CodePipeline::Pipeline');
    (one as Found).properties.RoleArn = two?.properties.RoleArn;
  }),
  mutant('shared-event', 'one-role-each', 'event rule that acts as the pipeline', (all) => {
    const rule = only(all, 'AWS::Events::Rule', ({ Name }) => Name === 'visits-production-push');
    rule.properties.Targets[0].RoleArn = (resources(all, 'AWS::CodePipeline::Pipeline')[0] as Found).properties.RoleArn;
  }),
  mutant('user', 'no-users', 'user for the pipeline', (all) =>
    add(all, project(all, DEPLOY), 'Mutant', 'AWS::IAM::User', {}),
  ),
  mutant('access-key', 'no-users', 'access key', (all) =>
    add(all, project(all, DEPLOY), 'Mutant', 'AWS::IAM::AccessKey', { UserName: 'deployer' }),
  ),
  mutant('cluster-scope', 'scoped-entries', 'deploy that may change every namespace', (all) => {
    entryOf(all, DEPLOY).properties.AccessPolicies[0].AccessScope = { Type: 'cluster' };
  }),
  mutant('other-namespace', 'scoped-entries', 'deploy to staging that may change production', (all) => {
    entryOf(all, 'visits-production-staging-deploy').properties.AccessPolicies[0].AccessScope.Namespaces.push(
      'visits-production',
    );
  }),
  mutant('all-namespaces', 'scoped-entries', 'namespace with a wildcard', (all) => {
    entryOf(all, DEPLOY).properties.AccessPolicies[0].AccessScope.Namespaces = ['visits-*'];
  }),
  mutant('verify-edits', 'scoped-entries', 'verification that may change what it verifies', (all) => {
    entryOf(all, VERIFY).properties.AccessPolicies[0].PolicyArn = policy('AmazonEKSEditPolicy');
  }),
  mutant('secrets', 'scoped-entries', 'verification that may read secrets', (all) => {
    entryOf(all, VERIFY).properties.AccessPolicies[0].PolicyArn = policy('AmazonEKSSecretReaderPolicy');
  }),
  mutant('group', 'scoped-entries', "verification in the deployers' group", (all) => {
    entryOf(all, VERIFY).properties.KubernetesGroups = ['slipway:deployers:visits-production'];
  }),
  mutant('group-elsewhere', 'scoped-entries', "deploy in another environment's group", (all) => {
    entryOf(all, DEPLOY).properties.KubernetesGroups.push('slipway:deployers:visits-dev');
  }),
  mutant('entry-of-unit', 'scoped-entries', 'access entry of a unit test', (all) => {
    entryOf(all, DEPLOY).properties.PrincipalArn = project(all, 'visits-production-test-unit').properties.ServiceRole;
  }),
  mutant('cluster-admin', 'one-administrator', 'deploy that administers the cluster', (all) => {
    entryOf(all, DEPLOY).properties.AccessPolicies[0].PolicyArn = policy('AmazonEKSClusterAdminPolicy');
  }),
  mutant('masters-group', 'one-administrator', 'deploy in system:masters', (all) => {
    entryOf(all, DEPLOY).properties.KubernetesGroups = ['system:masters'];
  }),
  mutant('creator', 'one-administrator', 'cluster whose maker administers it', (all) => {
    only(all, 'AWS::EKS::Cluster').properties.AccessConfig.BootstrapClusterCreatorAdminPermissions = true;
  }),
  mutant('calls-administrator', 'one-administrator', 'build that may call the administrator', (all) =>
    grant(all, DEPLOY, ['lambda:InvokeFunction']),
  ),
  mutant('config-map', 'no-system-masters', 'manifest that makes a role system:masters', (all) => {
    const manifest = resources(all, 'Custom::AWSCDK-EKS-KubernetesResource')[0] as Found;
    manifest.properties.Manifest = '[{"kind":"ConfigMap","data":{"mapRoles":"groups: [system:masters]"}}]';
  }),
  mutant('binding', 'no-system-masters', 'manifest that binds cluster-admin', (all) => {
    const manifest = resources(all, 'Custom::AWSCDK-EKS-KubernetesResource')[0] as Found;
    manifest.properties.Manifest = '[{"kind":"ClusterRoleBinding","roleRef":{"name":"cluster-admin"}}]';
  }),
  mutant('assume', 'no-escalation', 'deploy that may take other roles', (all) =>
    grant(all, DEPLOY, ['sts:AssumeRole']),
  ),
  mutant('pass-role', 'no-escalation', 'build that may hand on roles', (all) => grant(all, DEPLOY, ['iam:Pass*'])),
  mutant('everything', 'no-escalation', 'build that may do everything', (all) => grant(all, VERIFY, ['*'])),
  mutant('administrator', 'no-escalation', 'deploy with a policy for administrators', (all) => {
    const build = project(all, DEPLOY);
    const role = roleOf(all, build, build.properties.ServiceRole) as Found;
    role.properties.ManagedPolicyArns.push('arn:aws:iam::aws:policy/AdministratorAccess');
  }),
  mutant('trusts-account', 'trusted-services', 'deploy role that an account may take', (all) => {
    trust(all).Statement.push({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    });
  }),
  mutant('trusts-all', 'trusted-services', 'deploy role that anyone may take', (all) => {
    trust(all).Statement[0].Principal = '*';
  }),
  mutant('confused-deputy', 'service-trust', 'deploy role for builds of every account', (all) => {
    delete trust(all).Statement[0].Condition;
  }),
];

export const identity: Row = {
  number: 2,
  risk: 'Inadequate identity and access management',
  controls: [
    'Every build, pipeline, function and event rule has a role of its own, which only its service takes, on behalf of that one resource; there is no user and no access key.',
    'A deploy may change the one namespace of its environment, a verification and the preview may look at theirs; nobody else has a business in the cluster.',
    'The cluster has one administrator: the function with which CloudFormation applies its namespaces and Roles. Kubernetes lets only an administrator make a Role with rights that he has not himself, so it cannot be less; nothing but the function that CloudFormation calls may call it.',
  ],
  suites: [
    suite<Templates>({
      name: 'templates',
      subject: () => templates(),
      checks: [
        ownRoles,
        noUsers,
        scopedEntries,
        oneAdministrator,
        noAuthConfigMap,
        nobodyElse,
        trustedServices,
        ruleCheck(serviceTrust),
      ],
      mutants,
    }),
  ],
  notRun: [
    "The account's own users and roles, and those who may deploy the infrastructure: they are not in the templates.",
  ],
};
