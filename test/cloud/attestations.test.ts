import type { Json } from '../../lib/cloud/rules/rule';
import { covers } from '../security/owasp/policies';
import { buildsOf, deliver } from './delivery';

const { pipelines, template } = deliver();
const resources = (): Record<string, Json> => structuredClone(template.toJSON()['Resources']);

type Template = Record<string, Json>;

const listOf = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const entries = (of: Template, type: string): [string, Json][] =>
  Object.entries(of).filter(([, { Type }]) => Type === type);
const only = (of: Template, type: string, name: string): [string, Json] => {
  const found = entries(of, type).filter(([id]) => id.startsWith(name));
  if (found.length !== 1) throw new Error(`${found.length} ${type} ${name}`);
  return found[0] as [string, Json];
};
const keyOf = (of: Template) => only(of, 'AWS::KMS::Key', 'Attestations');
const bucketOf = (of: Template) => only(of, 'AWS::S3::Bucket', 'AttestationsBucket');
const bucketPolicyOf = (of: Template) => only(of, 'AWS::S3::BucketPolicy', 'AttestationsBucket');

/** Logical ids of the roles of the attest projects. */
const signersOf = (of: Template): string[] =>
  entries(of, 'AWS::CodeBuild::Project')
    .filter(([, { Properties }]) => /-test-attest$/.test(Properties.Name))
    .map(([, { Properties }]) => Properties.ServiceRole['Fn::GetAtt'][0])
    .sort();

/** Every statement of a policy that roles have, and the roles: inline, managed by the role, managed by the policy. */
function policiesOf(of: Template): { readonly id: string; readonly roles: string[]; readonly statements: Json[] }[] {
  const roles = entries(of, 'AWS::IAM::Role');
  const inline = roles.flatMap(([id, { Properties }]) =>
    listOf(Properties.Policies).map((policy: Json) => ({
      id,
      roles: [id],
      statements: listOf(policy.PolicyDocument.Statement),
    })),
  );
  const apart = ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'].flatMap((type) =>
    entries(of, type).map(([id, { Properties }]) => ({
      id,
      roles: [
        ...listOf<Json>(Properties.Roles).map(({ Ref }) => Ref as string),
        ...roles
          .filter(([, role]) => listOf<Json>(role.Properties.ManagedPolicyArns).some(({ Ref }) => Ref === id))
          .map(([role]) => role),
      ],
      statements: listOf<Json>(Properties.PolicyDocument.Statement),
    })),
  );
  return [...inline, ...apart];
}

const isNot = (statement: Json): boolean =>
  'NotAction' in statement || 'NotPrincipal' in statement || 'NotResource' in statement;

/** Who else than the attest roles could sign, or put something into the bucket; and what would let them. Empty: nobody. */
function waysToForge(of: Template): string[] {
  const signers = signersOf(of);
  const [keyId, key] = keyOf(of);
  const [bucketId] = bucketOf(of);
  const ways: string[] = [];
  if (signers.length !== pipelines.length) ways.push(`${signers.length} attest roles`);

  const denies = (statements: Json[], action: string, resource: (resource: Json) => boolean): boolean =>
    statements.some(
      (statement) =>
        statement.Effect === 'Deny' &&
        !isNot(statement) &&
        JSON.stringify(statement.Principal) === '{"AWS":"*"}' &&
        listOf(statement.Action).includes(action) &&
        listOf<Json>(statement.Resource).some(resource) &&
        JSON.stringify(Object.keys(statement.Condition ?? {})) === '["ArnNotEquals"]' &&
        JSON.stringify(Object.keys(statement.Condition.ArnNotEquals)) === '["aws:PrincipalArn"]' &&
        listOf<Json>(statement.Condition.ArnNotEquals['aws:PrincipalArn']).every(
          (arn) => arn['Fn::GetAtt']?.[1] === 'Arn' && signers.includes(arn['Fn::GetAtt'][0]),
        ),
    );
  const keyStatements: Json[] = key.Properties.KeyPolicy.Statement;
  if (!denies(keyStatements, 'kms:Sign', (resource) => resource === '*'))
    ways.push('the key does not deny others to sign');
  for (const statement of keyStatements.filter(({ Effect }) => Effect === 'Allow')) {
    const granted = listOf<string>(statement.Action);
    if (isNot(statement) || granted.some((action) => covers(action, 'kms:CreateGrant')))
      ways.push('the key lets others be given its use');
    if (granted.some((action) => covers(action, 'kms:Sign')) && !isOneAlgorithm(statement))
      ways.push('the key signs with any algorithm');
  }
  const objects = { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucketId, 'Arn'] }, '/*']] };
  const bucketStatements: Json[] = bucketPolicyOf(of)[1].Properties.PolicyDocument.Statement;
  const isAll = (resource: Json): boolean => JSON.stringify(resource) === JSON.stringify(objects);
  if (!denies(bucketStatements, 's3:PutObject', isAll)) ways.push('the bucket does not deny others to write');

  for (const { id, roles, statements } of policiesOf(of)) {
    for (const statement of statements.filter(({ Effect }) => Effect === 'Allow')) {
      const actions = listOf<string>(statement.Action);
      const others = roles.filter((role) => !signers.includes(role));
      const signs = isNot(statement) || actions.some((action) => covers(action, 'kms:Sign'));
      if (signs && others.length > 0) ways.push(`${id} lets ${others.join()} sign`);
      if (signs && !isOneAlgorithm(statement)) ways.push(`${id} signs with any algorithm`);
      if (signs && JSON.stringify(statement.Resource) !== JSON.stringify({ 'Fn::GetAtt': [keyId, 'Arn'] }))
        ways.push(`${id} signs with other keys`);
    }
  }
  return ways;
}

const isOneAlgorithm = ({ Condition }: Json): boolean =>
  Condition?.StringEquals?.['kms:SigningAlgorithm'] === 'ECDSA_SHA_256';

const statement = (of: Template, effect: string, action: string): Json =>
  keyOf(of)[1].Properties.KeyPolicy.Statement.find(
    (each: Json) => each.Effect === effect && listOf(each.Action).includes(action),
  );
const ownPolicyOf = (of: Template, project: string): Json =>
  entries(of, 'AWS::IAM::ManagedPolicy').find(([, { Properties }]) =>
    String(Properties.Description).endsWith(` of ${project}`),
  )?.[1].Properties;

describe('nobody but the attest roles can sign', () => {
  test('each pipeline has one of its own, and nothing else leads to a signature', () => {
    expect(signersOf(resources())).toHaveLength(pipelines.length);
    expect(waysToForge(resources())).toEqual([]);
  });

  const forge = { Effect: 'Allow', Action: 'kms:Sign', Resource: '*' };
  const MUTANTS: readonly (readonly [string, (of: Template) => unknown, string])[] = [
    [
      'without the denial in the key policy',
      (of) => {
        const { KeyPolicy } = keyOf(of)[1].Properties;
        KeyPolicy.Statement = KeyPolicy.Statement.filter(({ Effect }: Json) => Effect !== 'Deny');
      },
      'the key does not deny others to sign',
    ],
    [
      'with another role beside them in the denial',
      (of) =>
        statement(of, 'Deny', 'kms:Sign').Condition.ArnNotEquals['aws:PrincipalArn'].push({
          'Fn::GetAtt': ['Other', 'Arn'],
        }),
      'the key does not deny others to sign',
    ],
    [
      'with a pattern in the denial',
      (of) => Object.assign(statement(of, 'Deny', 'kms:Sign').Condition.ArnNotEquals, { 'aws:PrincipalArn': ['*'] }),
      'the key does not deny others to sign',
    ],
    [
      'with a denial of some people only',
      (of) =>
        Object.assign(statement(of, 'Deny', 'kms:Sign'), { Principal: { AWS: 'arn:aws:iam::111122223333:root' } }),
      'the key does not deny others to sign',
    ],
    [
      'with a second condition in the denial',
      (of) => Object.assign(statement(of, 'Deny', 'kms:Sign').Condition, { Bool: { 'aws:ViaAWSService': 'false' } }),
      'the key does not deny others to sign',
    ],
    [
      'with grants',
      (of) => statement(of, 'Allow', 'kms:PutKeyPolicy').Action.push('kms:CreateGrant'),
      'the key lets others be given its use',
    ],
    [
      'with all of KMS for administrators',
      (of) => Object.assign(statement(of, 'Allow', 'kms:PutKeyPolicy'), { Action: 'kms:*' }),
      'the key lets others be given its use',
    ],
    [
      'with any algorithm in the key policy',
      (of) => Object.assign(statement(of, 'Allow', 'kms:Sign'), { Condition: undefined }),
      'the key signs with any algorithm',
    ],
    [
      'without the denial in the bucket policy',
      (of) => {
        const { PolicyDocument } = bucketPolicyOf(of)[1].Properties;
        PolicyDocument.Statement = PolicyDocument.Statement.filter(({ Action }: Json) => Action !== 's3:PutObject');
      },
      'the bucket does not deny others to write',
    ],
    [
      'with a release that may sign',
      (of) => ownPolicyOf(of, 'visits-development-test-release').PolicyDocument.Statement.push(forge),
      'sign',
    ],
    [
      'with a check that may do all of KMS',
      (of) =>
        ownPolicyOf(of, 'visits-production-test-unit').PolicyDocument.Statement.push({ ...forge, Action: 'kms:*' }),
      'sign',
    ],
    [
      'with a build that may do all but something',
      (of) =>
        ownPolicyOf(of, 'visits-production-build-build').PolicyDocument.Statement.push({
          Effect: 'Allow',
          NotAction: 'iam:*',
          Resource: '*',
        }),
      'sign',
    ],
    [
      'with the right to sign on the role of a deploy',
      (of) => {
        const [id] = entries(of, 'AWS::IAM::ManagedPolicy').find(([name]) => /Signing/.test(name)) as [string, Json];
        const [, role] = entries(of, 'AWS::IAM::Role').find(([name]) => /DevDeployRole/.test(name)) as [string, Json];
        role.Properties.ManagedPolicyArns.push({ Ref: id });
      },
      'sign',
    ],
    [
      'with signatures by any key',
      (of) => ownPolicyOf(of, 'visits-development-test-attest').PolicyDocument.Statement.push(forge),
      'signs with other keys',
    ],
  ];

  test.each(MUTANTS)('a template %s is found', (_, change, way) => {
    const mutant = resources();
    change(mutant);
    expect(waysToForge(mutant).join('; ')).toContain(way);
  });
});

describe('the attest action', () => {
  const { Resources } = { Resources: resources() };

  test('may sign, write its bucket, and read what its facts are: nothing else', () => {
    for (const { name } of buildsOf(pipelines).filter(({ action }) => action.job === 'attest')) {
      const [pipeline] = name.split('-test-');
      const [, project] = entries(Resources, 'AWS::CodeBuild::Project').find(
        ([, { Properties }]) => Properties.Name === name,
      ) as [string, Json];
      const role = project.Properties.ServiceRole['Fn::GetAtt'][0];
      const shared = /ReadArtifacts/;
      const allowed = policiesOf(Resources)
        .filter(({ id, roles }) => roles.includes(role) && !shared.test(id))
        .flatMap(({ statements }) => statements.flatMap(({ Action }) => listOf<string>(Action)));
      expect(allowed.sort()).toEqual([
        'codebuild:BatchGetBuilds',
        'codepipeline:GetPipelineExecution',
        'codepipeline:ListActionExecutions',
        'ecr:BatchGetImage',
        'kms:Sign',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        's3:GetObject',
        's3:PutObject',
      ]);
      const own = JSON.stringify(ownPolicyOf(Resources, name).PolicyDocument.Statement);
      expect(own).toContain(`:project/${pipeline}-test-image`);
      expect(own).toContain(`:${pipeline}"`);
      expect(project.Properties).not.toHaveProperty('VpcConfig');
      expect(project.Properties.Environment.PrivilegedMode).toBe(false);
    }
  });

  test('a pipeline does not start before its attest role can sign', () => {
    for (const [, { DependsOn }] of entries(Resources, 'AWS::CodePipeline::Pipeline'))
      expect(listOf<string>(DependsOn).filter((id) => /Signing/.test(id))).toHaveLength(1);
  });
});

test('key and bucket outlive the stack, and nothing that is attested expires', () => {
  const of = resources();
  const [, key] = keyOf(of);
  expect(key).toMatchObject({
    DeletionPolicy: 'Retain',
    Properties: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  });
  const [, bucket] = bucketOf(of);
  expect(bucket.DeletionPolicy).toBe('Retain');
  for (const rule of bucket.Properties.LifecycleConfiguration.Rules)
    expect(Object.keys(rule).filter((name) => /Expiration/.test(name))).toEqual([]);
  expect(JSON.stringify(bucketPolicyOf(of)[1].Properties.PolicyDocument)).toContain('aws:SecureTransport');
});

test('a deploy is told whose word counts, of which source, and may look', () => {
  const of = resources();
  const [, deploy] = entries(of, 'AWS::CodeBuild::Project').find(
    ([, { Properties }]) => Properties.Name === 'visits-production-staging-deploy',
  ) as [string, Json];
  const value = (name: string): string =>
    JSON.stringify(deploy.Properties.Environment.EnvironmentVariables.find(({ Name }: Json) => Name === name)?.Value);
  expect(value('PROVENANCE_BUILDERS')).toMatch(/:visits-development .*:visits-production/);
  expect(value('PROVENANCE_SOURCE')).toContain(':visits"');
  expect(value('PROVENANCE_KEY')).toContain(keyOf(of)[0]);
  expect(value('ATTESTATIONS')).toContain(bucketOf(of)[0]);
  const own = JSON.stringify(ownPolicyOf(of, 'visits-production-staging-deploy').PolicyDocument.Statement);
  expect(own).toContain('kms:GetPublicKey');
  expect(own).toContain(`"Fn::GetAtt":["${bucketOf(of)[0]}","Arn"]},"/visits/*"`);
});
